import type { CameraId } from '#ingest/media.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { toStorageError } from '#storage/errors.ts';
import type { CardFill, CardFillEnd } from '#storage/recordings/card-fill-repository.ts';
import type { Storage } from '#storage/storage.ts';
import { fillGap } from './fill-gap.ts';
import type { Settings } from './settings.ts';

export interface GapFillerDeps {
  readonly storage: Pick<Storage, 'cameras' | 'cardFills' | 'recordingIndex'>;
  readonly settings: Pick<Settings, 'ingest'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How often new outages are looked for. @default 5000 */
  readonly pollMs?: number;
}

/** Since the start. */
export interface GapFillerCounters {
  readonly filled: number;
  readonly partly: number;
  readonly none: number;
  readonly failed: number;
  readonly retries: number;
  readonly frames: number;
  readonly sizeBytes: number;
  /** Cards that are read now. */
  readonly active: number;
}

const POLL_MS = 5000;
const HOUR_MS = 3_600_000;
/** Rows may come late, when the database was away. */
const LOOK_BACK_MS = HOUR_MS;
/** All outages that are young enough are looked at again after this time. */
const FULL_LOOK_MS = 600_000;
/** A recording is closed this long after its time at the latest, or it has not begun at all. */
const CLOSED_WITHIN_MS = 60_000;
const BACKOFF = { initialMs: 30_000, maxMs: 1_800_000, jitter: 0.3 };
/** Something came: the rest may come at once. */
const GO_ON_MS = 2000;
const MAX_ATTEMPTS = 12;
/** The camera, the disk or the database is away: that ends by itself, so there is no end of tries. */
const AWAY: ReadonlySet<string> = new Set([
  'CAMERA_UNREACHABLE',
  'ONVIF_TIMEOUT',
  'RTSP_TIMEOUT',
  'DISK_FULL',
  'DISK_LOW',
  'DISK_SLOW',
  'DISK_WRITE_FAILED',
  'DATABASE_UNAVAILABLE',
]);
/** Trying again cannot help. */
const FINAL: ReadonlySet<string> = new Set([
  'CAMERA_NOT_ONVIF',
  'CARD_AMBIGUOUS',
  'CODEC_UNSUPPORTED',
  'ONVIF_UNSUPPORTED',
  'REPLAY_UNTIMED',
]);

/**
 * Fills outages from the cards of cameras that recorded them. What is to be done, and how far it is, is in the database alone:
 * after a stop, however hard, it goes on where it was. Few cards are read at once, and each at a bounded rate.
 */
export class GapFiller {
  readonly #deps: GapFillerDeps;
  readonly #abort = new AbortController();
  readonly #active = new Map<CameraId, Promise<void>>();
  readonly #disk: RecordingDisk;
  readonly #counts = { filled: 0, partly: 0, none: 0, failed: 0, retries: 0, frames: 0, sizeBytes: 0 };
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #fullLookMs = 0;
  #isFailing = false;

  constructor(deps: GapFillerDeps) {
    this.#deps = deps;
    this.#disk = new RecordingDisk({ config: deps.settings.ingest, clock: deps.clock });
  }

