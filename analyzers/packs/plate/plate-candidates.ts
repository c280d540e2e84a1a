import type { PlateCandidate } from '../../detection.ts';

/** A text and its log probability. */
export interface WeightedText {
  readonly text: string;
  readonly logProbability: number;
}

export interface RankedPlate extends PlateCandidate {
  readonly alternatives: readonly PlateCandidate[];
  readonly characterConfidences: readonly number[];
  /** How much of the picture plate texts explain, per character, 0..1: near 0 for other text. */
  readonly plausibility: number;
}

const ALTERNATIVES = 5;
const LEAST_CONFIDENCE = 0.001;

/**
 * Turns log probabilities into confidences that sum to at most 1. What the texts together do not explain of the picture
 * stays unassigned, so that a picture of no plate gets low confidence however clear its best text is among bad ones.
 *
 * @returns undefined for an empty list
 */
export function rankCandidates(candidates: readonly WeightedText[]): RankedPlate | undefined {
  const ranked = candidates.toSorted((a, b) => b.logProbability - a.logProbability);
  const best = ranked[0];
  if (!best) return undefined;
  const weights = ranked.map(({ logProbability }) => Math.exp(logProbability - best.logProbability));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // Per character: a text of eight is not to be trusted less than one of seven because it is longer.
  const plausibility = Math.min(1, Math.exp((best.logProbability + Math.log(sum)) / best.text.length));
  const shares = weights.map((weight) => (weight / sum) * plausibility);
  const confident = ranked.map(({ text }, i) => ({ text, confidence: shares[i] ?? 0 }));
  return {
    text: best.text,
    confidence: shares[0] ?? 0,
    alternatives: confident.slice(1, 1 + ALTERNATIVES).filter(({ confidence }) => confidence >= LEAST_CONFIDENCE),
    plausibility,
    // A character is as sure as all candidates together that have it at this place.
    characterConfidences: Array.from(best.text, (character, place) =>
      confident.reduce((total, { text, confidence }) => total + (text[place] === character ? confidence : 0), 0),
    ),
  };
}

/** Mixes readings of the same plate: the mean of the probabilities. */
export function mixCandidates(readings: readonly (readonly WeightedText[])[]): WeightedText[] {
  const sums = new Map<string, number>();
  for (const reading of readings)
    for (const { text, logProbability } of reading)
      sums.set(text, (sums.get(text) ?? 0) + Math.exp(logProbability) / readings.length);
  return [...sums].map(([text, sum]) => ({ text, logProbability: Math.log(Math.max(sum, Number.MIN_VALUE)) }));
}
