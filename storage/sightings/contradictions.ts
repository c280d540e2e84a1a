import { type Passed, type Roads, type Travel, straightMetres, travelBetween } from './travel.ts';

/** A sure reading of a plate. */
export interface SurePass extends Passed {
  readonly sightingId: string;
  readonly confidence: number;
  /** Undefined where it does not tell vehicles apart. */
  readonly typeClass: string | undefined;
  /** Undefined where it was not seen surely. */
  readonly colour: string | undefined;
}

export type CloneReason = 'impossible_travel' | 'different_vehicle_type' | 'different_vehicle_colour';

export interface Verdict {
  /** Logarithm of the odds that it is more than one vehicle; above 0 it is likelier so than not. */
  readonly logOdds: number;
  /** How many passes would have to be wrong for the rest to be one vehicle. */
  readonly contradictions: number;
  readonly reasons: readonly CloneReason[];
  readonly first: SurePass;
  readonly second: SurePass;
  readonly travel: Travel;
}

/** One plate in ten thousand is on more than one vehicle of a city. */
const PRIOR = Math.log(1e-4);
/** Of misread plates, so many are the plate of another vehicle that is there; the others are nobody's. */
const MISREAD_AS_ANOTHER = 0.02;
/** However sure, one reading in 200 is wrong. */
const LEAST_DOUBT = 0.005;
/** How often a type, or a colour that was seen surely, is wrong: at night, by a lamp, behind a tree; for one vehicle often more than once. */
const WRONG_TYPE = 0.03;
const WRONG_COLOUR = 0.12;
/** A second type or colour is counted from here on. */
const LEAST_OF_SECOND = 2;
/** In a straight line: slower than the first it is taken for possible whatever the roads, faster than the second for impossible; no way is looked for. */
const SURELY_POSSIBLE_KMH = 40;
const SURELY_IMPOSSIBLE_KMH = 200;
/** Cameras so near each other may see the same moment. */
const CAMERA_REACH_METRES = 1000;
/** So many passes in a row may be wrong. */
const LOOK_BACK = 12;

/**
 * What the passes of one plate say against its being one vehicle. Travel: the fewest passes that must be taken away for the rest to be drivable;
 * each of them would have to be another plate misread as this one. Type and colour: how much better two kinds of vehicle explain what was seen
 * than one that is sometimes misjudged.
 *
 * @param passes oldest first, at least two
 * @returns undefined when nothing contradicts
 */
export function judgePasses(passes: readonly SurePass[], roads: Roads | undefined): Verdict | undefined {
  const known = new Map<string, boolean>();
  const isImpossible = (from: SurePass, to: SurePass): boolean => {
    const key = `${from.sightingId} ${to.sightingId}`;
    const answer = known.get(key) ?? isImpossibleTravel(from, to, roads);
    known.set(key, answer);
    return answer;
  };
  const removed = fewestRemoved(passes, isImpossible);
  const ofTravel = removed.reduce(
    (sum, { confidence }) => sum - Math.log(Math.max(LEAST_DOUBT, 1 - confidence) * MISREAD_AS_ANOTHER),
    0,
  );
  const types = splitOf(passes, ({ typeClass }) => typeClass, WRONG_TYPE);
  const colours = splitOf(passes, ({ colour }) => colour, WRONG_COLOUR);
  const reasons: CloneReason[] = [];
  if (removed.length > 0) reasons.push('impossible_travel');
  if (types.evidence > 0) reasons.push('different_vehicle_type');
  if (colours.evidence > 0) reasons.push('different_vehicle_colour');
  const pair = reasons.length === 0 ? undefined : bestPair(passes, isImpossible);
  if (!pair) return undefined;
  return {
    logOdds: PRIOR + ofTravel + types.evidence + colours.evidence,
    contradictions: removed.length > 0 ? removed.length : Math.max(types.ofSecond, colours.ofSecond),
    reasons,
    ...pair,
    travel: travelBetween(pair.first, pair.second, roads),
  };
}

function isImpossibleTravel(from: SurePass, to: SurePass, roads: Roads | undefined): boolean {
  const metres = straightMetres(from, to) ?? 0;
  const kmh = (metres / Math.max((to.timeMs - from.timeMs) / 1000, 1)) * 3.6;
  if (from.cameraId === to.cameraId || kmh < SURELY_POSSIBLE_KMH) return false;
  return (metres > CAMERA_REACH_METRES && kmh > SURELY_IMPOSSIBLE_KMH) || travelBetween(from, to, roads).isImplausible;
}

/** All that is not in the longest chain of passes in which each step can be driven. */
function fewestRemoved(
  passes: readonly SurePass[],
  isImpossible: (from: SurePass, to: SurePass) => boolean,
): readonly SurePass[] {
  const best: { readonly length: number; readonly previous: number }[] = [];
  let end = -1;
  for (const [place, pass] of passes.entries()) {
    let [length, previous] = [1, -1];
    for (let earlier = place - 1; earlier >= Math.max(0, place - LOOK_BACK); earlier--) {
      const [from, chain] = [passes[earlier], best[earlier]];
      if (!from || !chain || chain.length + 1 <= length || isImpossible(from, pass)) continue;
      [length, previous] = [chain.length + 1, earlier];
    }
    best[place] = { length, previous };
    if (length > (best[end]?.length ?? 0)) end = place;
  }
  const kept = new Set<number>();
  for (let place = end; place >= 0; place = best[place]?.previous ?? -1) kept.add(place);
  return passes.filter((_, place) => !kept.has(place));
}

interface Split {
  /** Logarithm of the likelihood of two kinds against one that is sometimes misjudged; 0 when one explains it. */
  readonly evidence: number;
  readonly ofSecond: number;
}

function splitOf(passes: readonly SurePass[], kindOf: (pass: SurePass) => string | undefined, wrong: number): Split {
  const counts = new Map<string, number>();
  for (const pass of passes) {
    const kind = kindOf(pass);
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [first = 0, second = 0] = [...counts.values()].toSorted((a, b) => b - a);
  const share = second / Math.max(first + second, 1);
  if (second < LEAST_OF_SECOND || share <= wrong) return { evidence: 0, ofSecond: 0 };
  const evidence = second * Math.log(share / wrong) + first * Math.log((1 - share) / (1 - wrong));
  return { evidence: Math.max(0, evidence), ofSecond: second };
}

/** Two that follow each other: the more impossible the way, and the more else is different, the better. */
function bestPair(
  passes: readonly SurePass[],
  isImpossible: (from: SurePass, to: SurePass) => boolean,
): { readonly first: SurePass; readonly second: SurePass } | undefined {
  let best: { readonly first: SurePass; readonly second: SurePass; readonly score: number } | undefined;
  for (const [place, second] of passes.entries()) {
    const first = passes[place - 1];
    if (!first) continue;
    const score =
      (isImpossible(first, second) ? 1 + Math.log(1 + excessOf(first, second)) : 0) +
      (isDifferent(first.typeClass, second.typeClass) ? 0.5 : 0) +
      (isDifferent(first.colour, second.colour) ? 0.25 : 0);
    if (score > (best?.score ?? 0)) best = { first, second, score };
  }
  return best;
}

/** How many times the time there is even a straight road would take. */
function excessOf(first: SurePass, second: SurePass): number {
  return (straightMetres(first, second) ?? 0) / (150 / 3.6) / ((second.timeMs - first.timeMs) / 1000 + 60);
}

function isDifferent(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
