import type { TravelDirection } from '../analysis-event.ts';
import type { Box } from '../detection.ts';
import type { PathPoint } from '../tracking/track-path.ts';

/** Of its own size: less movement than this is a trembling box. */
const LEAST_MOVE = 0.45;
/** As natural logarithm: a vehicle whose height changed by this much came nearer or went away, wherever its box moved. */
const CLEAR_GROWTH = 0.3;
const LEAST_GROWTH = 0.15;
/** How many pictures make up a beginning and an end. */
const MAX_ENDS = 3;

/**
 * How a vehicle moved in the picture, from the middle and the height of its box at both ends of its path.
 * @param aspect width by height of the picture
 * @returns undefined when it was seen once only
 */
export function travelDirection(path: readonly PathPoint[], aspect: number): TravelDirection | undefined {
  // Where the frame cuts a vehicle its box grows and shrinks by that alone.
  const whole = path.filter(({ isCut }) => !isCut);
  const usable = whole.length >= 2 ? whole : path;
  if (usable.length < 2) return undefined;
  const count = Math.max(1, Math.min(MAX_ENDS, Math.floor(usable.length / 3)));
  const from = meanBox(usable.slice(0, count));
  const to = meanBox(usable.slice(-count));
  const growth = Math.log(to.height / from.height);
  const size = (from.height + to.height) / 2;
  // In frame heights, so that both axes count alike.
  const across = (to.x + to.width / 2 - from.x - from.width / 2) * aspect;
  const down = to.y + to.height / 2 - from.y - from.height / 2;
  const move = Math.hypot(across, down) / size;
  if (move < LEAST_MOVE && Math.abs(growth) < CLEAR_GROWTH) return 'standing';
  if (Math.abs(growth) >= CLEAR_GROWTH) return growth > 0 ? 'approaching' : 'receding';
  if (Math.abs(growth) >= LEAST_GROWTH && Math.abs(down) > 0.5 * Math.abs(across)) {
    return growth > 0 ? 'approaching' : 'receding';
  }
  if (Math.abs(across) >= Math.abs(down)) return across > 0 ? 'rightward' : 'leftward';
  return down > 0 ? 'approaching' : 'receding';
}

function meanBox(points: readonly PathPoint[]): Box {
  const mean = (pick: (box: Box) => number): number =>
    points.reduce((sum, { box }) => sum + pick(box), 0) / points.length;
  return {
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    width: mean(({ width }) => width),
    height: mean(({ height }) => height),
  };
}
