const SMALLEST_SIZE_BYTES = 64 * 1024;
const LARGEST_SIZE_BYTES = 16 * 1024 * 1024;
const MAX_FREE_BYTES = 32 * 1024 * 1024;

/**
 * Memory for fragments on their way to the disk, used again and again: half a megabyte of new memory per group of pictures
 * and camera would keep the garbage collector running all the time. What is not given back is simply freed.
 */
export class FragmentMemory {
  readonly #free = new Map<number, ArrayBuffer[]>();
  /** Memory that was made elsewhere may be in use elsewhere. */
  readonly #ours = new WeakSet<ArrayBufferLike>();
  #freeBytes = 0;

  /** Bytes that wait to be used again. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** @returns exactly this much memory; what is in it is undefined */
  take(sizeBytes: number): Buffer {
    if (sizeBytes > LARGEST_SIZE_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    const blockSizeBytes = Math.max(SMALLEST_SIZE_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
    const block = this.#free.get(blockSizeBytes)?.pop();
    if (!block) {
      const made = Buffer.allocUnsafeSlow(blockSizeBytes);
      this.#ours.add(made.buffer);
      return made.subarray(0, sizeBytes);
    }
    this.#freeBytes -= blockSizeBytes;
    return Buffer.from(block, 0, sizeBytes);
  }

  /** @param bytes of `take`, which nobody reads or writes any more */
  giveBack({ buffer }: Buffer): void {
    const sizeBytes = buffer.byteLength;
    if (!(buffer instanceof ArrayBuffer) || !this.#ours.has(buffer)) return;
    if (this.#freeBytes + sizeBytes > MAX_FREE_BYTES) return;
    const blocks = this.#free.get(sizeBytes) ?? [];
    this.#free.set(sizeBytes, blocks);
    blocks.push(buffer);
    this.#freeBytes += sizeBytes;
  }
}

/** Of all recorders of this thread. */
export const fragmentMemory = new FragmentMemory();
