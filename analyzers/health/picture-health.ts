import type { Picture } from '../packs/model-pack.ts';

export type PictureFault = 'dark' | 'frozen';

export interface PictureHealthState {
  readonly fault: PictureFault | undefined;
  /** When it began; of the first picture when all is well since the start. */
  readonly sinceMs: number;
}

const SAMPLES_PER_SIDE = 48;
/** Mean brightness below which nothing can be seen, 0..255. */
const DARK_BELOW = 12;
/** The same picture for this long: a living sensor always has noise. */
const FROZEN_AFTER_MS = 10_000;
const DARK_AFTER_MS = 5000;

/** Tells from a sparse sample of each picture whether the camera delivers something that can be looked at. */
export class PictureHealth {
  #checksum: number | undefined;
  #sameSinceMs = 0;
  #darkSinceMs: number | undefined;
  #state: PictureHealthState | undefined;

  /** @returns the state when it changed with this picture, the first time included */
  update(picture: Picture, timeMs: number): PictureHealthState | undefined {
    const { checksum, brightness } = sample(picture);
    if (checksum !== this.#checksum) {
      this.#checksum = checksum;
      this.#sameSinceMs = timeMs;
    }
    this.#darkSinceMs = brightness < DARK_BELOW ? (this.#darkSinceMs ?? timeMs) : undefined;

    const next = this.#judge(timeMs);
    if (this.#state && this.#state.fault === next.fault) return undefined;
    this.#state = next;
    return next;
  }

  #judge(timeMs: number): PictureHealthState {
    if (timeMs - this.#sameSinceMs >= FROZEN_AFTER_MS) return { fault: 'frozen', sinceMs: this.#sameSinceMs };
    if (this.#darkSinceMs !== undefined && timeMs - this.#darkSinceMs >= DARK_AFTER_MS) {
      return { fault: 'dark', sinceMs: this.#darkSinceMs };
    }
    return { fault: undefined, sinceMs: timeMs };
  }
}

function sample({ pixels, widthPx, heightPx }: Picture): { checksum: number; brightness: number } {
  let checksum = 0;
  let sum = 0;
  for (let row = 0; row < SAMPLES_PER_SIDE; row++) {
    const y = Math.floor(((row + 0.5) * heightPx) / SAMPLES_PER_SIDE);
    for (let column = 0; column < SAMPLES_PER_SIDE; column++) {
      const x = Math.floor(((column + 0.5) * widthPx) / SAMPLES_PER_SIDE);
      const green = pixels[(y * widthPx + x) * 3 + 1] ?? 0;
      sum += green;
      checksum = (Math.imul(checksum, 31) + green) | 0;
    }
  }
  return { checksum, brightness: sum / SAMPLES_PER_SIDE ** 2 };
}
