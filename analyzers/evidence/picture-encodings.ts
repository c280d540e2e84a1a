import type { Box } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { encodePlateCrop } from './evidence-picture.ts';
import type { HeldPicture, HeldPictures } from './held-pictures.ts';

/** The encodings of one frame: the whole picture is encoded once at most, however many vehicles are in it. */
export class PictureEncodings {
  readonly #picture: Picture;
  readonly #pictures: HeldPictures;
  readonly #onError: (error: unknown) => void;
  readonly #toKeep: (picture: Picture) => Picture;
  readonly #all: Promise<Uint8Array | undefined>[] = [];
  #held: HeldPicture | undefined;
  #users = 0;

  /** @param toKeep what of the picture may be kept; asked when the whole picture is wanted for the first time. @default all of it */
  constructor(
    picture: Picture,
    pictures: HeldPictures,
    onError: (error: unknown) => void,
    toKeep: (picture: Picture) => Picture = (whole) => whole,
  ) {
    this.#picture = picture;
    this.#pictures = pictures;
    this.#onError = onError;
    this.#toKeep = toKeep;
  }

  /** Now: somebody needs it. */
  async whole(): Promise<Uint8Array | undefined> {
    const jpeg = this.#hold().jpeg();
    this.#all.push(jpeg);
    return jpeg;
  }

  /** Perhaps later: it is encoded when somebody asks for it before all have dropped it. */
  later(): HeldPicture {
    const held = this.#hold();
    this.#users++;
    let isDropped = false;
    return {
      jpeg: () => held.jpeg(),
      drop: () => {
        if (isDropped) return;
        isDropped = true;
        if (--this.#users > 0) return;
        held.drop();
        this.#held = undefined;
      },
    };
  }

  async plate(box: Box): Promise<Uint8Array | undefined> {
    const crop = encodePlateCrop(this.#picture, box).catch((error: unknown) => {
      this.#onError(error);
      return undefined;
    });
    this.#all.push(crop);
    return crop;
  }

  /** When all that was begun is done: whoever waits for it encodes no faster than the machine can. */
  async settled(): Promise<void> {
    await Promise.all(this.#all);
  }

  #hold(): HeldPicture {
    this.#held ??= this.#pictures.hold(this.#toKeep(this.#picture), this.#onError);
    return this.#held;
  }
}
