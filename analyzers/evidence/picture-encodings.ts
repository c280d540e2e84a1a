import type { Box } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { encodePicture, encodePlateCrop } from './evidence-picture.ts';

/** The encodings of one frame: the whole picture is encoded once, however many vehicles are in it. */
export class PictureEncodings {
  readonly #picture: Picture;
  readonly #onError: (error: unknown) => void;
  readonly #all: Promise<Uint8Array | undefined>[] = [];
  #whole: Promise<Uint8Array | undefined> | undefined;

  constructor(picture: Picture, onError: (error: unknown) => void) {
    this.#picture = picture;
    this.#onError = onError;
  }

  async whole(): Promise<Uint8Array | undefined> {
    this.#whole ??= this.#guard(encodePicture(this.#picture));
    return this.#whole;
  }

  async plate(box: Box): Promise<Uint8Array | undefined> {
    return this.#guard(encodePlateCrop(this.#picture, box));
  }

  /** When all that was begun is done: whoever waits for it encodes no faster than the machine can. */
  async settled(): Promise<void> {
    await Promise.all(this.#all);
  }

  async #guard(work: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const guarded = work.catch((error: unknown) => {
      this.#onError(error);
      return undefined;
    });
    this.#all.push(guarded);
    return guarded;
  }
}
