import type { HygieneObservation } from '../detection.ts';

export interface HygieneJudgementOptions {
  /** How long a violation must hold before it counts; also how long it must be gone before it is over. */
  readonly graceMs: number;
  /** Share of the samples of the grace time that must agree, 0.5..1. */
  readonly agreement?: number | undefined;
  /** What comes back within this time after it was over is still the same violation. @default the grace time, 10 s at least */
  readonly continuesWithinMs?: number | undefined;
}

export type HygieneVerdict =
  | { readonly phase: 'opened'; readonly sinceMs: number; readonly score: number }
  /** @property untilMs when it was last seen for sure */
  | { readonly phase: 'closed'; readonly sinceMs: number; readonly score: number; readonly untilMs: number };

interface Sample {
  readonly timeMs: number;
  readonly isViolation: boolean;
  readonly score: number;
  /** Time before it that it speaks for. */
  readonly spanMs: number;
}

const DEFAULT_AGREEMENT = 0.7;
/** Fewer pictures than this say nothing, however long apart. */
const MIN_SAMPLES = 3;
/** A short state must not close on one quiet moment. */
const MIN_CLOSE_MS = 2000;
const MIN_CONTINUES_MS = 10_000;
const MAX_SAMPLES = 2000;
/** A picture speaks for the time since the one before it, but no longer than this, or twice the usual time between two. */
const MAX_SPAN_MS = 5000;
/** Time stamps that jump back by more than this belong to a new session. */
const CLOCK_JUMP_MS = 5000;

/**
 * Judges one rule over time: opens when most of the pictures of its grace time show a violation, and is over when most
 * of them no longer do. It closes when it has then stayed away for a while: what comes back before goes on, so flicker
 * raises nothing twice. Time without pictures, and time of which nothing could be told, speaks neither for nor against.
 */
export class HygieneJudgement {
  readonly #graceMs: number;
  readonly #agreement: number;
  readonly #continuesWithinMs: number;
  #samples: Sample[] = [];
  #open: { readonly sinceMs: number } | undefined;
  #over: { readonly sinceMs: number; readonly atMs: number; readonly score: number } | undefined;
  #lastMs: number | undefined;
  #usualStepMs = 0;

  constructor(options: HygieneJudgementOptions) {
    this.#graceMs = options.graceMs;
    this.#agreement = options.agreement ?? DEFAULT_AGREEMENT;
    this.#continuesWithinMs = options.continuesWithinMs ?? Math.max(MIN_CONTINUES_MS, options.graceMs);
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Goes on with a violation that was opened before, by another process perhaps. */
  resume(sinceMs: number): void {
    this.#open = { sinceMs };
    this.#over = undefined;
    this.#samples = [];
  }

  update(
    observation: Pick<HygieneObservation, 'state' | 'score' | 'sinceMs'>,
    timeMs: number,
  ): HygieneVerdict | undefined {
    const spanMs = this.#spanUntil(timeMs);
    if (observation.state === 'unknown') return undefined;
    const isViolation = observation.state === 'violation';
    this.#samples.push({ timeMs, isViolation, score: observation.score, spanMs });
    const isLive = this.#open !== undefined && this.#over === undefined;
    const windowMs = isLive ? Math.max(MIN_CLOSE_MS, this.#graceMs) : this.#graceMs;
    this.#trim(timeMs - windowMs);
    const { sinceMs } = observation;
    if (isViolation && sinceMs !== undefined && timeMs - sinceMs >= this.#graceMs) return this.#hold(sinceMs);
    const share = this.#shareOfViolation(timeMs, windowMs);
    if (share !== undefined && isViolation && share >= this.#agreement) return this.#hold();
    if (share !== undefined && isLive && !isViolation && 1 - share >= this.#agreement) this.#end(timeMs, 1 - share);
    return this.#close(timeMs);
  }

  /** @returns undefined while the pictures do not cover the window well enough to say anything */
  #shareOfViolation(timeMs: number, windowMs: number): number | undefined {
    const [first, ...others] = this.#samples;
    if (!first || this.#samples.length < MIN_SAMPLES || timeMs - first.timeMs < windowMs) return undefined;
    const coveredMs = others.reduce((sum, { spanMs }) => sum + spanMs, 0);
    if (coveredMs < this.#agreement * windowMs) return undefined;
    return this.#samples.filter((sample) => sample.isViolation).length / this.#samples.length;
  }

  /** Most of the grace time shows it: it begins, or goes on. @param beganMs where it is known */
  #hold(beganMs?: number): HygieneVerdict | undefined {
    this.#over = undefined;
    if (this.#open) return undefined;
    const violations = this.#samples.filter((sample) => sample.isViolation);
    const sinceMs = beganMs ?? violations[0]?.timeMs ?? 0;
    this.#open = { sinceMs };
    this.#samples = this.#samples.slice(-1);
    return { phase: 'opened', sinceMs, score: meanScore(violations) };
  }

  #end(atMs: number, score: number): void {
    const sinceMs =
      this.#samples.findLast(({ isViolation }) => isViolation)?.timeMs ?? this.#samples[0]?.timeMs ?? atMs;
    this.#over = { sinceMs, atMs, score };
    this.#samples = this.#samples.slice(-1);
  }

  #close(timeMs: number): HygieneVerdict | undefined {
    if (!this.#open || !this.#over || timeMs - this.#over.atMs < this.#continuesWithinMs) return undefined;
    const { sinceMs } = this.#open;
    const { sinceMs: untilMs, score } = this.#over;
    this.#open = undefined;
    this.#over = undefined;
    return { phase: 'closed', sinceMs, score, untilMs };
  }

  #spanUntil(timeMs: number): number {
    const stepMs = timeMs - (this.#lastMs ?? timeMs);
    this.#lastMs = timeMs;
    if (stepMs < -CLOCK_JUMP_MS) {
      this.#samples = [];
      this.#over = this.#over && { ...this.#over, atMs: timeMs };
      return 0;
    }
    if (stepMs <= 0) return 0;
    const spanMs = Math.min(stepMs, Math.max(MAX_SPAN_MS, 2 * this.#usualStepMs));
    this.#usualStepMs = this.#usualStepMs === 0 ? spanMs : this.#usualStepMs * 0.8 + spanMs * 0.2;
    return spanMs;
  }

  /** Keeps the window and the one sample before it, so that the window is known to be covered; and three at least. */
  #trim(fromMs: number): void {
    const covering = this.#samples.findIndex((sample) => sample.timeMs > fromMs) - 1;
    const keepFrom = Math.max(
      Math.min(covering, this.#samples.length - MIN_SAMPLES),
      this.#samples.length - MAX_SAMPLES,
    );
    if (keepFrom > 0) this.#samples.splice(0, keepFrom);
  }
}

function meanScore(samples: readonly Sample[]): number {
  if (samples.length === 0) return 0;
  return samples.reduce((sum, sample) => sum + sample.score, 0) / samples.length;
}
