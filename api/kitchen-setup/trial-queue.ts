import type { KitchenTrial, TrialListener, TrialSummary, TrialViolation } from '#analyzers/trial/kitchen-trial.ts';
import type { CameraId } from '#ingest/media.ts';
import { type AppError, describeError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { apiErrors } from '../errors.ts';
import type { TrialPlan } from './trial-plan.ts';

/** Runs one trial. @returns undefined when the signal ended it */
export type RunTrial = (
  trial: KitchenTrial,
  listener: TrialListener,
  signal: AbortSignal,
) => Promise<TrialSummary | undefined>;

/** A trial, how far it has come, and what it has found. */
export interface TrialJob {
  readonly trialId: string;
  readonly cameraId: CameraId;
  readonly plan: TrialPlan;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** UTC epoch milliseconds; undefined before its first picture. */
  readonly doneMs: number | undefined;
  readonly pictures: number;
  readonly violations: readonly TrialViolation[];
  /** When they ended, by id. */
  readonly closedMs: ReadonlyMap<string, number>;
  readonly summary: TrialSummary | undefined;
  readonly error: AppError | undefined;
}

interface OwnJob {
  readonly trialId: string;
  readonly cameraId: CameraId;
  readonly plan: TrialPlan;
  readonly abort: AbortController;
  state: TrialJob['state'];
  doneMs: number | undefined;
  pictures: number;
  readonly violations: TrialViolation[];
  readonly closedMs: Map<string, number>;
  summary: TrialSummary | undefined;
  error: AppError | undefined;
  expiry: { cancel(): void } | undefined;
}

const MOST_WAITING = 8;
/** Each holds its pictures in memory. */
const MOST_ENDED = 5;
const KEPT_MS = 3_600_000;

/** Trials of this process: one runs, the others wait; what is done is kept for an hour, in memory only. */
export class TrialQueue {
  readonly #run: RunTrial;
  readonly #clock: Clock;
  readonly #log: Log;
  /** In the order in which they came. */
  readonly #jobs = new Map<string, OwnJob>();
  #running: { readonly job: OwnJob; readonly ended: Promise<void> } | undefined;
  #isClosed = false;

  constructor({ run, clock, log }: { readonly run: RunTrial; readonly clock: Clock; readonly log: Log }) {
    this.#run = run;
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws {AppError} `TRIALS_WAITING` */
  add(cameraId: CameraId, plan: TrialPlan): TrialJob {
    if (this.#waiting().length >= MOST_WAITING) throw apiErrors.TRIALS_WAITING();
    const job: OwnJob = {
      trialId: uuidv7(this.#clock.nowMs()),
      cameraId,
      plan,
      abort: new AbortController(),
      state: 'waiting',
      doneMs: undefined,
      pictures: 0,
      violations: [],
      closedMs: new Map(),
      summary: undefined,
      error: undefined,
      expiry: undefined,
    };
    this.#jobs.set(job.trialId, job);
    this.#next();
    return job;
  }

  /** @throws {AppError} `NOT_FOUND` */
  get(cameraId: CameraId, trialId: string): TrialJob {
    const job = this.#jobs.get(trialId);
    if (job?.cameraId !== cameraId) throw apiErrors.NOT_FOUND({ trialId });
    return job;
  }

  /** How many come before it. */
  ahead({ trialId, state }: TrialJob): number {
    if (state !== 'waiting') return 0;
    return this.#waiting().findIndex((job) => job.trialId === trialId) + (this.#running ? 1 : 0);
  }

  /** Ends it, and forgets what it found. */
  remove({ trialId }: TrialJob): void {
    const job = this.#jobs.get(trialId);
    this.#jobs.delete(trialId);
    job?.expiry?.cancel();
    job?.abort.abort();
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of [...this.#jobs.values()]) this.remove(job);
    await this.#running?.ended;
  }

  #waiting(): OwnJob[] {
    return [...this.#jobs.values()].filter(({ state }) => state === 'waiting');
  }

  #next(): void {
    const [job] = this.#waiting();
    if (this.#running || !job || this.#isClosed) return;
    job.state = 'running';
    const ended = this.#work(job).finally(() => {
      this.#running = undefined;
      this.#keep(job);
      this.#next();
    });
    this.#running = { job, ended };
  }

  async #work(job: OwnJob): Promise<void> {
    const listener: TrialListener = {
      progress: (doneMs, pictures) => {
        job.doneMs = doneMs;
        job.pictures = pictures;
      },
      raised: (violation) => void job.violations.push(violation),
      closed: (violationId, atMs) => void job.closedMs.set(violationId, atMs),
    };
    try {
      job.summary = await this.#run(job.plan.trial, listener, job.abort.signal);
      job.state = 'done';
    } catch (error) {
      job.error = toAppError(error);
      job.state = 'failed';
      this.#log.warn({ cameraId: job.cameraId, error: describeError(error) }, 'a trial of a set-up failed');
    }
  }

  #keep(job: OwnJob): void {
    if (!this.#jobs.has(job.trialId)) return;
    job.expiry = this.#clock.setTimeout(() => this.remove(job), KEPT_MS);
    const ended = [...this.#jobs.values()].filter(({ state }) => state === 'done' || state === 'failed');
    for (const oldest of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) this.remove(oldest);
  }
}
