import type { Detection, PlateReading } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import type { HeldPicture } from './held-pictures.ts';
import { touchesEdge } from '../tracking/box.ts';
import { sharpnessOf } from './sharpness.ts';

/** The picture that shows a passing vehicle best so far. */
export interface PassPicture {
  readonly timeMs: number;
  readonly detection: Detection;
  readonly picture: HeldPicture;
  readonly plateCrop: Promise<Uint8Array | undefined> | undefined;
}

/** A picture must be this much better than the one kept: each costs a copy at least. */
const MIN_GAIN = 1.25;
const MIN_GAIN_PLATE = 1.05;

/** A picture on which the plate was read beats any other; else size, wholeness and sharpness count. */
export function pictureQuality(
  detection: Detection,
  reading: PlateReading | undefined,
  sharpness: () => number,
): number {
  if (reading) return 1 + reading.confidence + 0.5 * Math.min(1, reading.box.width * 8);
  const wholeness = touchesEdge(detection.box) ? 0.5 : 1;
  const size = Math.sqrt(detection.box.width * detection.box.height);
  return size * wholeness * (0.5 + detection.score / 2) * (0.4 + 0.6 * sharpness());
}

/** Keeps the best picture of one track. */
export class PassEvidence {
  #best: PassPicture | undefined;
  #quality = 0;

  get best(): PassPicture | undefined {
    return this.#best;
  }

  /** It will not be needed. */
  drop(): void {
    this.#best?.picture.drop();
  }

  /** @param encode is called only when the picture is clearly better than the one kept */
  offer(
    shown: Picture,
    detection: Detection,
    reading: PlateReading | undefined,
    timeMs: number,
    encode: () => Pick<PassPicture, 'picture' | 'plateCrop'>,
  ): void {
    const wanted = this.#quality * (reading ? MIN_GAIN_PLATE : MIN_GAIN);
    // However sharp it is: most pictures need not be looked at.
    if (pictureQuality(detection, reading, () => 1) < wanted) return;
    const quality = pictureQuality(detection, reading, () => sharpnessOf(shown, detection.box));
    if (quality < wanted) return;
    this.#quality = quality;
    this.#best?.picture.drop();
    this.#best = { timeMs, detection, ...encode() };
  }
}
