import { boxFromLetterbox, type Letterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { CenterNetManifest } from '../../models/network-manifest.ts';
import type { Tensor } from '../../onnx/onnx-session.ts';
import type { DecodeContext, DetectorFamily, Found } from './detector-family.ts';
import { suppressionGroup } from './suppression-group.ts';

/** Heat map and sizes have a quarter of the input's resolution. */
const STRIDE = 4;
const SUPPRESSION_OVERLAP = 0.5;
/** How much a second and third class at the same place count: at 1 (independent) wheels and windows alone become cars. */
const SECOND_OPINION = 0.7;

/** The heat map of one class. */
interface ClassMap<L extends string> {
  readonly label: L;
  readonly heat: Float32Array;
}

/** Networks that mark the centre of each thing on a map for its class, and its size beside it. */
export function centerNetFamily({ outputs, classes }: CenterNetManifest): DetectorFamily {
  return {
    expectedOutputs: ({ widthPx, heightPx }) => [
      { layer: outputs.heat, shape: [1, classes.length, heightPx / STRIDE, widthPx / STRIDE] },
      { layer: outputs.sizes, shape: [1, 4, heightPx / STRIDE, widthPx / STRIDE] },
    ],
    decode: ([heat, sizes], context) => (heat && sizes ? decodeCenterNet(heat, sizes, context) : []),
  };
}

/**
 * Peaks of the heat maps as boxes. Four-wheeled vehicles are looked at as one class, since a van is a bit of car, truck
 * and bus and none of them clearly; the strongest of them names what is found.
 *
 * @param heat float32 [1,classes,h,w], 0..1
 * @param sizes float32 [1,4,h,w]: distances from the centre to left, top, right, bottom in input pixels
 */
export function decodeCenterNet<L extends string>(heat: Tensor, sizes: Tensor, context: DecodeContext<L>): Found<L>[] {
  const [, , height = 0, width = 0] = heat.shape;
  const plane = width * height;
  const groups = Map.groupBy(
    context.labels.flatMap((label, index): ClassMap<L>[] =>
      label ? [{ label, heat: heat.data.subarray(index * plane, (index + 1) * plane) }] : [],
    ),
    ({ label }) => suppressionGroup(label),
  );
  const found = [...groups.values()].flatMap((maps) => findPeaks(maps, width, height, sizes.data, context));
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, (item) => suppressionGroup(item.label));
}

function findPeaks<L extends string>(
  maps: readonly ClassMap<L>[],
  width: number,
  height: number,
  sizes: Float32Array,
  { fit, leastScore }: DecodeContext<L>,
): Found<L>[] {
  const least = Math.min(...maps.map(({ label }) => leastScore[label]));
  const heat = maps.length === 1 ? (maps[0]?.heat ?? new Float32Array(0)) : joined(maps, least);
  const columns = Math.min(width, Math.ceil(fit.widthPx / STRIDE));
  const rows = Math.min(height, Math.ceil(fit.heightPx / STRIDE));
  const plane = width * height;
  const found: Found<L>[] = [];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const at = y * width + x;
      const score = heat[at] as number;
      if (score < least || !isPeak(heat, x, y, width, height, score)) continue;
      const label = strongest(maps, at);
      if (label === undefined || score < leastScore[label]) continue;
      const box = boxAt(fit, x * STRIDE, y * STRIDE, sizes, at, plane);
      if (box.width > 0 && box.height > 0) found.push({ label, score, box });
    }
  return found;
}

function boxAt(fit: Letterbox, x: number, y: number, sizes: Float32Array, at: number, plane: number) {
  const distance = (side: number): number => sizes[side * plane + at] ?? 0;
  return boxFromLetterbox(fit, x - distance(0), y - distance(1), x + distance(2), y + distance(3));
}

function strongest<L extends string>(maps: readonly ClassMap<L>[], at: number): L | undefined {
  let best: ClassMap<L> | undefined;
  for (const map of maps) if (!best || (map.heat[at] ?? 0) > (best.heat[at] ?? 0)) best = map;
  return best?.label;
}

/**
 * Per place: the strongest map, raised by what the others say. They are not independent, so they count less than whole.
 * @param least places that cannot reach it stay zero
 */
function joined(maps: readonly ClassMap<string>[], least: number): Float32Array {
  const result = new Float32Array(maps[0]?.heat.length ?? 0);
  for (let at = 0; at < result.length; at++) {
    let sum = 0;
    for (const { heat } of maps) sum += heat[at] as number;
    // What is joined is never more than the sum: most places end here.
    if (sum < least) continue;
    let highest = 0;
    let none = 1;
    for (const { heat } of maps) {
      const value = heat[at] as number;
      if (value > highest) highest = value;
      none *= 1 - value * SECOND_OPINION;
    }
    result[at] = 1 - (none * (1 - highest)) / (1 - highest * SECOND_OPINION);
  }
  return result;
}

function isPeak(map: Float32Array, x: number, y: number, width: number, height: number, score: number): boolean {
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      if ((map[row * width + column] as number) > score) return false;
  return true;
}
