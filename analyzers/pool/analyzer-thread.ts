import { Worker } from 'node:worker_threads';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { analyzerErrors } from '../errors.ts';
import type {
  AnalysisJob,
  AnalysisResult,
  AnalyzerWorkerData,
  FromAnalyzer,
  SentError,
  ToAnalyzer,
} from './analyzer-messages.ts';

/** A picture takes about 0.1 s; a thread that is silent for this long hangs. */
const JOB_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 3000;

interface RunningJob {
  readonly jobId: number;
  resolve(result: AnalysisResult): void;
  reject(error: AppError): void;
}

/** One worker thread: does one job at a time until it is closed or dies. */
export class AnalyzerThread {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #ready: Promise<void>;
  /** Resolves with what ended the thread; undefined after `close`. */
  readonly ended: Promise<AppError | undefined>;
  #job: RunningJob | undefined;
  #nextJobId = 1;
  #isClosing = false;
  #hasEnded = false;
  #failure: AppError | undefined;

  constructor({ workerData, clock }: { readonly workerData: AnalyzerWorkerData; readonly clock: Clock }) {
    this.#clock = clock;
    this.#worker = new Worker(new URL('./analyzer.worker.ts', import.meta.url), { workerData });
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<AppError | undefined>();
    this.#ready = ready.promise;
    this.ended = ended.promise;
    // Whoever is interested awaits it; nobody has to.
    this.#ready.catch(() => undefined);

    this.#worker.on('message', (message: FromAnalyzer) => {
      if (message.kind === 'ready') ready.resolve();
      else if (message.kind === 'unusable') this.#failure = toError(message.error);
      else this.#settle(message);
    });
    this.#worker.on('error', (cause) => {
      this.#failure ??= analyzerErrors.ANALYZER_DIED({}, cause);
    });
    this.#worker.on('exit', (exitCode) => {
      this.#hasEnded = true;
      const error = this.#failure ?? analyzerErrors.ANALYZER_DIED({ exitCode });
      ready.reject(error);
      this.#job?.reject(error);
      this.#job = undefined;
      ended.resolve(this.#isClosing ? undefined : error);
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws {AppError} `MODEL_*` when its models cannot be loaded */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /**
   * Only when the job before is settled.
   * @throws {AppError} `ANALYZER_DIED`, or what the models threw
   */
  async analyse(job: AnalysisJob): Promise<AnalysisResult> {
    if (this.#job) throw new Error('an analyzer thread does one job at a time');
    const jobId = this.#nextJobId++;
    const { promise, resolve, reject } = Promise.withResolvers<AnalysisResult>();
    this.#job = { jobId, resolve, reject };
    this.#send({ kind: 'analyse', jobId, job });
    const timer = this.#clock.setTimeout(() => {
      this.#failure = analyzerErrors.ANALYZER_DIED({ timeoutMs: JOB_TIMEOUT_MS });
      void this.#worker.terminate();
    }, JOB_TIMEOUT_MS);
    try {
      return await promise;
    } finally {
      timer.cancel();
    }
  }

  /** Lets the models go, then ends the thread. Safe to call twice. */
  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#send({ kind: 'close' });
    }
    const timer = this.#clock.setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.ended;
    timer.cancel();
  }

  /** Ends the thread at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToAnalyzer): void {
    this.#worker.postMessage(message);
  }

  #settle(message: Extract<FromAnalyzer, { jobId: number }>): void {
    const job = this.#job;
    if (job?.jobId !== message.jobId) return;
    this.#job = undefined;
    if (message.kind === 'result') job.resolve(message.result);
    else job.reject(toError(message.error));
  }
}

function toError({ code, message, context }: SentError): AppError {
  const factory = Object.entries(analyzerErrors).find(([known]) => known === code)?.[1];
  return factory ? factory(context) : analyzerErrors.ANALYZER_DIED({ ...context, reason: message });
}
