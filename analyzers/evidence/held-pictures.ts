import { freeMemory } from '#infra/runtime/free-memory.ts';
import type { Picture } from '../packs/model-pack.ts';
import { encodePixels } from './evidence-picture.ts';

/** A picture that may become evidence: encoded when it is asked for, never when it is dropped before. */
export interface HeldPicture {
  /** @returns undefined when it could not be encoded */
  jpeg(): Promise<Uint8Array | undefined>;
  /** It is not needed any more. Safe to call twice. */
  drop(): void;
}

/** Copies kept for the next pictures. */
const MAX_SPARE = 4;

interface Held {
  readonly pixels: Uint8Array;
  readonly encode: () => void;
}

/**
 * Whole pictures of passing vehicles, as they are. Most of them are surpassed by the next picture of the same vehicle, and
 * a JPEG costs fifteen times as much as a copy. Bounded: beyond `maxSizeBytes` the oldest are encoded after all.
 */
export class HeldPictures {
  readonly #maxSizeBytes: number;
  readonly #held = new Set<Held>();
  /** Memory to use again: fresh megabytes for every picture keep the garbage collector busy. */
  readonly #spare: Uint8Array[] = [];
  #sizeBytes = 0;

  constructor({ maxSizeBytes }: { readonly maxSizeBytes: number }) {
    this.#maxSizeBytes = maxSizeBytes;
  }

  /** Of the pictures held now, without those that are being encoded. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes a copy: the picture's own memory is only lent. */
  hold(picture: Picture, onError: (error: unknown) => void): HeldPicture {
    const { widthPx, heightPx } = picture;
    const pixels = this.#copyOf(picture.pixels);
    let jpeg: Promise<Uint8Array | undefined> | undefined;
    const encode = async (): Promise<Uint8Array | undefined> => {
      this.#leave(held);
      try {
        return await encodePixels({ pixels, widthPx, heightPx });
      } catch (error) {
        onError(error);
        return undefined;
      } finally {
        this.#keepSpare(pixels);
      }
    };
    const begin = (): Promise<Uint8Array | undefined> => (jpeg ??= encode());
    const held: Held = { pixels, encode: () => void begin() };
    this.#held.add(held);
    this.#sizeBytes += pixels.length;
    for (const oldest of this.#held) {
      if (this.#sizeBytes <= this.#maxSizeBytes) break;
      oldest.encode();
    }
    return {
      jpeg: begin,
      drop: () => {
        if (jpeg || !this.#held.has(held)) return;
        this.#leave(held);
        this.#keepSpare(pixels);
        jpeg = Promise.resolve(undefined);
      },
    };
  }

  #copyOf(pixels: Uint8Array): Uint8Array {
    const at = this.#spare.findIndex(({ length }) => length === pixels.length);
    const copy =
      at < 0 ? new Uint8Array(pixels.length) : (this.#spare.splice(at, 1)[0] ?? new Uint8Array(pixels.length));
    copy.set(pixels);
    return copy;
  }

  #leave(held: Held): void {
    if (this.#held.delete(held)) this.#sizeBytes -= held.pixels.length;
  }

  #keepSpare(pixels: Uint8Array): void {
    this.#spare.push(pixels);
    if (this.#spare.length <= MAX_SPARE) return;
    const oldest = this.#spare.shift();
    if (oldest) freeMemory(oldest);
  }
}
