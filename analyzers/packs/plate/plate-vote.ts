import type { PlateEvidence } from '../../analysis-event.ts';
import type { PlateCandidate, PlateColour, PlateKind, PlateReading } from '../../detection.ts';

/** A reading of one frame, with the width of the plate in that frame. */
export interface PlateBallot {
  readonly reading: PlateReading;
  /** Of the plate; a reading from 120 px is worth more than one from 50. */
  readonly widthPx: number;
}

/** At and above this width a plate is as legible as it gets. */
const FULL_WEIGHT_WIDTH_PX = 120;
const LEAST_WEIGHT = 0.1;
/** What a reading without one sharp edge weighs against a sharp one. */
const LEAST_SHARPNESS_WEIGHT = 0.3;
const ALTERNATIVES = 5;
/** What repeated readings of the same frame errors cannot exceed: frames are not independent. */
const HIGHEST_CONFIDENCE = 0.995;
const AGREEING_FRAMES_TRUSTED = 4;

/** How legible a plate is in its frame, 0..1, before anything is read: by size and by sharpness. */
export function legibility({ reading, widthPx }: PlateBallot): number {
  const size = Math.max(LEAST_WEIGHT, Math.min(1, widthPx / FULL_WEIGHT_WIDTH_PX));
  return size * (LEAST_SHARPNESS_WEIGHT + (1 - LEAST_SHARPNESS_WEIGHT) * reading.sharpness);
}

function weightOf(ballot: PlateBallot): number {
  return legibility(ballot) * ballot.reading.confidence;
}

/**
 * One answer out of the readings of one vehicle over several frames. Every candidate of every frame votes with its
 * confidence; larger, sharper and surer readings weigh more, so one sharp frame beats three blurred ones. Readings of an
 * official vehicle without text vote as one candidate; where they win, the answer has no text either.
 *
 * @returns undefined when there are no readings, and when the plate is one that nothing is to be told of
 */
export function voteOnPlate(ballots: readonly PlateBallot[]): PlateEvidence | undefined {
  const votes = new Map<string, number>();
  const colours = new Map<PlateColour, number>();
  let total = 0;
  for (const ballot of ballots) {
    const { reading } = ballot;
    const weight = weightOf(ballot);
    total += weight;
    for (const { text, confidence } of [reading, ...reading.alternatives])
      votes.set(text, (votes.get(text) ?? 0) + weight * confidence);
    if (reading.colour !== 'unknown') colours.set(reading.colour, (colours.get(reading.colour) ?? 0) + weight);
  }
  const ranked: PlateCandidate[] = [...votes]
    .map(([text, vote]) => ({ text, confidence: total === 0 ? 0 : vote / total }))
    .toSorted((a, b) => b.confidence - a.confidence);
  const best = ranked[0];
  if (!best) return undefined;
  const agreeing = ballots.filter(({ reading }) => reading.text === best.text);
  const kind = kindOf(agreeing.length > 0 ? agreeing : ballots);
  if (agreeing.some(({ reading }) => reading.withheld === 'refused')) return undefined;
  const isWithheld = best.text === '';
  const confidence = strengthen(best.confidence, agreeing.length);
  // What the winner gained, the others lost.
  const rest = best.confidence >= 1 ? 0 : (1 - confidence) / (1 - best.confidence);
  const others = isWithheld ? [] : ranked.filter(({ text }) => text !== best.text && text !== '');
  return {
    text: best.text,
    ...(kind === undefined ? {} : { kind }),
    confidence,
    colour: [...colours].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'unknown',
    alternatives: others
      .slice(0, ALTERNATIVES)
      .map(({ text, confidence: share }) => ({ text, confidence: share * rest })),
    characterConfidences: Array.from(best.text, (character, place) =>
      strengthen(
        ranked.reduce((sum, other) => sum + (other.text[place] === character ? other.confidence : 0), 0),
        agreeing.length,
      ),
    ),
    framesRead: ballots.length,
    framesAgreeing: agreeing.length,
  };
}

/** The kind that most of the weight saw. */
function kindOf(ballots: readonly PlateBallot[]): PlateKind | undefined {
  const kinds = new Map<PlateKind, number>();
  for (const ballot of ballots)
    kinds.set(ballot.reading.kind, (kinds.get(ballot.reading.kind) ?? 0) + weightOf(ballot));
  return [...kinds].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/**
 * Agreement makes an answer surer than its mean confidence: each further agreeing frame halves the doubt, as far as a few
 * frames go.
 */
function strengthen(confidence: number, agreeing: number): number {
  const halvings = Math.min(Math.max(agreeing - 1, 0), AGREEING_FRAMES_TRUSTED);
  const doubt = Math.max(0, 1 - confidence) * 0.5 ** halvings;
  return Math.min(Math.max(HIGHEST_CONFIDENCE, confidence), 1 - doubt);
}
