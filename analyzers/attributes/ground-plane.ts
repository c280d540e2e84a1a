import type { CameraRule, GroundPoint, Point } from '#ingest/cameras/camera.ts';
import { analyzerErrors } from '../errors.ts';

/** A place on the ground in metres, along the two axes that the calibration set. */
export interface GroundPlace {
  readonly acrossMetres: number;
  readonly alongMetres: number;
}

/** Nine numbers, row by row: a projective map between two planes. */
type Homography = readonly number[];

/** Of a triangle, its height by its longest side: below this its corners lie on one line. */
const THINNEST_TRIANGLE = 0.03;
/** Points nearer to one another than this do not carry a picture of many metres. */
const SMALLEST_SPAN_METRES = 1;
const LARGEST_RESIDUAL_SHARE = 1e-6;
/** Towards the horizon a pixel becomes many metres: beyond this multiple of the farthest point's depth nothing is measured. */
const FARTHEST = 2.5;

/** The picture of a flat ground: from the picture to metres and back. */
export class GroundPlane {
  readonly #toGround: Homography;
  readonly #toPicture: Homography;
  readonly #leastDepth: number;

  /**
   * Direct linear transform from four pairs of points (Hartley and Zisserman, Multiple View Geometry, 2004, §4.1).
   * @throws {AppError} `CALIBRATION_UNUSABLE` when three points lie on one line, or the two four-sided figures cannot be pictures of one
   * another
   */
  constructor(points: readonly GroundPoint[]) {
    const picture = points.map(({ x, y }): readonly [number, number] => [x, y]);
    const ground = points.map(({ acrossMetres, alongMetres }): readonly [number, number] => [
      acrossMetres,
      alongMetres,
    ]);
    if (points.length !== 4) throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'count' });
    if (thinnestTriangle(picture) < THINNEST_TRIANGLE) throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'picture' });
    if (thinnestTriangle(ground) < THINNEST_TRIANGLE || spanOf(ground) < SMALLEST_SPAN_METRES)
      throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'ground' });
    const toGround = homography(picture, ground);
    const toPicture = homography(ground, picture);
    if (!toGround || !toPicture) throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'degenerate' });
    // All four must lie on the same side of the horizon, or somebody has swapped two of them.
    const depths = picture.map((point) => depthAt(toGround, point));
    const sign = Math.sign(depths[0] ?? 0);
    if (sign === 0 || depths.some((depth) => Math.sign(depth) !== sign))
      throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'order' });
    this.#toGround = toGround.map((value) => value * sign);
    this.#toPicture = toPicture;
    this.#leastDepth = Math.min(...depths.map(Math.abs)) / FARTHEST;
    const residual = Math.max(
      ...picture.map((point, index) => {
        const [across, along] = mapPoint(this.#toGround, point);
        const [wantedAcross = 0, wantedAlong = 0] = ground[index] ?? [];
        return Math.hypot(across - wantedAcross, along - wantedAlong);
      }),
    );
    if (!(residual <= LARGEST_RESIDUAL_SHARE * spanOf(ground)))
      throw analyzerErrors.CALIBRATION_UNUSABLE({ cause: 'residual' });
  }

  /** @returns undefined at the horizon, above it, and too near to it to be measured */
  toGround({ x, y }: Point): GroundPlace | undefined {
    if (depthAt(this.#toGround, [x, y]) < this.#leastDepth) return undefined;
    const [acrossMetres, alongMetres] = mapPoint(this.#toGround, [x, y]);
    return { acrossMetres, alongMetres };
  }

  toPicture({ acrossMetres, alongMetres }: GroundPlace): Point {
    const [x, y] = mapPoint(this.#toPicture, [acrossMetres, alongMetres]);
    return { x, y };
  }
}

/** Of a camera that was calibrated. @throws {AppError} `CALIBRATION_UNUSABLE`; the API refuses such a rule before it is stored */
export function groundPlaneOf(rules: readonly CameraRule[]): GroundPlane | undefined {
  const rule = rules.find(({ kind }) => kind === 'calibration');
  return rule?.kind === 'calibration' ? new GroundPlane(rule.points) : undefined;
}

function depthAt(map: Homography, [x, y]: readonly [number, number]): number {
  return (map[6] ?? 0) * x + (map[7] ?? 0) * y + (map[8] ?? 0);
}

function mapPoint(map: Homography, point: readonly [number, number]): readonly [number, number] {
  const [x, y] = point;
  const depth = depthAt(map, point);
  return [
    ((map[0] ?? 0) * x + (map[1] ?? 0) * y + (map[2] ?? 0)) / depth,
    ((map[3] ?? 0) * x + (map[4] ?? 0) * y + (map[5] ?? 0)) / depth,
  ];
}

/** The map that takes each of four points to its partner. The middle of the points never lies at infinity, so it may count as 1. */
function homography(
  from: readonly (readonly [number, number])[],
  to: readonly (readonly [number, number])[],
): Homography | undefined {
  const source = normaliser(from);
  const target = normaliser(to);
  const rows: number[][] = [];
  for (const [index, point] of from.entries()) {
    const partner = to[index];
    if (!partner) return undefined;
    const [x, y] = mapPoint(source, point);
    const [u, v] = mapPoint(target, partner);
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  }
  const solution = solve(rows);
  if (!solution) return undefined;
  return multiply(multiply(inverseOfNormaliser(target), [...solution, 1]), source);
}

/** Moves points to their middle and scales them to unit size: without it the equations lose digits. */
function normaliser(points: readonly (readonly [number, number])[]): Homography {
  const middleX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const middleY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const size = points.reduce((sum, [x, y]) => sum + Math.hypot(x - middleX, y - middleY), 0) / points.length;
  const scale = Math.SQRT2 / size;
  return [scale, 0, -scale * middleX, 0, scale, -scale * middleY, 0, 0, 1];
}

function inverseOfNormaliser([scale = 1, , shiftX = 0, , , shiftY = 0]: Homography): Homography {
  return [1 / scale, 0, -shiftX / scale, 0, 1 / scale, -shiftY / scale, 0, 0, 1];
}

function multiply(a: Homography, b: Homography): Homography {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3) * 3, index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[k * 3 + column] ?? 0), 0);
  });
}

