import type { Box, ObjectLabel } from '../detection.ts';
import { footOf } from '../tracking/box.ts';
import type { PathPoint } from '../tracking/track-path.ts';
import type { GroundPlace, GroundPlane } from './ground-plane.ts';
import { quantile } from './scene-light.ts';

export interface GroundSpeed {
  readonly kmh: number;
  /** One standard deviation. */
  readonly uncertaintyKmh: number;
  /** The middle of the stretch that it was measured on. */
  readonly timeMs: number;
}

interface Fix extends GroundPlace {
  readonly timeMs: number;
  /** Of the place, one standard deviation. */
  readonly errorMetres: number;
}

const MIN_FIXES = 3;
/** A stretch is this long where pictures come often; at a picture a second it is as long as three of them. */
const STRETCH_MS = 1500;
const SHORTEST_MS = 400;
/** Over a longer stretch vehicles brake and turn: at key-frame rate nothing is measured. */
const LONGEST_MS = 2500;
/** How well the lower edge of a box is known, as a share of its height. */
const FOOT_ERROR = 0.03;
/** What does not show as scatter: the edge is not where the wheels are, and the four points were set by hand. */
const SYSTEMATIC_ERROR = 0.04;
/** Speeds below this are compared by their uncertainty alone. */
const CRAWLING_KMH = 5;
/** A speed that is not known to about a quarter, or to a walking pace, is none. */
const MAX_RELATIVE_ERROR = 0.25;
const ALWAYS_GOOD_KMH = 4;
/** No vehicle does more: it was another one. */
const MAX_KMH = 250;
const KMH = 3.6;

/**
 * The speed over ground of one vehicle, from the stretch of its path on which it is best known.
 * @returns undefined with fewer than three usable places, or when the uncertainty is too large to call it a speed
 */
export function groundSpeed(path: readonly PathPoint[], plane: GroundPlane): GroundSpeed | undefined {
  const fixes = path.flatMap((point) => fixOf(point, plane) ?? []);
  let best: GroundSpeed | undefined;
  for (let first = 0; first + MIN_FIXES <= fixes.length; first++) {
    const last = stretchEnd(fixes, first);
    if (last === undefined) continue;
    const speed = fitSpeed(fixes.slice(first, last + 1));
    if (speed && (!best || relativeError(speed) < relativeError(best))) best = speed;
  }
  if (!best || best.kmh > MAX_KMH) return undefined;
  return best.uncertaintyKmh <= Math.max(ALWAYS_GOOD_KMH, MAX_RELATIVE_ERROR * best.kmh) ? best : undefined;
}

function relativeError({ kmh, uncertaintyKmh }: GroundSpeed): number {
  return uncertaintyKmh / Math.max(CRAWLING_KMH, kmh);
}

function fixOf({ box, timeMs, isCut }: PathPoint, plane: GroundPlane): Fix | undefined {
  if (isCut) return undefined;
  const foot = footOf(box);
  const place = plane.toGround(foot);
  const above = plane.toGround({ x: foot.x, y: foot.y - FOOT_ERROR * box.height });
  if (!place || !above) return undefined;
  return { ...place, timeMs, errorMetres: Math.max(0.05, distanceBetween(place, above)) };
}

function stretchEnd(fixes: readonly Fix[], first: number): number | undefined {
  const startMs = fixes[first]?.timeMs ?? 0;
  let last = first;
  while (
    last + 1 < fixes.length &&
    (last - first + 1 < MIN_FIXES || (fixes[last + 1]?.timeMs ?? 0) - startMs <= STRETCH_MS)
  )
    last++;
  const lengthMs = (fixes[last]?.timeMs ?? 0) - startMs;
  return last - first + 1 >= MIN_FIXES && lengthMs >= SHORTEST_MS && lengthMs <= LONGEST_MS ? last : undefined;
}

