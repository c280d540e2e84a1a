import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Storage } from '#storage/storage.ts';
import { DiskAlarms } from './disk-alarms.ts';
import { RecordingRoom } from './recording-room.ts';
import type { Settings } from './settings.ts';

/** Room is looked at this often, so a burst of all cameras in between must fit into the free space that is aimed at. */
const ROOM_EVERY_MS = 5000;
const EXPIRY_EVERY_MS = 10 * 60_000;
const FIRST_EXPIRY_MS = 30_000;

export interface RecordingHousekeepingDeps {
  readonly storage: Pick<Storage, 'expiry' | 'alarms'>;
  readonly settings: Pick<Settings, 'ingest'>;
  /** Codes of what keeps recorders from writing now. */
  readonly recorderFaults: () => ReadonlySet<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Ends recordings when their time has ended, makes room by the oldest when the disk is short, and raises the alarms of the
 * disk. While the database is away nothing is deleted.
 */
export class RecordingHousekeeping {
  readonly #deps: RecordingHousekeepingDeps;
  readonly #room: RecordingRoom;
  readonly #alarms: DiskAlarms;
  readonly #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #timer: { cancel(): void } | undefined;
  #nextExpiryMs = 0;
  #isFailing = false;

  constructor(deps: RecordingHousekeepingDeps) {
    const { storage, settings, clock, log } = deps;
    this.#deps = deps;
    this.#room = new RecordingRoom({ expiry: storage.expiry, config: settings.ingest, clock, log });
    this.#alarms = new DiskAlarms({ change: (change) => storage.alarms.change(change) });
  }

  /** Codes of the alarms that are open. */
  get alarms(): ReadonlySet<string> {
    return this.#alarms.open;
  }

  start(): void {
    this.#nextExpiryMs = this.#deps.clock.monotonicMs() + FIRST_EXPIRY_MS;
    this.#later(0);
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  /** One look at the disk, and what follows from it. */
  async round(): Promise<void> {
    const { clock, log, recorderFaults } = this.#deps;
    const { signal } = this.#abort;
    let outcome: string = 'unknown';
    try {
      if (clock.monotonicMs() >= this.#nextExpiryMs) {
        this.#nextExpiryMs = clock.monotonicMs() + EXPIRY_EVERY_MS;
        await this.#room.expire(signal);
      }
      outcome = await this.#room.makeRoom(signal);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn({ err: toAppError(error) }, 'recordings could not be deleted; it is tried again');
      this.#isFailing = true;
    }
    const isLow = outcome === 'made' || outcome === 'short';
    try {
      this.#alarms.update(new Set([...recorderFaults(), ...(isLow ? ['DISK_LOW'] : [])]), clock.nowMs());
    } catch (error) {
      log.warn({ err: toAppError(error) }, 'an alarm could not be written down; it is tried again');
    }
  }

  #later(delayMs: number): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#running = this.round().finally(() => {
        if (!this.#abort.signal.aborted) this.#later(ROOM_EVERY_MS);
      });
    }, delayMs);
  }
}
