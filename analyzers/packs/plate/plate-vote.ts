import type { PlateEvidence } from '../../analysis-event.ts';
import type { PlateCandidate, PlateColour, PlateReading } from '../../detection.ts';

/** A reading of one frame, with the width of the plate in that frame. */
export interface PlateBallot {
  readonly reading: PlateReading;
  /** Of the plate; a reading from 120 px is worth more than one from 50. */
  readonly widthPx: number;
}

/** At and above this width a plate is as legible as it gets. */
const FULL_WEIGHT_WIDTH_PX = 120;
const LEAST_WEIGHT = 0.1;
const ALTERNATIVES = 5;
/** What repeated readings of the same frame errors cannot exceed: frames are not independent. */
const HIGHEST_CONFIDENCE = 0.995;
const AGREEING_FRAMES_TRUSTED = 4;

function weightOf({ reading, widthPx }: PlateBallot): number {
  return Math.max(LEAST_WEIGHT, Math.min(1, widthPx / FULL_WEIGHT_WIDTH_PX)) * reading.confidence;
}

/**
 * One answer out of the readings of one vehicle over several frames. Every candidate of every frame votes with its
 * confidence; larger and surer readings weigh more, so one sharp frame beats three blurred ones.
 *
 * @returns undefined when there are no readings
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
  const confidence = strengthen(best.confidence, agreeing.length);
  // What the winner gained, the others lost.
  const rest = best.confidence >= 1 ? 0 : (1 - confidence) / (1 - best.confidence);
  return {
    text: best.text,
    confidence,
    colour: [...colours].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'unknown',
    alternatives: ranked
      .slice(1, 1 + ALTERNATIVES)
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

/**
 * Agreement makes an answer surer than its mean confidence: each further agreeing frame halves the doubt, as far as a few
 * frames go.
 */
function strengthen(confidence: number, agreeing: number): number {
  const halvings = Math.min(Math.max(agreeing - 1, 0), AGREEING_FRAMES_TRUSTED);
  const doubt = Math.max(0, 1 - confidence) * 0.5 ** halvings;
  return Math.min(Math.max(HIGHEST_CONFIDENCE, confidence), 1 - doubt);
}
