import type { Quad } from '../../imaging/crop.ts';
import type { Picture } from '../model-pack.ts';

/** Where the line of characters lies in a picture of one plate. */
export interface TextLine {
  /** Pixels down per pixel right. */
  readonly slope: number;
  /** Rows between which the line lies at the picture's centre column. */
  readonly top: number;
  readonly bottom: number;
}

/** Plates hang level; what tilts them is the camera's angle: 17° and more are not seen on roads. */
const MOST_SLOPE = 0.3;
const SLOPE_STEP = 0.01;
/** Rows with less than this share of the busiest row's strokes are beside the line. */
const BESIDE = 0.3;
/** Left around the line, of its height. */
const MARGIN = 0.15;

/** Change of brightness along each row: upright strokes have much of it, the long edges of the plate have none. */
export function strokeEnergy({ pixels, widthPx, heightPx }: Picture): Float32Array {
  const energy = new Float32Array(widthPx * heightPx);
  const luma = (at: number): number =>
    0.299 * (pixels[at * 3] as number) +
    0.587 * (pixels[at * 3 + 1] as number) +
    0.114 * (pixels[at * 3 + 2] as number);
  for (let y = 0; y < heightPx; y++)
    for (let x = 1; x < widthPx - 1; x++) {
      const at = y * widthPx + x;
      energy[at] = Math.abs(luma(at + 1) - luma(at - 1));
    }
  return energy;
}

/** Stroke energy summed along lines of one slope. Rows from −height to 2 × height. */
function profileAlong(energy: Float32Array, widthPx: number, heightPx: number, slope: number): Float64Array {
  const profile = new Float64Array(heightPx * 3);
  for (let x = 0; x < widthPx; x++) {
    const shift = heightPx - slope * (x + 0.5 - widthPx / 2);
    const whole = Math.floor(shift);
    const part = shift - whole;
    for (let y = 0; y < heightPx; y++) {
      const row = y + whole;
      if (row < 0 || row + 1 >= profile.length) continue;
      const value = energy[y * widthPx + x] as number;
      profile[row] = (profile[row] as number) + value * (1 - part);
      profile[row + 1] = (profile[row + 1] as number) + value * part;
    }
  }
  return profile;
}

/**
 * Finds the slope at which upright strokes fall together into the narrowest band of rows: the sum of the squared profile is
 * largest there (Postl 1986, for pages of text).
 */
export function findTextLine(plate: Picture): TextLine {
  const { widthPx, heightPx } = plate;
  const energy = strokeEnergy(plate);
  let best: { slope: number; sum: number; profile: Float64Array } = { slope: 0, sum: -1, profile: new Float64Array() };
  for (let i = -Math.round(MOST_SLOPE / SLOPE_STEP); i * SLOPE_STEP <= MOST_SLOPE + 1e-9; i++) {
    const slope = i * SLOPE_STEP;
    const profile = profileAlong(energy, widthPx, heightPx, slope);
    const sum = profile.reduce((total, value) => total + value * value, 0);
    // Between equals, as in an empty picture, the level one.
    const isBetter = sum > best.sum || (sum === best.sum && Math.abs(slope) < Math.abs(best.slope));
    if (isBetter) best = { slope, sum, profile };
  }
  const least = Math.max(...best.profile) * BESIDE;
  const first = best.profile.findIndex((value) => value >= least && value > 0);
  if (first === -1) return { slope: 0, top: 0, bottom: heightPx };
  const last = best.profile.findLastIndex((value) => value >= least);
  return { slope: best.slope, top: first - heightPx, bottom: last + 1 - heightPx };
}

/** The quad, in pixels of the plate's picture and partly beside it, that shows the line level and fills the height with it. */
export function levelQuad({ widthPx }: Picture, { slope, top, bottom }: TextLine): Quad {
  const margin = (bottom - top) * MARGIN;
  const fall = (slope * widthPx) / 2;
  return [
    { x: 0, y: top - margin - fall },
    { x: widthPx, y: top - margin + fall },
    { x: widthPx, y: bottom + margin + fall },
    { x: 0, y: bottom + margin - fall },
  ];
}
