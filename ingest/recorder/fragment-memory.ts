/** Files are written in whole blocks of this size, which is no less than that of any disk and divides a page. */
export const FILE_BLOCK_SIZE_BYTES = 4096;

const SMALLEST_SIZE_BYTES = 64 * 1024;
const LARGEST_SIZE_BYTES = 16 * 1024 * 1024;
const WASM_PAGE_SIZE_BYTES = 64 * 1024;

/** Blocks of one size, in memory of their own. */
interface Chunk {
  readonly blockSizeBytes: number;
  /** Given back last, used again first: it is still in the caches. */
  readonly free: Buffer[];
}

/**
 * Memory for fragments on their way to the disk, used again and again: half a megabyte of new memory per group of pictures
 * and camera would keep the garbage collector running all the time. Every piece begins on a page, which writes past the page
 * cache need. JavaScript has no other way to ask for that than the memory of a WebAssembly module, which is mapped by itself.
 *
 * What a slow disk made it grow by is let go when it is not used any more. What is larger than the largest block, or more than
 * the system maps, comes from the ordinary memory, is not aligned, and is simply freed.
 */
export class FragmentMemory {
  /** By the size of their blocks; the first ones are used first, so that the last ones can go. */
  readonly #chunks = new Map<number, Chunk[]>();
  /** Memory that was made elsewhere may be in use elsewhere. */
  readonly #ours = new WeakMap<ArrayBufferLike, Chunk>();

  /** Mapped, in use or waiting to be used again; what was never touched costs nothing. */
  get mappedBytes(): number {
    let count = 0;
    for (const chunks of this.#chunks.values()) count += chunks.length;
    return count * LARGEST_SIZE_BYTES;
  }

  /** Bytes that wait to be used. */
  get freeBytes(): number {
    let sum = 0;
    for (const chunks of this.#chunks.values()) for (const chunk of chunks) sum += freeBytesOf(chunk);
    return sum;
  }

  /** @returns exactly this much memory; what is in it is undefined */
  take(sizeBytes: number): Buffer {
    if (sizeBytes > LARGEST_SIZE_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    const blockSizeBytes = Math.max(SMALLEST_SIZE_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
    let chunks = this.#chunks.get(blockSizeBytes);
    if (!chunks) {
      chunks = [];
      this.#chunks.set(blockSizeBytes, chunks);
    }
    let chunk = chunks.find(({ free }) => free.length > 0);
    if (!chunk) {
      chunk = this.#map(blockSizeBytes);
      if (chunk) chunks.push(chunk);
    }
    return chunk?.free.pop()?.subarray(0, sizeBytes) ?? Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** @param bytes of `take`, which nobody reads or writes any more */
  giveBack({ buffer, byteOffset }: Buffer): void {
    const chunk = this.#ours.get(buffer);
    if (!chunk) return;
    chunk.free.push(Buffer.from(buffer, byteOffset, chunk.blockSizeBytes));
    if (freeBytesOf(chunk) < LARGEST_SIZE_BYTES) return;
    const chunks = this.#chunks.get(chunk.blockSizeBytes) ?? [];
    const spareBytes = chunks.reduce((sum, one) => sum + freeBytesOf(one), 0) - LARGEST_SIZE_BYTES;
    // As much as this one holds is free besides.
    if (spareBytes >= LARGEST_SIZE_BYTES) chunks.splice(chunks.indexOf(chunk), 1);
  }

  /** Maps memory for some blocks, of which the system gives only what is touched. */
  #map(blockSizeBytes: number): Chunk | undefined {
    const pages = LARGEST_SIZE_BYTES / WASM_PAGE_SIZE_BYTES;
    try {
      const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
      const free: Buffer[] = [];
      for (let at = LARGEST_SIZE_BYTES - blockSizeBytes; at >= 0; at -= blockSizeBytes)
        free.push(Buffer.from(buffer, at, blockSizeBytes));
      const chunk = { blockSizeBytes, free };
      this.#ours.set(buffer, chunk);
      return chunk;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

function freeBytesOf({ blockSizeBytes, free }: Chunk): number {
  return blockSizeBytes * free.length;
}

/** Of all recorders of this thread. */
export const fragmentMemory = new FragmentMemory();
