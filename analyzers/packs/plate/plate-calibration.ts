/** What a reading tells of its own reliability. */
export interface ReadingFeatures {
  /** Logarithm of the odds of the best text against all others that were followed. */
  readonly logOdds: number;
  /** Log probability of the best text in the picture, per character: near 0 when it explains all that is seen. */
  readonly logPerCharacter: number;
}

/**
 * A logistic curve over two features, fitted by maximum likelihood on one half of 1,000 CCPD crops (`splitHalf` in
 * infra/bench/plate-crops.ts says which), each once as it is and once degraded; the other half is the check that
 * docs/benchmarks.md shows. `./vantage bench accuracy --task plate-calibration` fits them anew.
 */
const CONSTANT = 0.37;
const PER_LOG_ODDS = 0.92;
const PER_LOG_CHARACTER = 1.9;
/** Beyond these the features say nothing more. */
const MOST_LOG_ODDS = 10;
const LEAST_LOG_CHARACTER = -3;
/** Of readings of 0.1 and more that are wrong, this share had the right text among the alternatives (the same half). */
export const RIGHT_AMONG_ALTERNATIVES = 0.7;

/** The features as the curve takes them. */
export function boundFeatures({ logOdds, logPerCharacter }: ReadingFeatures): readonly [number, number] {
  const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
  return [clamp(logOdds, -MOST_LOG_ODDS, MOST_LOG_ODDS), clamp(logPerCharacter, LEAST_LOG_CHARACTER, 0)];
}

/** How likely a reading is right: of those with 0.9, nine of ten are. */
export function calibratedConfidence(features: ReadingFeatures): number {
  const [logOdds, logPerCharacter] = boundFeatures(features);
  return 1 / (1 + Math.exp(-(CONSTANT + PER_LOG_ODDS * logOdds + PER_LOG_CHARACTER * logPerCharacter)));
}
