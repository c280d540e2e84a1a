import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runClipThread } from '#analyzers/clip/clip-thread.ts';
import type { ClipOrder, MadeClip } from '#analyzers/clip/evidence-clip.ts';
import { analyzerErrors } from '#analyzers/errors.ts';
import { clipKey } from '#analyzers/evidence/evidence-picture.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import { backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { isThere } from '#infra/runtime/is-there.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { toStorageError } from '#storage/errors.ts';
import type { DueClip } from '#storage/kitchen/violation-clip.ts';
import type { Storage } from '#storage/storage.ts';
import { modelsOf } from './camera-node.ts';
import type { Settings } from './settings.ts';

export interface ClipMakerDeps {
  readonly storage: Pick<Storage, 'violationClips' | 'segments' | 'blobs'>;
  readonly settings: Pick<Settings, 'ingest' | 'analyzers' | 'modelFolder' | 'dataFolder'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How often it is looked for clips that are due. @default 5000 */
  readonly pollMs?: number;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

/** Since the start. */
export interface ClipMakerCounters {
  readonly ready: number;
  readonly failed: number;
  readonly gone: number;
  readonly retries: number;
}

type Plan =
  | { readonly kind: 'wait' }
  | { readonly kind: 'make'; readonly recordings: ClipOrder['recordings']; readonly gap: string | undefined };

const POLL_MS = 5000;
const LOOKED_AT_TOGETHER = 50;
/** No recording takes longer to be closed; what is not there then was not recorded. */
const RECORDED_WITHIN_MS = 15 * 60_000;
/** The work of a process that died is taken up by another after this time; its own next start need not wait so long after a proper end. */
const TAKEN_MS = 10 * 60_000;
const MADE_WITHIN_MS = 9 * 60_000;
const MAX_ATTEMPTS = 3;
const BACKOFF = { initialMs: 30_000, maxMs: 300_000, jitter: 0.3 };
/** Trying again without somebody's help is of no use. */
const FINAL: ReadonlySet<string> = new Set(['CLIP_ENCODER_MISSING', 'DECODER_UNAVAILABLE', 'DETECTOR_UNKNOWN']);
/** The database or the store of pictures is away: that ends by itself, so it is no failed attempt. */
const AWAY: ReadonlySet<string> = new Set(['DATABASE_UNAVAILABLE', 'BLOB_STORE_FAILED']);

/**
 * Makes the clips of violations, one at a time, as soon as the recording holds their range. What is to be done, and how far it is, is in
 * the database alone: after a stop, however hard, it goes on where it was. For the process that holds the recordings.
 */
export class ClipMaker {
  readonly #deps: ClipMakerDeps;
  readonly #folder: string;
  readonly #abort = new AbortController();
  readonly #counts = { ready: 0, failed: 0, gone: 0, retries: 0 };
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(deps: ClipMakerDeps) {
    this.#deps = deps;
    this.#folder = path.join(deps.settings.dataFolder, 'clips-in-work');
  }

  get counters(): ClipMakerCounters {
    return { ...this.#counts };
  }

  /** What a run before left half done is cleared away first. */
  start(): void {
    this.#running = rm(this.#folder, { recursive: true, force: true })
      .catch((error: unknown) => this.#deps.log.warn({ err: toAppError(error) }, 'half an evidence clip stays behind'))
      .then(() => {
        if (!this.#abort.signal.aborted) this.#later();
      });
  }

  /** Breaks off what is being made; the next start makes it anew. Safe to call twice. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  /**
   * Makes what is due first.
   * @returns whether there may be more
   */
  async round(): Promise<boolean> {
    const { storage, log } = this.#deps;
    try {
      const isMore = await this.#makeFirst(await storage.violationClips.due(LOOKED_AT_TOGETHER));
      this.#isFailing = false;
      return isMore;
    } catch (error) {
      if (!this.#isFailing)
        log.warn({ err: toStorageError(error) }, 'evidence clips could not be looked for; it is tried again');
      this.#isFailing = true;
      return false;
    }
  }

  /** @returns whether there may be more to make: one was made or could not be, or all that were looked at wait */
  async #makeFirst(due: readonly DueClip[]): Promise<boolean> {
    const { violationClips } = this.#deps.storage;
    for (const clip of due) {
      if (this.#abort.signal.aborted) return false;
      const plan = await this.#plan(clip);
      if (plan.kind === 'wait') await violationClips.postpone(clip.violationId, POLL_MS);
      else if (await violationClips.take(clip.violationId, TAKEN_MS)) {
        await this.#make(clip, plan);
        return true;
      }
    }
    return due.length === LOOKED_AT_TOGETHER;
  }

  #later(delayMs = this.#deps.pollMs ?? POLL_MS): void {
    const { clock } = this.#deps;
    this.#timer = clock.setTimeout(() => {
      const begunMs = clock.monotonicMs();
      this.#running = this.round().then((isMore) => {
        if (this.#abort.signal.aborted) return;
        // Rests as long as it worked: of many clips in a row no more than half of the time is spent on them. The list is asked for
        // anew each time: what came meanwhile may be more urgent.
        this.#later(isMore ? clock.monotonicMs() - begunMs : undefined);
      });
    }, delayMs);
  }

