import { availableParallelism } from 'node:os';
import { describeError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { searchOldGenerationRarely } from '#infra/runtime/heap.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import type { AnalysisJob, AnalysisResult, AnalyzerWorkerData, ModelSetOptions } from './analyzer-messages.ts';
import { AnalyzerThread } from './analyzer-thread.ts';
import { FrameScheduler } from './frame-scheduler.ts';

export interface AnalyzerPoolDeps {
  /** 0: one per core, less one. */
  readonly threads: number;
  readonly models: ModelSetOptions;
  /** Where the threads get their models from; a test gives its own. */
  readonly modelSetModule?: URL;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AnalyzerPoolCounters {
  readonly threads: number;
  readonly analysed: number;
  /** Replaced by a newer picture of the same camera before their turn came. */
  readonly dropped: number;
  readonly failed: number;
  /** Threads that ended by themselves and were replaced. */
  readonly died: number;
}

interface WaitingJob {
  readonly job: AnalysisJob;
  resolve(result: AnalysisResult | undefined): void;
  reject(error: unknown): void;
}

const RESTART = { initialMs: 200, maxMs: 30_000, jitter: 0.3, healthyAfterMs: 60_000 };

/**
 * Threads that run the models. Takes the newest picture of each camera, cameras in turn; replaces a thread that dies.
 */
export class AnalyzerPool {
  readonly threads: number;
  readonly #workerData: AnalyzerWorkerData;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #scheduler = new FrameScheduler<WaitingJob>();
  readonly #idle: AnalyzerThread[] = [];
  readonly #live = new Set<AnalyzerThread>();
  #supervisors: Supervisor[] = [];
  #isClosed = false;
  #analysed = 0;
  #failed = 0;
  #died = 0;

  constructor({ threads, models, modelSetModule, clock, log }: AnalyzerPoolDeps) {
    this.threads = threads > 0 ? threads : Math.max(1, availableParallelism() - 1);
    this.#workerData = {
      modelSetModule: (modelSetModule ?? new URL('./model-set.ts', import.meta.url)).href,
      modelSetOptions: models,
    };
    this.#clock = clock;
    this.#log = log;
    searchOldGenerationRarely();
  }

  get counters(): AnalyzerPoolCounters {
    return {
      threads: this.#live.size,
      analysed: this.#analysed,
      dropped: this.#scheduler.replaced,
      failed: this.#failed,
      died: this.#died,
    };
  }

  /**
   * Starts the threads; returns when the first one has its models.
   * @throws {AppError} `MODEL_*` when they cannot be loaded; the pool may be started again then
   */
  async start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    for (let index = 0; index < this.threads; index++) {
      const supervisor = new Supervisor(
        async (signal) => {
          try {
            await this.#runThread(signal, first.resolve);
          } catch (error) {
            first.reject(error);
            throw error;
          }
        },
        {
          clock: this.#clock,
          options: RESTART,
          hooks: {
            onRetry: (error, attempt, delayMs) => {
              this.#died++;
              this.#log.warn(
                { code: 'ANALYZER_DIED', error: error && describeError(error), attempt, delayMs },
                'analyzer thread ended, starting another',
              );
            },
          },
        },
      );
      this.#supervisors.push(supervisor);
    }
    try {
      await first.promise;
      this.#log.info({ threads: this.threads }, 'analyzer threads started');
    } catch (error) {
      await this.#stopThreads();
      throw error;
    }
  }

  /**
   * Puts a picture in line.
   * @param key the camera; a newer picture of the same key takes the place of one that still waits
   * @returns undefined when the picture was replaced before its turn came, or the pool was closed
   * @throws {AppError} `ANALYZER_DIED`, or what the models threw
   */
  async submit(key: string, job: AnalysisJob): Promise<AnalysisResult | undefined> {
    if (this.#isClosed) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<AnalysisResult | undefined>();
    this.#scheduler.offer(key, { job, resolve, reject })?.resolve(undefined);
    this.#dispatch();
    return promise;
  }

  /** Ends all threads; pictures that wait are given back. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiting of this.#scheduler.drain()) waiting.resolve(undefined);
    await this.#stopThreads();
  }

  async #stopThreads(): Promise<void> {
    const supervisors = this.#supervisors;
    this.#supervisors = [];
    await Promise.all(supervisors.map(async (supervisor) => supervisor.close()));
  }

  /** Kills one thread, as a crash would: for tests and drills. */
  async killOneThread(): Promise<void> {
    const [thread] = this.#live;
    await thread?.kill();
  }

  /** One life of one thread. */
  async #runThread(signal: AbortSignal, onReady: () => void): Promise<void> {
    const thread = new AnalyzerThread({ workerData: this.#workerData, clock: this.#clock });
    const close = (): void => void thread.close();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    try {
      await thread.ready();
      if (!signal.aborted) {
        this.#live.add(thread);
        this.#idle.push(thread);
        onReady();
        this.#dispatch();
      }
      const failure = await thread.ended;
      if (failure) throw failure;
    } finally {
      signal.removeEventListener('abort', close);
      this.#live.delete(thread);
      const place = this.#idle.indexOf(thread);
      if (place >= 0) this.#idle.splice(place, 1);
    }
  }

  #dispatch(): void {
    while (this.#idle.length > 0) {
      const next = this.#scheduler.take();
      if (!next) return;
      const thread = this.#idle.shift();
      if (thread) void this.#work(thread, next.key, next.item);
    }
  }

  async #work(thread: AnalyzerThread, key: string, waiting: WaitingJob): Promise<void> {
    try {
      const result = await thread.analyse(waiting.job);
      this.#analysed++;
      waiting.resolve(result);
    } catch (error) {
      this.#failed++;
      if (this.#isClosed) waiting.resolve(undefined);
      else waiting.reject(toAppError(error));
    }
    this.#scheduler.done(key);
    if (!thread.hasEnded) this.#idle.push(thread);
    this.#dispatch();
  }
}