/** Gauss with pivots over rows of coefficients and a right side. @returns undefined when they do not determine the unknowns */
function solve(rows: number[][]): number[] | undefined {
  const size = rows.length;
  for (let step = 0; step < size; step++) {
    let best = step;
    for (let row = step + 1; row < size; row++) {
      if (Math.abs(rows[row]?.[step] ?? 0) > Math.abs(rows[best]?.[step] ?? 0)) best = row;
    }
    const pivot = rows[best];
    const here = rows[step];
    if (!pivot || !here || Math.abs(pivot[step] ?? 0) < 1e-10) return undefined;
    rows[best] = here;
    rows[step] = pivot;
    for (const [index, row] of rows.entries()) {
      if (index === step) continue;
      const share = (row[step] ?? 0) / (pivot[step] ?? 1);
      if (share === 0) continue;
      for (let column = step; column <= size; column++) row[column] = (row[column] ?? 0) - share * (pivot[column] ?? 0);
    }
  }
  return rows.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1));
}

function thinnestTriangle(points: readonly (readonly [number, number])[]): number {
  let thinnest = Number.POSITIVE_INFINITY;
  for (let left = 0; left < points.length; left++) {
    const corners = points.filter((_, index) => index !== left);
    const [a, b, c] = corners;
    if (!a || !b || !c) return 0;
    const twiceArea = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
    const longest = Math.max(distance(a, b), distance(b, c), distance(c, a));
    thinnest = Math.min(thinnest, longest === 0 ? 0 : twiceArea / longest ** 2);
  }
  return thinnest;
}

function spanOf(points: readonly (readonly [number, number])[]): number {
  return Math.max(...points.flatMap((a) => points.map((b) => distance(a, b))));
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