  async #plan({ cameraId, fromMs, toMs }: DueClip): Promise<Plan> {
    const { storage, settings, clock } = this.#deps;
    const { segments, gaps } = await storage.segments.timeline({ cameraId, fromMs, toMs: toMs + 1 });
    const isRecorded =
      segments.some(({ endMs }) => endMs >= toMs) ||
      // Nothing more will come of it.
      gaps.some(({ startMs, endMs }) => startMs <= toMs && (endMs ?? Number.POSITIVE_INFINITY) >= toMs) ||
      ((await storage.segments.newestEndMs(cameraId)) ?? 0) >= toMs ||
      clock.nowMs() >= toMs + RECORDED_WITHIN_MS;
    if (!isRecorded) return { kind: 'wait' };
    const root = path.resolve(settings.ingest.recordingFolder);
    const recordings: { file: string; startMs: number; endMs: number }[] = [];
    for (const { path: name, startMs, endMs } of segments) {
      const file = path.resolve(root, name);
      if (file.startsWith(root + path.sep) && (await isThere(file))) recordings.push({ file, startMs, endMs });
    }
    return { kind: 'make', recordings, gap: gaps[0]?.cause };
  }

  async #make(clip: DueClip, { recordings, gap }: Extract<Plan, { kind: 'make' }>): Promise<void> {
    const { storage, settings, log, ffmpegPath } = this.#deps;
    const { violationId, fromMs, toMs } = clip;
    const about = { violationId, cameraId: clip.cameraId };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = path.join(this.#folder, `${path.basename(violationId)}.mp4`);
    const isBlurred = settings.analyzers.blurHeads;
    try {
      const order = { recordings, fromMs, toMs, isBlurred, file, ...(ffmpegPath === undefined ? {} : { ffmpegPath }) };
      const made = recordings.length === 0 ? undefined : await this.#run(order);
      if (this.#abort.signal.aborted) return await storage.violationClips.postpone(violationId, 0, clip.attempts);
      if (!made) {
        this.#counts.gone++;
        log.info({ ...about, cause: gap }, 'the recording does not have what an evidence clip would show');
        return await storage.violationClips.giveUp(violationId, 'gone', gap);
      }
      await this.#keep(clip, made, await readFile(file), isBlurred);
      this.#counts.ready++;
      const { sizeBytes, pictures, lookedAt, faultyPictures, unread } = made;
      const lengthMs = made.endMs - made.startMs;
      log.info(
        { ...about, lengthMs, sizeBytes, pictures, lookedAt, faultyPictures, unread },
        'an evidence clip is kept',
      );
    } catch (error) {
      await this.#failed(clip, error);
    } finally {
      await rm(file, { force: true });
    }
  }

  async #run(order: ClipOrder): Promise<MadeClip | undefined> {
    const { settings, clock } = this.#deps;
    const late = new AbortController();
    const patience = clock.setTimeout(() => late.abort(), MADE_WITHIN_MS);
    const models = modelsOf(settings.analyzers, settings.modelFolder);
    try {
      const made = await runClipThread(order, { models, clock }, AbortSignal.any([this.#abort.signal, late.signal]));
      if (late.signal.aborted) throw analyzerErrors.CLIP_NOT_ENCODED({ withinMs: MADE_WITHIN_MS });
      return made;
    } finally {
      patience.cancel();
    }
  }

  /** The file first, so that no row names one that is not there. */
  async #keep(clip: DueClip, made: MadeClip, bytes: Uint8Array, isBlurred: boolean): Promise<void> {
    const { blobs, violationClips } = this.#deps.storage;
    const key = clipKey(clip.violationId, clip.fromMs);
    await blobs.put(key, bytes, 'video/mp4');
    const ready = { key, shownFromMs: made.startMs, shownToMs: made.endMs, isBlurred };
    if (!(await violationClips.finish(clip.violationId, ready))) await blobs.delete(key);
  }

  async #failed({ violationId, cameraId, attempts }: DueClip, thrown: unknown): Promise<void> {
    const { violationClips } = this.#deps.storage;
    const error = toAppError(thrown);
    const isAway = AWAY.has(error.code);
    if (!isAway && (FINAL.has(error.code) || attempts + 1 >= MAX_ATTEMPTS)) {
      this.#counts.failed++;
      this.#deps.log.warn({ violationId, cameraId, err: error }, 'an evidence clip could not be made');
      return await violationClips.giveUp(violationId, 'failed', error.code);
    }
    this.#counts.retries++;
    this.#deps.log.info({ violationId, cameraId, code: error.code }, 'an evidence clip is tried again later');
    await violationClips.postpone(violationId, backoffDelayMs(attempts, BACKOFF), isAway ? attempts : undefined);
  }
}
