/** [longitude, latitude] in degrees, WGS 84. */
export type Place = readonly [longitude: number, latitude: number];

const METRES_PER_DEGREE = 111_195;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Metres east and north of an origin on a flat earth: good to a few in a thousand over a city. */
export class Plane {
  readonly #origin: Place;
  readonly #metresPerDegreeEast: number;

  constructor(origin: Place) {
    this.#origin = origin;
    this.#metresPerDegreeEast = METRES_PER_DEGREE * Math.cos(origin[1] * RADIANS_PER_DEGREE);
  }

  metres([longitude, latitude]: Place): readonly [east: number, north: number] {
    return [
      (longitude - this.#origin[0]) * this.#metresPerDegreeEast,
      (latitude - this.#origin[1]) * METRES_PER_DEGREE,
    ];
  }

  place(east: number, north: number): Place {
    return [this.#origin[0] + east / this.#metresPerDegreeEast, this.#origin[1] + north / METRES_PER_DEGREE];
  }
}

/** Nearest point of the stretch a–b to p. @returns its distance, and how far along it lies, 0..1 */
export function nearestOnStretch(
  [px, py]: readonly [number, number],
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
): { readonly distance: number; readonly fraction: number } {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const fraction = squared === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * dx + (py - ay) * dy) / squared));
  return { distance: Math.hypot(px - ax - fraction * dx, py - ay - fraction * dy), fraction };
}

/** Where two stretches cross, as fractions of each; undefined when they do not, or run in parallel. */
export function crossingOf(
  [ax, ay]: readonly [number, number],
  [bx, by]: readonly [number, number],
  [cx, cy]: readonly [number, number],
  [dx, dy]: readonly [number, number],
): readonly [number, number] | undefined {
  const [ux, uy, vx, vy] = [bx - ax, by - ay, dx - cx, dy - cy];
  const cross = ux * vy - uy * vx;
  if (Math.abs(cross) < 1e-9) return undefined;
  const first = ((cx - ax) * vy - (cy - ay) * vx) / cross;
  const second = ((cx - ax) * uy - (cy - ay) * ux) / cross;
  return first < 0 || first > 1 || second < 0 || second > 1 ? undefined : [first, second];
}
