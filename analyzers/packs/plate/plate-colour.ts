import type { PlateColour } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';

/** Shares of a plate's area. Characters take about a third, so a ground colour rarely fills more than two thirds. */
const COLOURED_SHARE = 0.22;
const GREY_SATURATION = 0.18;
const DARK_VALUE = 0.12;
/** Overexposed blue turns to cyan (180°); the green of new-energy plates stays below 170°. */
const BLUE_FROM_HUE = 175;

/** Hue in degrees, saturation and value in 0..1. */
function hueOf(red: number, green: number, blue: number): { hue: number; saturation: number; value: number } {
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  const saturation = most === 0 ? 0 : spread / most;
  let hue = 0;
  if (spread > 0) {
    if (most === red) hue = ((green - blue) / spread + 6) % 6;
    else if (most === green) hue = (blue - red) / spread + 2;
    else hue = (red - green) / spread + 4;
  }
  return { hue: hue * 60, saturation, value: most / 255 };
}

/**
 * The ground colour of a plate seen straight on.
 * @param plate the plate alone; its outer tenth is not looked at
 */
export function plateColour(plate: Picture): PlateColour {
  const marginX = Math.round(plate.widthPx / 10);
  const marginY = Math.round(plate.heightPx / 10);
  let [blue, green, yellow, bright, dark, count] = [0, 0, 0, 0, 0, 0];
  for (let y = marginY; y < plate.heightPx - marginY; y++)
    for (let x = marginX; x < plate.widthPx - marginX; x++) {
      const at = (y * plate.widthPx + x) * 3;
      const { hue, saturation, value } = hueOf(
        plate.pixels[at] ?? 0,
        plate.pixels[at + 1] ?? 0,
        plate.pixels[at + 2] ?? 0,
      );
      count++;
      if (value < DARK_VALUE) dark++;
      else if (saturation < GREY_SATURATION) {
        if (value > 0.6) bright++;
        else if (value < 0.35) dark++;
      } else if (hue >= BLUE_FROM_HUE && hue <= 270) blue++;
      else if (hue >= 75 && hue < BLUE_FROM_HUE) green++;
      else if (hue >= 20 && hue < 70) yellow++;
    }
  if (count === 0) return 'unknown';
  const coloured = Math.max(blue, green, yellow);
  if (coloured / count >= COLOURED_SHARE) return coloured === blue ? 'blue' : coloured === green ? 'green' : 'yellow';
  if (bright / count >= 0.5) return 'white';
  return dark / count >= 0.5 ? 'black' : 'unknown';
}
