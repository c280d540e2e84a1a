import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import { boundsOf, isInZone } from '../../rules/zone.ts';
import { clipToFrame } from '../../tracking/box.ts';
import type { Picture } from '../model-pack.ts';

/** A part of the picture as a raster of one fixed size, whatever the size of the pictures, so that they can be compared. */
export interface Patch {
  readonly bounds: Box;
  readonly columns: number;
  readonly rows: number;
  /** 1 for each place whose centre lies in the zone, row by row. */
  readonly isInside: Uint8Array;
  /** How many places lie in the zone. */
  readonly insideCount: number;
}

/** A sub-stream of this size gives a raster of its own pixels; larger pictures are averaged. */
const RASTER = { columns: 320, rows: 180 };
const MAX_COLUMNS = 200;
const MAX_ROWS = 120;
const MIN_SIDE = 12;

/**
 * @param raster size of the whole frame's raster, of which the zone takes its part
 * @param around how many places are added on each side of the zone, as far as the frame reaches; none of them is inside
 */
export function patchOver(zone: readonly Point[], { raster = RASTER, around = 0 } = {}): Patch {
  const tight = clipToFrame(boundsOf(zone));
  const across = padded(tight.x, tight.width, sideOf(tight.width * raster.columns, MAX_COLUMNS), around);
  const down = padded(tight.y, tight.height, sideOf(tight.height * raster.rows, MAX_ROWS), around);
  const bounds = { x: across.from, y: down.from, width: across.length, height: down.length };
  const [columns, rows] = [across.places, down.places];
  const isInside = new Uint8Array(columns * rows);
  let insideCount = 0;
  for (let place = 0; place < isInside.length; place++) {
    const x = bounds.x + ((place % columns) + 0.5) * (bounds.width / columns);
    const y = bounds.y + (Math.floor(place / columns) + 0.5) * (bounds.height / rows);
    if (!isInZone({ x, y }, zone)) continue;
    isInside[place] = 1;
    insideCount++;
  }
  return { bounds, columns, rows, isInside, insideCount };
}

/** One side of a raster with places of the same size added before and after, within 0..1. */
function padded(from: number, length: number, places: number, around: number) {
  const size = length / places;
  const before = Math.max(0, Math.min(around, Math.floor(from / size)));
  const after = Math.max(0, Math.min(around, Math.floor((1 - from - length) / size)));
  return { from: from - before * size, length: length + (before + after) * size, places: places + before + after };
}

function sideOf(length: number, most: number): number {
  return Math.max(MIN_SIDE, Math.min(most, Math.round(length)));
}

/** At most this many pixels along each side are averaged for one place. */
const MAX_AVERAGED = 4;

/** Brightness of each place: float32 [rows, columns], 0..255. */
export function brightnessOf(patch: Patch, { pixels, widthPx, heightPx }: Picture): Float32Array {
  const { columns, rows } = patch;
  const brightness = new Float32Array(columns * rows);
  const { across, down } = samplesOf(patch, widthPx, heightPx);
  const [perColumn, perRow] = [across.length / columns, down.length / rows];
  const scale = 1 / (256 * perColumn * perRow);
  for (let line = 0; line < down.length; line++) {
    const from = (down[line] as number) * widthPx * 3;
    const row = Math.floor(line / perRow) * columns;
    for (let column = 0, sample = 0; column < columns; column++) {
      let sum = 0;
      for (let end = sample + perColumn; sample < end; sample++) {
        const at = from + (across[sample] as number) * 3;
        sum += 77 * (pixels[at] as number) + 150 * (pixels[at + 1] as number) + 29 * (pixels[at + 2] as number);
      }
      brightness[row + column] = (brightness[row + column] as number) + sum * scale;
    }
  }
  return brightness;
}

interface Samples {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly across: Int32Array;
  readonly down: Int32Array;
}

/** Pictures of a camera hardly ever change their size. */
const lastSamples = new WeakMap<Patch, Samples>();

