/** Files are written in whole blocks of this size, which is no less than that of any disk and divides a page. */
export const FILE_BLOCK_SIZE_BYTES = 4096;

const SMALLEST_SIZE_BYTES = 64 * 1024;
const LARGEST_SIZE_BYTES = 16 * 1024 * 1024;
const WASM_PAGE_SIZE_BYTES = 64 * 1024;

/** Blocks of one size, in memory of their own. */
interface SizeClass {
  readonly blockSizeBytes: number;
  /** Given back last, used again first: it is still in the caches. */
  readonly free: Buffer[];
}

/**
 * Memory for fragments on their way to the disk, used again and again: half a megabyte of new memory per group of pictures
 * and camera would keep the garbage collector running all the time. Every piece begins on a page, which writes past the page
 * cache need. JavaScript has no other way to ask for that than the memory of a WebAssembly module, which is mapped by itself.
 *
 * It never shrinks; what waits to be written at once bounds it (`writeQueueMb`). What is larger than the largest block, or
 * more than the system maps, comes from the ordinary memory, is not aligned, and is simply freed.
 */
export class FragmentMemory {
  readonly #classes = new Map<number, SizeClass>();
  /** Memory that was made elsewhere may be in use elsewhere. */
  readonly #ours = new WeakMap<ArrayBufferLike, SizeClass>();

  /** Bytes that wait to be used again and were used before. */
  get freeBytes(): number {
    let sum = 0;
    for (const { blockSizeBytes, free } of this.#classes.values()) sum += blockSizeBytes * free.length;
    return sum;
  }

  /** @returns exactly this much memory; what is in it is undefined */
  take(sizeBytes: number): Buffer {
    if (sizeBytes > LARGEST_SIZE_BYTES) return Buffer.allocUnsafeSlow(sizeBytes);
    const blockSizeBytes = Math.max(SMALLEST_SIZE_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
    let sized = this.#classes.get(blockSizeBytes);
    if (!sized) {
      sized = { blockSizeBytes, free: [] };
      this.#classes.set(blockSizeBytes, sized);
    }
    const block = sized.free.pop() ?? this.#map(sized);
    return block?.subarray(0, sizeBytes) ?? Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** @param bytes of `take`, which nobody reads or writes any more */
  giveBack({ buffer, byteOffset }: Buffer): void {
    const sized = this.#ours.get(buffer);
    if (sized) sized.free.push(Buffer.from(buffer, byteOffset, sized.blockSizeBytes));
  }

  /** Maps memory for some blocks, of which the system gives only what is touched. @returns one of them */
  #map(sized: SizeClass): Buffer | undefined {
    const pages = LARGEST_SIZE_BYTES / WASM_PAGE_SIZE_BYTES;
    try {
      const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
      this.#ours.set(buffer, sized);
      const { blockSizeBytes, free } = sized;
      for (let at = LARGEST_SIZE_BYTES - blockSizeBytes; at >= 0; at -= blockSizeBytes)
        free.push(Buffer.from(buffer, at, blockSizeBytes));
      return free.pop();
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

/** Of all recorders of this thread. */
export const fragmentMemory = new FragmentMemory();
