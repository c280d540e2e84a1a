import type { Passed, Travel } from './travel.ts';

/** A pass that is, or may be, of the vehicle that is followed. */
export interface Candidate extends Passed {
  /** From its reading alone, 0..1; 1: the plate itself was read. */
  readonly likelihood: number;
}

/** A pass that was joined, with how likely it is now that its place and time are known to fit. */
export interface Joined<C extends Candidate> {
  readonly candidate: C;
  readonly likelihood: number;
}

/** A reading is never wholly for or against. */
const MOST_CERTAIN = 0.999;
/**
 * How much more often a pass lies where it does, and when, for this vehicle than for any vehicle of the city, by each of its two steps: at the
 * time that the way takes, or anywhere that can be reached in time. (Any vehicle is at one of thousands of cameras; this one is near where it was.)
 */
const ON_ITS_WAY = 12;
const REACHABLE = 1;
/** Up to this many times the fastest way counts as driving there. */
const DRIVING_SHARE = 2.5;
const SLACK_SECONDS = 60;

/**
 * Joins passes that were likely misread to those whose plate was read: the chain in time that is likeliest as a whole, in which each step can be
 * driven. A Viterbi search: each pass knows the best chain that ends with it. Passes whose plate was read are always in the chain, also where
 * they contradict each other, so each stretch between two of them is a small search of its own.
 *
 * @param candidates oldest first
 * @param travel between two of them, the first one older
 * @returns oldest first
 */
export function joinCandidates<C extends Candidate>(
  candidates: readonly C[],
  travel: (from: C, to: C) => Travel,
): readonly Joined<C>[] {
  const chain: C[] = [];
  let stretch: C[] = [];
  let last: C | undefined;
  for (const candidate of candidates) {
    if (candidate.likelihood < 1) {
      stretch.push(candidate);
      continue;
    }
    chain.push(...bestStretch(last, stretch, candidate, travel), candidate);
    last = candidate;
    stretch = [];
  }
  chain.push(...bestStretch(last, stretch, undefined, travel));
  return chain.map((candidate, place) => ({
    candidate,
    likelihood: likelihoodIn(chain[place - 1], candidate, chain[place + 1], travel),
  }));
}

/** The likeliest of the passes between two that are sure (or before the first, or after the last). */
function bestStretch<C extends Candidate>(
  before: C | undefined,
  between: readonly C[],
  after: C | undefined,
  travel: (from: C, to: C) => Travel,
): readonly C[] {
  const best: { readonly score: number; readonly previous: number }[] = [];
  for (const [place, candidate] of between.entries()) {
    let score = before ? scoreOf(travel(before, candidate)) : 0;
    let previous = -1;
    for (const [earlier, chain] of best.entries()) {
      const from = between[earlier];
      if (!from || chain.score === Number.NEGATIVE_INFINITY) continue;
      const joined = chain.score + scoreOf(travel(from, candidate));
      if (joined > score) [score, previous] = [joined, earlier];
    }
    best[place] = { score: score + oddsOf(candidate), previous };
  }
  let end = -1;
  let endScore = 0;
  for (const [place, { score }] of best.entries()) {
    const candidate = between[place];
    const total = score + (after && candidate ? scoreOf(travel(candidate, after)) : 0);
    if (total > endScore) [end, endScore] = [place, total];
  }
  const chain: C[] = [];
  for (let place = end; place >= 0; place = best[place]?.previous ?? -1) {
    const candidate = between[place];
    if (candidate) chain.push(candidate);
  }
  return chain.toReversed();
}

function likelihoodIn<C extends Candidate>(
  before: C | undefined,
  candidate: C,
  after: C | undefined,
  travel: (from: C, to: C) => Travel,
): number {
  if (candidate.likelihood >= 1) return 1;
  const score =
    oddsOf(candidate) +
    (before ? scoreOf(travel(before, candidate)) : 0) +
    (after ? scoreOf(travel(candidate, after)) : 0);
  return 1 / (1 + Math.exp(-score));
}

/** Logarithm of how much better a step fits one vehicle than two. */
function scoreOf({ isImplausible, route, durationSeconds }: Travel): number {
  if (isImplausible) return Number.NEGATIVE_INFINITY;
  const isDriving = route !== undefined && durationSeconds <= route.fastestSeconds * DRIVING_SHARE + SLACK_SECONDS;
  return Math.log(isDriving ? ON_ITS_WAY : REACHABLE);
}

function oddsOf({ likelihood }: Candidate): number {
  const certain = Math.min(Math.max(likelihood, 1 - MOST_CERTAIN), MOST_CERTAIN);
  return Math.log(certain / (1 - certain));
}