function samplesOf(patch: Patch, widthPx: number, heightPx: number): Samples {
  const known = lastSamples.get(patch);
  if (known?.widthPx === widthPx && known.heightPx === heightPx) return known;
  const { bounds, columns, rows } = patch;
  const samples = {
    widthPx,
    heightPx,
    across: samplesAlong(bounds.x, bounds.width, columns, widthPx),
    down: samplesAlong(bounds.y, bounds.height, rows, heightPx),
  };
  lastSamples.set(patch, samples);
  return samples;
}

/** The pixels that are looked at along one side, the same number for each place. */
function samplesAlong(from: number, length: number, places: number, sidePx: number): Int32Array {
  const stepPx = (length * sidePx) / places;
  const averaged = Math.max(1, Math.min(MAX_AVERAGED, Math.round(stepPx)));
  return Int32Array.from({ length: places * averaged }, (_, index) =>
    Math.min(sidePx - 1, Math.floor(from * sidePx + ((index + 0.5) / averaged) * stepPx)),
  );
}

/** Keeps the logarithm of black, and of its noise, in bounds. */
const LOG_OFFSET = 8;
/** Logarithms of brightness in steps of an eighth. */
const LOGS = Float32Array.from({ length: 256 * 8 }, (_, step) => Math.log((step + 0.5) / 8 + LOG_OFFSET));

/**
 * Logarithm of the brightness, each place the mean of its 3×3 neighbours: light that is k times as strong adds the same
 * to each place, so that differences of neighbours tell of things and not of light.
 */
export function smoothLog({ columns, rows }: Patch, brightness: Float32Array): Float32Array {
  const logs = new Float32Array(brightness.length);
  for (let place = 0; place < logs.length; place++)
    logs[place] = LOGS[((brightness[place] as number) * 8) | 0] as number;
  const across = new Float32Array(logs.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = row * columns + column;
      const left = logs[column > 0 ? place - 1 : place] as number;
      const right = logs[column < columns - 1 ? place + 1 : place] as number;
      across[place] = (left + (logs[place] as number) + right) / 3;
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = row * columns + column;
      const above = across[row > 0 ? place - columns : place] as number;
      const below = across[row < rows - 1 ? place + columns : place] as number;
      logs[place] = (above + (across[place] as number) + below) / 3;
    }
  }
  return logs;
}

export function meanOf(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] as number;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Marks with 1 the places that any of the boxes covers. */
export function coveredPlaces({ bounds, columns, rows }: Patch, covers: readonly Box[]): Uint8Array {
  const isCovered = new Uint8Array(columns * rows);
  for (const box of covers) {
    const left = Math.max(0, Math.floor(((box.x - bounds.x) / bounds.width) * columns));
    const right = Math.min(columns, Math.ceil(((box.x + box.width - bounds.x) / bounds.width) * columns));
    const top = Math.max(0, Math.floor(((box.y - bounds.y) / bounds.height) * rows));
    const bottom = Math.min(rows, Math.ceil(((box.y + box.height - bounds.y) / bounds.height) * rows));
    for (let row = top; row < bottom; row++) {
      if (right > left) isCovered.fill(1, row * columns + left, row * columns + right);
    }
  }
  return isCovered;
}

/** The box of a rectangle of places in the frame; right and bottom exclusive. */
export function boxOfPlaces(
  { bounds, columns, rows }: Patch,
  left: number,
  top: number,
  right: number,
  bottom: number,
): Box {
  return {
    x: bounds.x + (left / columns) * bounds.width,
    y: bounds.y + (top / rows) * bounds.height,
    width: ((right - left) / columns) * bounds.width,
    height: ((bottom - top) / rows) * bounds.height,
  };
}

const HISTOGRAM_BINS = 512;

/** Median of the values where `counts` is 1, to 1/512 of `most`; larger values count as `most`. */
export function medianWhere(values: Float32Array, counts: Uint8Array, most: number): number {
  const bins = new Uint32Array(HISTOGRAM_BINS);
  let total = 0;
  for (let index = 0; index < values.length; index++) {
    if (counts[index] !== 1) continue;
    total++;
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor(((values[index] as number) / most) * HISTOGRAM_BINS));
    bins[bin] = (bins[bin] as number) + 1;
  }
  let seen = 0;
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    seen += bins[bin] as number;
    if (2 * seen >= total) return ((bin + 0.5) / HISTOGRAM_BINS) * most;
  }
  return 0;
}
