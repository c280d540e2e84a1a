import type { HygieneObservation } from '../detection.ts';

export interface HygieneJudgementOptions {
  /** How long a violation must hold before it counts; also how long it must be gone before it is over. */
  readonly graceMs: number;
  /** Share of the samples of the grace time that must agree, 0.5..1. */
  readonly agreement?: number;
}

export type HygieneVerdict =
  | { readonly phase: 'opened'; readonly sinceMs: number; readonly score: number }
  | { readonly phase: 'closed'; readonly sinceMs: number; readonly score: number };

interface Sample {
  readonly timeMs: number;
  readonly isViolation: boolean;
  readonly score: number;
}

const DEFAULT_AGREEMENT = 0.7;
/** Fewer pictures than this say nothing, however long apart. */
const MIN_SAMPLES = 3;
/** A short state must not close on one quiet moment. */
const MIN_CLOSE_MS = 2000;
const MAX_SAMPLES = 2000;

/**
 * Judges one rule over time: opens when most of the pictures of its grace time show a violation, closes when most of
 * them no longer do. In between, what is open stays open, so flicker raises nothing twice.
 */
export class HygieneJudgement {
  readonly #graceMs: number;
  readonly #agreement: number;
  #samples: Sample[] = [];
  #open: { readonly sinceMs: number } | undefined;

  constructor(options: HygieneJudgementOptions) {
    this.#graceMs = options.graceMs;
    this.#agreement = options.agreement ?? DEFAULT_AGREEMENT;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Pictures in which the state could not be told (`unknown`) are left out. */
  update(observation: Pick<HygieneObservation, 'state' | 'score'>, timeMs: number): HygieneVerdict | undefined {
    if (observation.state === 'unknown') return undefined;
    this.#samples.push({ timeMs, isViolation: observation.state === 'violation', score: observation.score });
    const windowMs = this.#open ? Math.max(MIN_CLOSE_MS, this.#graceMs) : this.#graceMs;
    this.#trim(timeMs - windowMs);
    const first = this.#samples[0];
    if (!first || this.#samples.length < MIN_SAMPLES || timeMs - first.timeMs < windowMs) return undefined;
    const violations = this.#samples.filter((sample) => sample.isViolation);
    const share = violations.length / this.#samples.length;

    if (!this.#open && observation.state === 'violation' && share >= this.#agreement) {
      const sinceMs = violations[0]?.timeMs ?? timeMs;
      this.#open = { sinceMs };
      this.#samples = [];
      return { phase: 'opened', sinceMs, score: meanScore(violations) };
    }
    if (this.#open && observation.state === 'fine' && 1 - share >= this.#agreement) {
      const { sinceMs } = this.#open;
      this.#open = undefined;
      this.#samples = [];
      return { phase: 'closed', sinceMs, score: 1 - share };
    }
    return undefined;
  }

  /** Keeps the window and the one sample before it, so that the window is known to be covered. */
  #trim(fromMs: number): void {
    let keepFrom = this.#samples.findIndex((sample) => sample.timeMs > fromMs) - 1;
    keepFrom = Math.max(keepFrom, this.#samples.length - MAX_SAMPLES);
    if (keepFrom > 0) this.#samples.splice(0, keepFrom);
  }
}

function meanScore(samples: readonly Sample[]): number {
  if (samples.length === 0) return 0;
  return samples.reduce((sum, sample) => sum + sample.score, 0) / samples.length;
}
