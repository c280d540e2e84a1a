import { AppError, describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import type { Database } from '../database.ts';
import { isRefusedData, toStorageError } from '../errors.ts';
import type { EventSpool, SpoolEntry } from '../spool/event-spool.ts';
import type { TimePartitions } from '../time-partitions.ts';
import { decodeBatch, storeBatch } from './store-batch.ts';
import type { FeedItem } from './stored-event.ts';

const DAY_MS = 86_400_000;
/** A camera's clock may run ahead a little; a year ahead it is wrong. */
const AHEAD_MS = DAY_MS;

export interface EventWriterDeps {
  readonly db: Database;
  readonly spool: EventSpool;
  readonly partitions: TimePartitions;
  readonly batchSize: number;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Moves the spool into the database, in order and in batches; with each batch, in one transaction, all that follows
 * from it. While the database is away everything stays in the spool. At least once from the spool, once in the
 * database: what is there already is left alone and nothing follows from it a second time.
 */
export class EventWriter {
  readonly #deps: EventWriterDeps;
  readonly #listeners = new Set<(items: readonly FeedItem[]) => void>();
  #supervisor: Supervisor | undefined;
  #draining: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  #isAway = false;
  #stored = 0;
  #buried = 0;

  constructor(deps: EventWriterDeps) {
    this.#deps = deps;
  }

  /** Entries that wait for the database. */
  pendingCount(): number {
    return this.#deps.spool.count;
  }

  /** Since the start: entries stored, and entries that the database can never take (see `spool.deadLetters`). */
  get counts(): { readonly stored: number; readonly buried: number } {
    return { stored: this.#stored, buried: this.#buried };
  }

  /** True while the database does not take what is written. */
  get isDatabaseAway(): boolean {
    return this.#isAway;
  }

  /** Called after each commit with what is new. @returns a function that ends the subscription */
  onStored(listener: (items: readonly FeedItem[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#supervisor) return;
    const { clock, log, spool } = this.#deps;
    this.#supervisor = new Supervisor((signal) => this.#run(signal), {
      clock,
      options: { initialMs: 200, maxMs: 5000, jitter: 0.3, healthyAfterMs: 10_000 },
      hooks: {
        onRetry: (error) => {
          if (this.#isAway) return;
          this.#isAway = true;
          const reason = error ? describeError(error) : 'ended';
          log.warn({ code: error?.code, waiting: spool.count }, `events wait on local disk: ${reason}`);
        },
      },
    });
  }

  /** Stores what can be stored within the running batch, then ends; the rest waits for the next start. Safe to call twice. */
  async close(): Promise<void> {
    await this.#supervisor?.close();
  }

  /** Drains until the spool is empty. @throws {AppError} `DATABASE_UNAVAILABLE` */
  async drain(signal?: AbortSignal): Promise<void> {
    // One after the other: what two store at once could be stored out of order, and the older cause of a gap would stand.
    const before = this.#draining;
    const own = before.then(() => this.#drainNow(signal));
    this.#draining = own.catch(() => undefined);
    await own;
  }

  async #drainNow(signal?: AbortSignal): Promise<void> {
    const { spool, batchSize } = this.#deps;
    spool.flush();
    for (;;) {
      const entries = spool.peek(batchSize);
      if (entries.length === 0 || signal?.aborted) return;
      await this.#store(entries);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#deps.spool.onAppended(() => this.#wake?.());
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
    try {
      while (!signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        await this.drain(signal);
        if (signal.aborted) return;
        await woken;
      }
    } finally {
      unsubscribe();
    }
  }

  /** A batch that holds an impossible entry is cut in halves until that entry stands alone, and is put aside. */
  async #store(entries: readonly SpoolEntry[]): Promise<void> {
    const { spool, log } = this.#deps;
    let items: readonly FeedItem[];
    try {
      items = await this.#storeTogether(entries);
    } catch (error) {
      if (!isPoison(error)) throw toStorageError(error);
      const [only] = entries;
      if (entries.length > 1) {
        const middle = Math.ceil(entries.length / 2);
        await this.#store(entries.slice(0, middle));
        await this.#store(entries.slice(middle));
      } else if (only) {
        const reason = error instanceof AppError ? describeError(error) : String(error);
        spool.bury(only, reason);
        this.#buried++;
        log.error({ seq: only.seq, kind: only.kind, reason }, 'an entry that can never be stored was put aside');
      }
      return;
    }
    spool.remove(entries);
    this.#stored += entries.length;
    if (this.#isAway) log.info({ waiting: spool.count }, 'the database takes events again');
    this.#isAway = false;
    if (items.length > 0) this.#announce(items);
  }

  async #storeTogether(entries: readonly SpoolEntry[]): Promise<readonly FeedItem[]> {
    const { db, clock, retentionDays, partitions } = this.#deps;
    const nowMs = clock.nowMs();
    const batch = decodeBatch(entries, { fromMs: nowMs - retentionDays * DAY_MS, toMs: nowMs + AHEAD_MS });
    const timesMs = [...batch.events, ...batch.stateChanges, ...batch.alarms].map(({ timeMs }) => timeMs);
    await partitions.ensureFor(timesMs);
    return db.transaction().execute((transaction) => storeBatch(transaction, batch));
  }

  #announce(items: readonly FeedItem[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(items);
      } catch (error) {
        this.#deps.log.error({ reason: describeError(error) }, 'a listener of stored events failed');
      }
    }
  }
}

/** True when the entry itself is at fault: the database refused its data, or it cannot even be read. */
function isPoison(thrown: unknown): boolean {
  return isRefusedData(thrown) || (thrown instanceof AppError && thrown.kind === 'invalid_argument');
}