  get counters(): GapFillerCounters {
    return { ...this.#counts, active: this.#active.size };
  }

  /** Does nothing where it is switched off. */
  start(): void {
    if (this.#deps.settings.ingest.cardFill) this.#later();
  }

  /** Breaks off what is being fetched; the next start goes on with it. Safe to call twice. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#running;
    await Promise.all(this.#active.values());
  }

  /** Takes up new outages, and begins with those whose time has come. */
  async round(): Promise<void> {
    const { storage, settings, clock, log } = this.#deps;
    const { retentionHours, cardFillDelaySeconds, cardFillsAtOnce, segmentSeconds } = settings.ingest;
    try {
      const nowMs = clock.nowMs();
      const isFull = clock.monotonicMs() >= this.#fullLookMs;
      const sinceMs = isFull ? 0 : nowMs - LOOK_BACK_MS;
      await storage.cardFills.adopt({ nowMs, sinceMs, settleMs: cardFillDelaySeconds * 1000, retentionHours });
      if (isFull) this.#fullLookMs = clock.monotonicMs() + FULL_LOOK_MS;
      const limit = cardFillsAtOnce - this.#active.size;
      if (limit > 0) {
        const waitMs = segmentSeconds * 1000 + CLOSED_WITHIN_MS;
        const notCameras = [...this.#active.keys()];
        for (const fill of await storage.cardFills.due({ nowMs, waitMs, retentionHours, notCameras, limit }))
          this.#begin(fill);
      }
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn({ err: toStorageError(error) }, 'gaps could not be looked for; it is tried again');
      this.#isFailing = true;
    }
  }

  #later(): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#running = this.round().finally(() => {
        if (!this.#abort.signal.aborted) this.#later();
      });
    }, this.#deps.pollMs ?? POLL_MS);
  }

  #begin(fill: CardFill): void {
    const work = this.#fill(fill)
      .catch((error: unknown) => {
        this.#deps.log.warn({ cameraId: fill.cameraId, err: toStorageError(error) }, 'a gap waits for its next try');
      })
      .finally(() => this.#active.delete(fill.cameraId));
    this.#active.set(fill.cameraId, work);
  }

  async #fill(fill: CardFill): Promise<void> {
    const { storage, settings, clock, log } = this.#deps;
    const { signal } = this.#abort;
    if (fill.isExpired) return await this.#finish(fill, 'failed', fill.reason, fill.endMs - fill.startMs);
    let frames = 0;
    try {
      const camera = await storage.cameras.get(fill.cameraId);
      const { fill: outage, missing } = await fillGap(fill, camera, {
        storage,
        config: settings.ingest,
        disk: this.#disk,
        clock,
        log: log.child({ cameraId: fill.cameraId }),
        signal,
        onSegment: (segment) => {
          frames += segment.frames;
          this.#counts.frames += segment.frames;
          this.#counts.sizeBytes += segment.sizeBytes;
        },
      });
      if (signal.aborted) return;
      const missingMs = missing.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      const status = missingMs === 0 ? 'filled' : missingMs < outage.endMs - outage.startMs ? 'partly' : 'none';
      await this.#finish(outage, status, status === 'filled' ? undefined : 'CARD_EMPTY', missingMs, frames);
    } catch (thrown) {
      if (signal.aborted) return;
      await this.#retry(fill, toStorageError(thrown).code, frames > 0);
    }
  }

  async #retry(fill: CardFill, reason: string, hasProgress: boolean): Promise<void> {
    const { storage, clock, log } = this.#deps;
    const isLast = !hasProgress && !AWAY.has(reason) && fill.attempts + 1 >= MAX_ATTEMPTS;
    if (FINAL.has(reason) || isLast) return await this.#finish(fill, 'failed', reason, fill.endMs - fill.startMs);
    this.#counts.retries++;
    const delayMs = hasProgress ? GO_ON_MS : backoffDelayMs(fill.attempts, BACKOFF);
    log.debug({ cameraId: fill.cameraId, code: reason, delayMs }, 'a gap could not be filled yet');
    await storage.cardFills.postpone(fill, { tryMs: clock.nowMs() + delayMs, reason });
  }

  async #finish(
    fill: CardFill,
    status: CardFillEnd,
    reason: string | undefined,
    missingMs: number,
    frames = 0,
  ): Promise<void> {
    const { storage, log } = this.#deps;
    await storage.cardFills.finish(fill, status, reason);
    this.#counts[status]++;
    const { cameraId, startMs, endMs } = fill;
    const facts = { cameraId, from: new Date(startMs).toISOString(), lengthMs: endMs - startMs, missingMs, frames };
    if (status === 'filled') log.info(facts, 'a gap was filled from the card of its camera');
    else log.info({ ...facts, status, code: reason }, 'a gap stays, in whole or in part');
  }
}