/** A straight, even movement fitted to places; those far off the line lose their say (Tukey's biweight). */
function fitSpeed(fixes: readonly Fix[]): GroundSpeed | undefined {
  const middleMs = ((fixes[0]?.timeMs ?? 0) + (fixes.at(-1)?.timeMs ?? 0)) / 2;
  const seconds = fixes.map(({ timeMs }) => (timeMs - middleMs) / 1000);
  let weights = fixes.map(({ errorMetres }) => 1 / errorMetres ** 2);
  let across = fitLine(
    seconds,
    fixes.map((fix) => fix.acrossMetres),
    weights,
  );
  let along = fitLine(
    seconds,
    fixes.map((fix) => fix.alongMetres),
    weights,
  );
  for (let round = 0; round < 4 && across && along; round++) {
    const misfits = misfitsOf(fixes, seconds, across, along);
    const typical = Math.max(1, quantile(misfits, 0.5) ?? 1);
    weights = fixes.map(({ errorMetres }, index) => {
      const share = (misfits[index] ?? 0) / (4.7 * typical);
      return share >= 1 ? 0 : (1 - share ** 2) ** 2 / errorMetres ** 2;
    });
    if (weights.filter((weight) => weight > 0).length < MIN_FIXES) return undefined;
    across = fitLine(
      seconds,
      fixes.map((fix) => fix.acrossMetres),
      weights,
    );
    along = fitLine(
      seconds,
      fixes.map((fix) => fix.alongMetres),
      weights,
    );
  }
  if (!across || !along) return undefined;
  // What the places miss the line by counts where it is more than was to be expected: turns, braking, a box that jumped.
  const misfits = misfitsOf(fixes, seconds, across, along);
  const excess = Math.max(1, Math.sqrt(misfits.reduce((sum, misfit) => sum + misfit ** 2, 0) / misfits.length));
  const kmh = Math.hypot(across.slope, along.slope) * KMH;
  return {
    kmh,
    uncertaintyKmh: Math.hypot(across.slopeError * excess * KMH, SYSTEMATIC_ERROR * kmh),
    timeMs: middleMs,
  };
}

interface Line {
  readonly slope: number;
  readonly offset: number;
  readonly slopeError: number;
}

function fitLine(at: readonly number[], values: readonly number[], weights: readonly number[]): Line | undefined {
  const sum = (pick: (index: number) => number): number =>
    weights.reduce((total, weight, index) => total + weight * pick(index), 0);
  const total = sum(() => 1);
  const middle = sum((index) => at[index] ?? 0) / total;
  const mean = sum((index) => values[index] ?? 0) / total;
  const spread = sum((index) => ((at[index] ?? 0) - middle) ** 2);
  if (!(spread > 0)) return undefined;
  const slope = sum((index) => ((at[index] ?? 0) - middle) * ((values[index] ?? 0) - mean)) / spread;
  return { slope, offset: mean - slope * middle, slopeError: 1 / Math.sqrt(spread) };
}

/** How far each place lies off the line, in its own standard deviations. */
function misfitsOf(fixes: readonly Fix[], seconds: readonly number[], across: Line, along: Line): number[] {
  return fixes.map((fix, index) => {
    const at = seconds[index] ?? 0;
    const offAcross = fix.acrossMetres - across.offset - across.slope * at;
    const offAlong = fix.alongMetres - along.offset - along.slope * at;
    return Math.hypot(offAcross, offAlong) / fix.errorMetres;
  });
}

/** Widths of bodies, metres: what a length is worked out with. */
const BODY_WIDTHS: Partial<Record<ObjectLabel, number>> = { car: 1.8, bus: 2.5, truck: 2.45 };
const SHORTEST_METRES = 0.2;
const LONGEST_METRES = 20;
/** Of the box's width, how much must come from the length: else the vehicle is seen too much from the front to tell. */
const LEAST_SHOWN = 0.6;
const MIN_LENGTHS = 3;
/** As share of the median: lengths that scatter by more are no length. */
const MAX_SCATTER = 0.25;

/**
 * The length of a vehicle along its way: that of the rectangle on the ground which, seen by this camera, is as wide as the box.
 * @returns undefined where the vehicle is seen from the front or behind, stands, or its kind has no usual width
 */
