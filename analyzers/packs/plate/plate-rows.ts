import { cropPicture } from '../../imaging/crop.ts';
import type { Picture } from '../model-pack.ts';
import { strokeEnergy } from './text-line.ts';

/** Plates in two rows are 440×220 mm (lorries, buses, trailers) or 220×140 mm (motorcycles); in one, 440×140 and longer. */
const MOST_ASPECT_OF_TWO_ROWS = 2.5;
/** The upper row takes about two fifths of the height: the gap is looked for here. */
const GAP_FROM = 0.28;
const GAP_TO = 0.55;
/** In the gap there is at most this share of what the rows have. */
const GAP_DEPTH = 0.6;
/** Each row keeps a little of the gap. */
const ROW_MARGIN = 0.03;

/**
 * Cuts a plate with two rows of characters between them.
 * @returns undefined when the picture's shape or its rows are those of a plate in one row
 */
export function splitRows(plate: Picture): { readonly upper: Picture; readonly lower: Picture } | undefined {
  const { widthPx, heightPx } = plate;
  if (widthPx / heightPx > MOST_ASPECT_OF_TWO_ROWS || heightPx < 16) return undefined;
  const energy = strokeEnergy(plate);
  const rows = Array.from({ length: heightPx }, (_, y) =>
    energy.subarray(y * widthPx, (y + 1) * widthPx).reduce((sum, value) => sum + value, 0),
  );
  // Smoothed over three rows, else one dark line in a stroke would be a gap.
  const smooth = rows.map((row, y) => ((rows[y - 1] ?? row) + row + (rows[y + 1] ?? row)) / 3);
  const from = Math.round(heightPx * GAP_FROM);
  const to = Math.round(heightPx * GAP_TO);
  let gap = from;
  for (let y = from; y < to; y++) if ((smooth[y] ?? 0) < (smooth[gap] ?? 0)) gap = y;
  const above = Math.max(...smooth.slice(0, gap));
  const below = Math.max(...smooth.slice(gap + 1));
  if ((smooth[gap] ?? 0) > GAP_DEPTH * Math.min(above, below)) return undefined;
  const margin = Math.round(heightPx * ROW_MARGIN);
  return {
    upper: cropPicture(plate, { left: 0, top: 0, width: widthPx, height: Math.min(heightPx, gap + margin) }),
    lower: cropPicture(plate, {
      left: 0,
      top: Math.max(0, gap - margin),
      width: widthPx,
      height: heightPx - Math.max(0, gap - margin),
    }),
  };
}
