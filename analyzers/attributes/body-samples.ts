import { type Box, type Detection, type ObjectLabel, VEHICLE_LABELS } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { intersectionArea } from '../tracking/box.ts';
import { type Lab, labOf } from './colour-space.ts';
import type { SceneLight } from './scene-light.ts';

/** One place on a vehicle, its colour set right for the light, and how much it says about the body, 0..1. */
export interface BodySample extends Lab {
  readonly weight: number;
}

const COLUMNS = 16;
const ROWS = 14;
/** Of the box: beyond it lie mirrors, wheels, the road and what stands behind. */
const INSET = { left: 0.1, right: 0.1, top: 0.08, bottom: 0.1 };

/** On narrower vehicles glass, lamps and paint run into one another. */
const MIN_WIDTH_PX = 36;
/** By less light than this colours cannot be told, whatever the pixels say. */
const DARKEST_SCENE = 0.22;
/** So much of the body must be in the picture and free. */
const MIN_SAMPLED = 0.4;

/** One look at the body of a vehicle. */
export type BodyLook = readonly BodySample[];

/**
 * Looks at a grid of places within a vehicle's box. Left out is what lies in a box nearer to the camera, and in that of a person wherever it
 * stands, so that nobody's clothes are taken for a vehicle. For the same reason nothing is looked at on two wheels.
 *
 * @param others what else was found in this picture
 * @returns undefined where size, light or what stands before it do not allow a judgement
 */
export function lookAtBody(
  picture: Picture,
  vehicle: Detection,
  others: readonly Detection[],
  light: SceneLight,
): BodyLook | undefined {
  const { box, label } = vehicle;
  if (label === 'motorcycle' || !VEHICLE_LABELS.includes(label)) return undefined;
  if (box.width * picture.widthPx < MIN_WIDTH_PX || light.median < DARKEST_SCENE) return undefined;
  const hiddenBy = others.filter((other) => other !== vehicle && hides(other, box)).map((other) => other.box);
  const samples = sampleBody(picture, vehicle, hiddenBy, light);
  return samples.length < MIN_SAMPLED * COLUMNS * ROWS ? undefined : samples;
}

/** Nearer to the camera is what stands lower in the picture. */
function hides(other: Detection, box: Box): boolean {
  if (intersectionArea(other.box, box) === 0) return false;
  return other.label === 'person' || other.box.y + other.box.height > box.y + box.height;
}

function sampleBody(
  picture: Picture,
  { box, label }: Detection,
  hiddenBy: readonly Box[],
  light: SceneLight,
): BodySample[] {
  const { pixels, widthPx, heightPx } = picture;
  const samples: BodySample[] = [];
  for (let row = 0; row < ROWS; row++) {
    const v = INSET.top + ((row + 0.5) / ROWS) * (1 - INSET.top - INSET.bottom);
    for (let column = 0; column < COLUMNS; column++) {
      const u = INSET.left + ((column + 0.5) / COLUMNS) * (1 - INSET.left - INSET.right);
      const x = box.x + u * box.width;
      const y = box.y + v * box.height;
      if (x < 0 || y < 0 || x >= 1 || y >= 1 || hiddenBy.some((other) => isIn(x, y, other))) continue;
      const at = (Math.floor(y * heightPx) * widthPx + Math.floor(x * widthPx)) * 3;
      const { lightness, a, b } = labOf(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
      samples.push({
        lightness: Math.min(1, Math.max(0, lightness - light.black) / (light.white - light.black)),
        a: a - light.tint.a,
        b: b - light.tint.b,
        weight: weightAt(label, u, v),
      });
    }
  }
  return samples;
}

/** Where paint is to be expected: on cars between glass and wheels, on buses and lorries nearly everywhere. */
function weightAt(label: ObjectLabel, u: number, v: number): number {
  const across = 1 - Math.abs(u - 0.5) * 0.8;
  if (label === 'bus' || label === 'truck') return across * (v > 0.82 ? 0.4 : 1);
  if (v < 0.4) return across * 0.45;
  return across * (v > 0.8 ? 0.4 : 1);
}

function isIn(x: number, y: number, box: Box): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}