export function groundLength(label: ObjectLabel, path: readonly PathPoint[], plane: GroundPlane): number | undefined {
  const bodyWidth = BODY_WIDTHS[label];
  if (bodyWidth === undefined) return undefined;
  const lengths: number[] = [];
  for (const [index, point] of path.entries()) {
    const heading = headingAt(path, index, plane);
    const foot = point.isCut ? undefined : plane.toGround(footOf(point.box));
    if (!heading || !foot) continue;
    const length = lengthOf(point.box, foot, heading, bodyWidth, plane);
    if (length !== undefined) lengths.push(length);
  }
  const median = quantile(lengths, 0.5);
  if (median === undefined || lengths.length < MIN_LENGTHS) return undefined;
  const scatter =
    quantile(
      lengths.map((length) => Math.abs(length - median)),
      0.5,
    ) ?? 0;
  return scatter <= MAX_SCATTER * median ? median : undefined;
}

/** Direction of travel on the ground around one point of the path, length 1; undefined while it hardly moves. */
function headingAt(path: readonly PathPoint[], index: number, plane: GroundPlane): GroundPlace | undefined {
  const now = path[index];
  if (!now) return undefined;
  const before = path.slice(0, index).findLast(({ timeMs, isCut }) => !isCut && now.timeMs - timeMs >= 250);
  const after = path.slice(index + 1).find(({ timeMs, isCut }) => !isCut && timeMs - now.timeMs >= 250);
  const from = plane.toGround(footOf((before ?? now).box));
  const to = plane.toGround(footOf((after ?? now).box));
  if (!from || !to) return undefined;
  const across = to.acrossMetres - from.acrossMetres;
  const along = to.alongMetres - from.alongMetres;
  const moved = Math.hypot(across, along);
  return moved < 0.8 ? undefined : { acrossMetres: across / moved, alongMetres: along / moved };
}

function lengthOf(
  box: Box,
  foot: GroundPlace,
  heading: GroundPlace,
  bodyWidth: number,
  plane: GroundPlane,
): number | undefined {
  const widthOf = (length: number): number => {
    let view = { left: 0, right: 0, bottom: 0 };
    let middle = plane.toPicture(foot);
    // The rectangle is moved until it stands in the box as the vehicle does: on its lower edge, in its middle.
    for (let round = 0; round < 3; round++) {
      const place = plane.toGround(middle);
      if (!place) return 0;
      view = viewOf(place, heading, length, bodyWidth, plane);
      middle = {
        x: middle.x + box.x + box.width / 2 - (view.left + view.right) / 2,
        y: middle.y + box.y + box.height - view.bottom,
      };
    }
    return view.right - view.left;
  };
  if (widthOf(LONGEST_METRES) < box.width || widthOf(SHORTEST_METRES) > box.width) return undefined;
  let [low, high] = [SHORTEST_METRES, LONGEST_METRES];
  for (let step = 0; step < 20; step++) {
    const middle = (low + high) / 2;
    if (widthOf(middle) < box.width) low = middle;
    else high = middle;
  }
  const length = (low + high) / 2;
  return box.width - widthOf(SHORTEST_METRES) < LEAST_SHOWN * box.width ? undefined : length;
}

/** How wide a rectangle on the ground looks, and how far down it reaches. */
function viewOf(
  middle: GroundPlace,
  heading: GroundPlace,
  length: number,
  width: number,
  plane: GroundPlane,
): { left: number; right: number; bottom: number } {
  const corners = [-0.5, 0.5].flatMap((along) =>
    [-0.5, 0.5].map((across) => {
      const forward = along * length;
      const side = across * width;
      return plane.toPicture({
        acrossMetres: middle.acrossMetres + heading.acrossMetres * forward - heading.alongMetres * side,
        alongMetres: middle.alongMetres + heading.alongMetres * forward + heading.acrossMetres * side,
      });
    }),
  );
  const xs = corners.map(({ x }) => x);
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.max(...corners.map(({ y }) => y)) };
}

function distanceBetween(a: GroundPlace, b: GroundPlace): number {
  return Math.hypot(a.acrossMetres - b.acrossMetres, a.alongMetres - b.alongMetres);
}
