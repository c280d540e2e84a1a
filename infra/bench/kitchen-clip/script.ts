/** What happens in the made clip: who stands where, and what of a head is to be seen, second by second. */

export type HeadState = 'back' | 'covered' | 'bare';

interface Stay {
  readonly from: number;
  readonly to: number;
  /** Where the feet stand, share of the picture's width. */
  readonly x: number;
  /** Of the person's size in the film. */
  readonly scale: number;
  /** Later ones count; before the first and by default the mouth is covered. */
  readonly heads: readonly (readonly [from: number, to: number, state: HeadState])[];
}

/** One person in one second. */
export interface Presence {
  readonly stay: number;
  readonly x: number;
  readonly scale: number;
  readonly head: HeadState;
}

export const CLIP_SECONDS = 600;

/**
 * Three violations of 45, 60 and 40 s, the second one beside somebody whose mouth is covered; two lapses too short to
 * count; somebody of whom only the back is seen; an empty kitchen in between.
 */
const STAYS: readonly Stay[] = [
  { from: 10, to: 130, x: 0.35, scale: 0.95, heads: [] },
  { from: 40, to: 100, x: 0.7, scale: 0.8, heads: [] },
  { from: 140, to: 200, x: 0.5, scale: 0.9, heads: [[150, 195, 'bare']] },
  { from: 225, to: 335, x: 0.3, scale: 0.8, heads: [] },
  { from: 240, to: 330, x: 0.68, scale: 0.95, heads: [[250, 310, 'bare']] },
  { from: 345, to: 405, x: 0.55, scale: 0.75, heads: [[362, 371, 'bare']] },
  { from: 410, to: 470, x: 0.4, scale: 0.9, heads: [[410, 470, 'back']] },
  { from: 478, to: 560, x: 0.6, scale: 0.85, heads: [[485, 525, 'bare']] },
  { from: 490, to: 550, x: 0.25, scale: 0.75, heads: [] },
  { from: 566, to: 596, x: 0.45, scale: 0.9, heads: [[574, 584, 'bare']] },
];

/** Heads are turned away for this share of the time, for some seconds each. */
const TURNED_SHARE = 0.2;
const TURNED_SECONDS = 3;
/** Shorter violations may be raised or not: people and rules differ on them. */
const MUST_RAISE_SECONDS = 30;

/** @param random 0..1, one value after another */
export function castOf(random: () => number): readonly (readonly Presence[])[] {
  const turned = STAYS.map(() =>
    Array.from({ length: Math.ceil(CLIP_SECONDS / TURNED_SECONDS) }, () => random() < TURNED_SHARE),
  );
  return Array.from({ length: CLIP_SECONDS }, (_, second) =>
    STAYS.flatMap((stay, index) => {
      if (second < stay.from || second >= stay.to) return [];
      const scripted = stay.heads.findLast(([from, to]) => second >= from && second < to)?.[2] ?? 'covered';
      const head = turned[index]?.[Math.floor(second / TURNED_SECONDS)] ? 'back' : scripted;
      return [{ stay: index, x: stay.x, scale: stay.scale, head }];
    }),
  );
}

/** Seconds in which some mouth was bare, turned away or not, and whether that has to be raised. */
export function violationsOf(): readonly {
  readonly from: number;
  readonly to: number;
  readonly isToBeRaised: boolean;
}[] {
  return STAYS.flatMap(({ heads }) => heads.filter(([, , state]) => state === 'bare'))
    .map(([from, to]) => ({ from, to, isToBeRaised: to - from >= MUST_RAISE_SECONDS }))
    .toSorted((a, b) => a.from - b.from);
}

export function stayCount(): number {
  return STAYS.length;
}
