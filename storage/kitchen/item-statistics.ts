/** One judged violation: how sure the system was, and what the inspector said. */
export interface Answer {
  /** 0..1 */
  readonly score: number;
  readonly isConfirmed: boolean;
}

export interface ThresholdSuggestion {
  /** Violations with a lower score would be held. */
  readonly minScore: number;
  /** Of the answers so far: how many wrong ones it would have held back, and how many right ones with them. */
  readonly dismissedHeld: number;
  readonly confirmedHeld: number;
}

/** 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
const Z = 1.959964;
const FEWEST_ANSWERS = 10;
/** Of the confirmed ones, the share that a threshold may cost. */
const LOST_SHARE = 0.05;
/** A threshold that holds back less of the wrong ones is not worth its losses. */
const WORTH_SHARE = 1 / 3;

/**
 * Where the true share lies with 95 % confidence, also for few answers.
 * @see Wilson 1927, Probable Inference, the Law of Succession, and Statistical Inference
 */
export function wilsonInterval(confirmed: number, answers: number): { readonly low: number; readonly high: number } {
  if (answers === 0) return { low: 0, high: 1 };
  const share = confirmed / answers;
  const spread = Z * Math.sqrt((share * (1 - share)) / answers + Z ** 2 / (4 * answers ** 2));
  const centre = share + Z ** 2 / (2 * answers);
  const scale = 1 + Z ** 2 / answers;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/**
 * The score that would have held back most of the dismissed ones at the price of at most one in twenty confirmed ones; of two that hold back
 * as many, the lower. Undefined with fewer than ten answers, or when it would hold back less than a third of the dismissed ones.
 */
export function suggestThreshold(answers: readonly Answer[]): ThresholdSuggestion | undefined {
  const dismissed = answers.filter(({ isConfirmed }) => !isConfirmed).length;
  const mayLose = Math.floor((answers.length - dismissed) * LOST_SHARE);
  if (answers.length < FEWEST_ANSWERS || dismissed === 0) return undefined;
  const scores = [...new Set(answers.map(({ score }) => score))].toSorted((a, b) => a - b);
  let best: ThresholdSuggestion | undefined;
  for (const [index, score] of scores.entries()) {
    const next = scores[index + 1];
    if (next === undefined) break;
    // Halfway, rounded up to what a person reads, as long as it still parts the two.
    const middle = (score + next) / 2;
    const rounded = Math.ceil(middle * 100) / 100;
    const minScore = rounded <= next ? rounded : middle;
    const held = answers.filter((answer) => answer.score < minScore);
    const dismissedHeld = held.filter(({ isConfirmed }) => !isConfirmed).length;
    const confirmedHeld = held.length - dismissedHeld;
    if (confirmedHeld > mayLose) break;
    if (dismissedHeld > (best?.dismissedHeld ?? 0)) best = { minScore, dismissedHeld, confirmedHeld };
  }
  return best && best.dismissedHeld >= dismissed * WORTH_SHARE ? best : undefined;
}

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
