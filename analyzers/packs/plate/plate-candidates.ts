import type { PlateCandidate, PlateKind } from '../../detection.ts';
import type { CharacterSequence } from './character-sequence.ts';
import { logProbabilityOf, type WeightedText } from './plate-beam.ts';
import { calibratedConfidence, type ReadingFeatures, RIGHT_AMONG_ALTERNATIVES } from './plate-calibration.ts';
import type { PlateGrammar } from './plate-forms.ts';
import { type PlateContext, plateLogPrior } from './plate-prior.ts';

export interface RankedPlate extends PlateCandidate {
  readonly kind: PlateKind;
  readonly alternatives: readonly PlateCandidate[];
  readonly characterConfidences: readonly number[];
  readonly features: ReadingFeatures;
}

interface Candidate {
  readonly text: string;
  readonly kind: PlateKind;
  /** Log probability in the picture, mean over the looks. */
  readonly seen: number;
  /** With what is known besides. */
  readonly score: number;
}

const ALTERNATIVES = 5;
const LEAST_CONFIDENCE = 0.001;
/** Candidates of each look that all looks are asked about. */
const CANDIDATES_PER_LOOK = 10;

/** One way of looking at a plate: its sequence and the texts found in it. */
export interface PlateLook {
  readonly sequence: CharacterSequence;
  readonly texts: readonly WeightedText[];
}

/**
 * One answer out of several looks at the same picture of a plate: every look is asked how probable each text is that any of
 * them found, and the mean of the logarithms counts, with what colour and standard say.
 *
 * @returns undefined when no look found a plate
 */
export function rankLooks(
  looks: readonly PlateLook[],
  alphabet: string,
  grammar: PlateGrammar,
  context: PlateContext,
): RankedPlate | undefined {
  const texts = new Set(
    looks.flatMap(({ texts: found }) => found.slice(0, CANDIDATES_PER_LOOK).map(({ text }) => text)),
  );
  const candidates = [...texts].flatMap((text): Candidate[] => {
    const seen =
      looks.reduce((sum, { sequence }) => sum + logProbabilityOf(text, sequence, alphabet), 0) / looks.length;
    const kinds = grammar
      .kindsOfText(text)
      .map((kind) => ({ kind, prior: plateLogPrior(text, kind, context) }))
      .toSorted((a, b) => b.prior - a.prior);
    const [likeliest] = kinds;
    return likeliest ? [{ text, kind: likeliest.kind, seen, score: seen + likeliest.prior }] : [];
  });
  return rank(candidates, context);
}

function rank(candidates: readonly Candidate[], { rows }: PlateContext): RankedPlate | undefined {
  const ranked = candidates.toSorted((a, b) => b.score - a.score);
  const [best, ...others] = ranked;
  if (!best) return undefined;
  const weights = others.map(({ score }) => Math.exp(score - best.score));
  const against = weights.reduce((sum, weight) => sum + weight, 0);
  const features = {
    logOdds: -Math.log(Math.max(against, Number.MIN_VALUE)),
    // A text of eight is not to be trusted less than one of seven because it is longer.
    logPerCharacter: best.seen / best.text.length,
  };
  const confidence = calibratedConfidence(features);
  const left = (1 - confidence) * RIGHT_AMONG_ALTERNATIVES;
  const rest = others.map(({ text }, i) => ({
    text,
    confidence: against === 0 ? 0 : (left * (weights[i] ?? 0)) / against,
  }));
  return {
    text: best.text,
    kind: rows === 2 && best.kind === 'standard' ? 'two_row' : best.kind,
    confidence,
    alternatives: rest.slice(0, ALTERNATIVES).filter((other) => other.confidence >= LEAST_CONFIDENCE),
    // A character is as sure as all candidates together that have it at this place.
    characterConfidences: Array.from(best.text, (character, place) =>
      rest.reduce((sum, other) => sum + (other.text[place] === character ? other.confidence : 0), confidence),
    ),
    features,
  };
}
