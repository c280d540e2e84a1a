import type { Picture } from '../packs/model-pack.ts';
import { chromaOf, type Lab, labOf } from './colour-space.ts';

/** The light of a picture: what looks neutral in it, and how light its lightest parts are. */
export interface SceneLight {
  /** The tint of what is probably grey: road, walls, sky. To be taken off every colour. */
  readonly tint: Pick<Lab, 'a' | 'b'>;
  /** Lightness of the lightest and of the darkest parts, 0..1: haze lifts the one, shade lowers the other. */
  readonly white: number;
  readonly black: number;
  /** Of half of the picture, 0..1: low by night. */
  readonly median: number;
}

/** What the first picture of a camera counts with; about ten pictures later it is forgotten. */
const SMOOTHING = 0.1;
const COLUMNS = 40;
const ROWS = 24;
/** More colour than this is no tint of the light. */
const MAX_TINT_CHROMA = 0.06;
/** Beyond this a tint is a scene in that colour rather than a lamp. */
const MAX_TINT = 0.03;
const WHITE_SHARE = 0.97;
const BLACK_SHARE = 0.02;
const MAX_BLACK = 0.35;

/** Measures one picture at about a thousand places. */
export function measureLight(picture: Picture): SceneLight {
  const lightnesses = new Float64Array(ROWS * COLUMNS);
  const as = new Float64Array(ROWS * COLUMNS);
  const bs = new Float64Array(ROWS * COLUMNS);
  let [places, neutral] = [0, 0];
  for (let row = 0; row < ROWS; row++) {
    const y = Math.min(picture.heightPx - 1, Math.floor(((row + 0.5) / ROWS) * picture.heightPx));
    for (let column = 0; column < COLUMNS; column++) {
      const x = Math.min(picture.widthPx - 1, Math.floor(((column + 0.5) / COLUMNS) * picture.widthPx));
      const at = (y * picture.widthPx + x) * 3;
      const { pixels } = picture;
      const lab = labOf(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
      lightnesses[places++] = lab.lightness;
      if (lab.lightness < 0.25 || lab.lightness > 0.97 || chromaOf(lab) > MAX_TINT_CHROMA) continue;
      as[neutral] = lab.a;
      bs[neutral++] = lab.b;
    }
  }
  const clamp = (value: number): number => Math.max(-MAX_TINT, Math.min(MAX_TINT, value));
  // Numbers are put in order natively; with a function that compares it would cost more than all the rest.
  lightnesses.sort();
  return {
    // Half of the tint: a street has neutral parts and parts that are not.
    tint: {
      a: 0.5 * clamp(quantileOf(as.subarray(0, neutral).sort(), 0.5) ?? 0),
      b: 0.5 * clamp(quantileOf(bs.subarray(0, neutral).sort(), 0.5) ?? 0),
    },
    white: Math.max(0.4, quantileOf(lightnesses, WHITE_SHARE) ?? 1),
    black: Math.min(MAX_BLACK, quantileOf(lightnesses, BLACK_SHARE) ?? 0),
    median: quantileOf(lightnesses, 0.5) ?? 0,
  };
}

/** The light now, smoothed over the pictures before: a white bus must not make everything else look dark. */
export function blendLight(before: SceneLight | undefined, now: SceneLight): SceneLight {
  if (!before) return now;
  const blend = (old: number, fresh: number): number => old + SMOOTHING * (fresh - old);
  return {
    tint: { a: blend(before.tint.a, now.tint.a), b: blend(before.tint.b, now.tint.b) },
    white: blend(before.white, now.white),
    black: blend(before.black, now.black),
    median: blend(before.median, now.median),
  };
}

/** @returns undefined of an empty list */
export function quantile(values: readonly number[], share: number): number | undefined {
  return quantileOf(Float64Array.from(values).sort(), share);
}

function quantileOf(sorted: Float64Array, share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
