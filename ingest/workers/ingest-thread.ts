import { type ResourceLimits, Worker } from 'node:worker_threads';
import { searchOldGenerationRarely } from '#infra/runtime/heap.ts';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { BEAT_INTERVAL_MS, type FromIngest, type IngestWorkerData, type ToIngest } from './ingest-messages.ts';
import { machineMs, type RingEntry, RingReader } from './media-ring.ts';

export interface IngestThreadDeps {
  readonly workerData: IngestWorkerData;
  readonly resourceLimits: ResourceLimits;
  readonly hangTimeoutMs: number;
  readonly clock: Clock;
  onMessage(message: FromIngest): void;
  onMedia(entry: RingEntry): void;
}

/** Files are closed and announced, and sessions torn down, within this time. */
const CLOSE_TIMEOUT_MS = 20_000;

/** One ingest thread, from its start to its end; replaced by the pool when it ends by itself or gives no sign of life. */
export class IngestThread {
  readonly slot: number;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #reader: RingReader;
  readonly #ready = Promise.withResolvers<void>();
  /** Resolves with what ended it; undefined when it was closed. All that it sent before was handed over by then. */
  readonly ended: Promise<AppError | undefined>;
  #missedBeats = 0;
  #timer: { cancel(): void } | undefined;
  #failure: AppError | undefined;
  #isClosing = false;
  #cpuMs = 0;
  #refused = 0;

  constructor(deps: IngestThreadDeps) {
    const { workerData, resourceLimits, clock } = deps;
    this.slot = workerData.slot;
    this.#clock = clock;
    this.#reader = new RingReader(workerData.ring, performance.now() - machineMs());
    const ended = Promise.withResolvers<AppError | undefined>();
    this.ended = ended.promise;
    this.#ready.promise.catch(() => undefined);
    searchOldGenerationRarely();
    this.#worker = new Worker(new URL('./ingest.worker.ts', import.meta.url), {
      workerData,
      resourceLimits,
      name: `ingest ${workerData.slot}`,
    });
    this.#worker.on('message', (message: FromIngest) => {
      // Whatever it says, it lives.
      this.#missedBeats = 0;
      if (message.kind === 'ready') this.#ready.resolve();
      else if (message.kind === 'media') this.#reader.drain((entry) => deps.onMedia(entry));
      else if (message.kind === 'beat') this.#noteBeat(message);
      deps.onMessage(message);
    });
    this.#worker.on('error', (cause: NodeJS.ErrnoException) => {
      this.#failure ??= ingestErrors.INGEST_THREAD_DIED(
        { slot: this.slot, reason: cause.code ?? cause.message },
        cause,
      );
    });
    this.#worker.on('exit', (exitCode) => {
      this.#timer?.cancel();
      const failure = this.#failure ?? ingestErrors.INGEST_THREAD_DIED({ slot: this.slot, exitCode });
      this.#ready.reject(failure);
      ended.resolve(this.#isClosing && !this.#failure ? undefined : failure);
    });
    this.#watch(Math.ceil(deps.hangTimeoutMs / BEAT_INTERVAL_MS));
  }

  /** CPU time since its start, units that found the ring full, units left out because this thread lagged. */
  get figures(): { readonly cpuMs: number; readonly lostUnits: number } {
    return { cpuMs: this.#cpuMs, lostUnits: this.#refused + this.#reader.skipped };
  }

  /** @throws {AppError} `INGEST_THREAD_DIED` */
  async ready(): Promise<void> {
    await this.#ready.promise;
  }

  send(message: ToIngest): void {
    this.#worker.postMessage(message);
  }

  /** Closes its cameras, then ends it. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.send({ kind: 'close' });
    }
    const timer = this.#clock.setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.ended;
    timer.cancel();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #noteBeat({ cpuMs, refused }: Extract<FromIngest, { kind: 'beat' }>): void {
    this.#cpuMs = cpuMs;
    this.#refused = refused;
  }

  /** Counts our own ticks, not time: a main thread that stood still itself must not call the others dead. */
  #watch(maxMissedBeats: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#missedBeats++;
      if (this.#missedBeats <= maxMissedBeats || this.#isClosing) {
        this.#watch(maxMissedBeats);
        return;
      }
      const silentMs = this.#missedBeats * BEAT_INTERVAL_MS;
      this.#failure ??= ingestErrors.INGEST_THREAD_HUNG({ slot: this.slot, silentMs });
      void this.#worker.terminate();
    }, BEAT_INTERVAL_MS);
  }
}
