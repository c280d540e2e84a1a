import type { Box, Detection, ObjectLabel } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture that tests paint on, in shared memory as real frames are. */
export class Canvas implements Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly shared: SharedArrayBuffer;
  readonly pixels: Uint8Array;

  constructor(widthPx: number, heightPx: number, background: Colour) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.shared = new SharedArrayBuffer(widthPx * heightPx * 3);
    this.pixels = new Uint8Array(this.shared);
    this.fill({ x: 0, y: 0, width: 1, height: 1 }, background);
  }

  fill(box: Box, [red, green, blue]: Colour): this {
    const right = Math.round((box.x + box.width) * this.widthPx);
    const bottom = Math.round((box.y + box.height) * this.heightPx);
    for (let y = Math.round(box.y * this.heightPx); y < bottom; y++) {
      for (let x = Math.round(box.x * this.widthPx); x < right; x++) {
        this.pixels.set([red, green, blue], (y * this.widthPx + x) * 3);
      }
    }
    return this;
  }

  /** Changes the light: every channel times its gain. */
  relight(gains: Colour): this {
    for (let index = 0; index < this.pixels.length; index++) {
      this.pixels[index] = Math.min(255, (this.pixels[index] ?? 0) * (gains[index % 3] ?? 1));
    }
    return this;
  }

  /** Adds noise of up to ± `amount`, the same for the same seed. */
  addNoise(amount: number, seed: number): this {
    let state = seed * 2654435761 + 1;
    for (let index = 0; index < this.pixels.length; index++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const noise = ((state >>> 16) / 65535 - 0.5) * 2 * amount;
      this.pixels[index] = Math.max(0, Math.min(255, (this.pixels[index] ?? 0) + noise));
    }
    return this;
  }
}

export function detection(
  label: ObjectLabel,
  x: number,
  y: number,
  width: number,
  height: number,
  score = 0.8,
): Detection {
  return { label, score, box: { x, y, width, height } };
}

/** A rectangle as the polygon that rules have. */
export function rectangleZone({ x, y, width, height }: Box): { x: number; y: number }[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}
