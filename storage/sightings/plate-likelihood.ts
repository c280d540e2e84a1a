import { PlateGrammar } from '#analyzers/packs/plate/plate-forms.ts';
import type { ConfusionModel } from './confusion-model.ts';

const CHINESE_FORMS = new PlateGrammar('china');

/** What the reader said of one pass. */
export interface Reading {
  readonly text: string;
  /** 0..1, calibrated: how often such a reading is right. */
  readonly confidence: number;
  readonly alternatives: readonly { readonly text: string; readonly confidence: number }[];
}

/** A text of the dictionary that may be the plate asked for, or a misreading of it. */
export interface FuzzyCandidate {
  readonly text: string;
  /** Passes with this text in the month before the end of the search; counting stops at `COUNTED_PASSES`. */
  readonly passes: number;
}

/** More do not make a plate more likely: it then is a vehicle of its own. */
export const COUNTED_PASSES = 30;
/**
 * A text that was never seen otherwise is still possible, though most such texts are misreadings: worth a tenth of a pass. Less for what has not even
 * the form of a plate, which leaves plates of other countries.
 */
const UNSEEN_PASSES = 0.1;
const UNSEEN_OF_NO_FORM = 0.002;
/** However sure a reader is, one in 200 of its surest readings is wrong. */
const LEAST_DOUBT = 0.005;

/** How often texts were seen; what is not in it was not seen. */
export type Passes = ReadonlyMap<string, number>;

/**
 * How likely one pass, read as another text, was the plate: what the picture says (the reader's alternatives; where it names others or none,
 * the confusion model shares out the doubt that is left) weighed with how often each text is seen at all. A misreading is a text that was seen
 * once or twice beside a plate that is seen daily; another vehicle's plate is seen as often as the plate itself.
 *
 * @returns 0..1; 1 when the text is the same
 */
export function likelihoodOfPass(asked: string, reading: Reading, passes: Passes, model: ConfusionModel): number {
  if (reading.text === asked) return 1;
  // This pass says nothing on how often its text is seen elsewhere.
  const seen = (text: string): number => seenElsewhere(text, passes, text === reading.text ? 1 : 0);
  const listed = reading.alternatives.filter(({ text }) => text !== reading.text);
  const named = listed.reduce((sum, { confidence }) => sum + confidence, 0);
  const doubt = Math.max(LEAST_DOUBT, 1 - reading.confidence - named);
  const share = model.shareOfMisreadings(asked, reading.text);
  const ofAsked = (listed.find(({ text }) => text === asked)?.confidence ?? 0) + doubt * share;
  let others = reading.confidence * seen(reading.text) + doubt * (1 - share) * UNSEEN_PASSES;
  for (const { text, confidence } of listed) if (text !== asked) others += confidence * seen(text);
  const mine = ofAsked * seen(asked);
  return mine / (mine + others);
}

/**
 * Up to which confidence a pass that was read as another plate, one that is seen often too, may still have been the one asked for: above it
 * the likelihood is below `least`, unless the reader named it.
 */
export function confidenceForLikelihood(
  asked: string,
  readText: string,
  least: number,
  passes: Passes,
  model: ConfusionModel,
): number {
  const mine = model.shareOfMisreadings(asked, readText) * seenElsewhere(asked, passes, 0);
  return mine === 0 ? 0 : 1 / (1 + (least * seenElsewhere(readText, passes, 1)) / mine);
}

function seenElsewhere(text: string, passes: Passes, own: number): number {
  const unseen = CHINESE_FORMS.kindsOfText(text).length === 0 ? UNSEEN_OF_NO_FORM : UNSEEN_PASSES;
  return Math.max(0, (passes.get(text) ?? 0) - own) + unseen;
}

/** A plate that may be meant, and how likely it is the one. */
export interface MeantPlate {
  readonly text: string;
  readonly probability: number;
}

/**
 * Who asks for a plate may have it from a misreading. Plates that are seen often, while the one asked for is not, may be meant.
 *
 * @returns the asked one first; probabilities sum to 1
 */
export function platesMeant(
  asked: string,
  candidates: readonly FuzzyCandidate[],
  model: ConfusionModel,
): readonly MeantPlate[] {
  const askedPasses = candidates.find(({ text }) => text === asked)?.passes ?? 0;
  const weights = candidates
    .filter(({ text }) => text !== asked)
    .map(({ text, passes }) => ({ text, weight: passes * model.ofText(text, asked) }));
  // The one who asks saw the plate, or had it from someone who did: worth a pass.
  const own = { text: asked, weight: (askedPasses + 1) * model.ofText(asked, asked) };
  const total = weights.reduce((sum, { weight }) => sum + weight, own.weight);
  return [own, ...weights].map(({ text, weight }) => ({ text, probability: total === 0 ? 0 : weight / total }));
}
