/** Memory of one picture, lent. */
export interface LentMemory {
  readonly buffer: SharedArrayBuffer;
  /** Gives it back; the second and later calls do nothing. */
  release(): void;
}

/**
 * Shared memory for pictures, lent and returned. Holds at most `maxSizeBytes`, lent and idle together; when all of it is
 * lent, it refuses and counts, so that a slow reader costs pictures and not memory.
 */
export class FramePool {
  readonly #maxSizeBytes: number;
  readonly #idle = new Map<number, SharedArrayBuffer[]>();
  #totalSizeBytes = 0;
  #lentCount = 0;
  #refusals = 0;

  constructor(options: { readonly maxSizeBytes: number }) {
    this.#maxSizeBytes = options.maxSizeBytes;
  }

  get lentCount(): number {
    return this.#lentCount;
  }

  /** How often there was no memory since the start. */
  get refusals(): number {
    return this.#refusals;
  }

  get totalSizeBytes(): number {
    return this.#totalSizeBytes;
  }

  /** @returns memory of exactly this size with any content, or undefined when all is lent */
  lend(sizeBytes: number): LentMemory | undefined {
    const buffer = this.#idle.get(sizeBytes)?.pop() ?? this.#allocate(sizeBytes);
    if (!buffer) {
      this.#refusals++;
      return undefined;
    }
    this.#lentCount++;
    let isLent = true;
    return {
      buffer,
      release: () => {
        if (!isLent) return;
        isLent = false;
        this.#lentCount--;
        const same = this.#idle.get(sizeBytes);
        if (same) same.push(buffer);
        else this.#idle.set(sizeBytes, [buffer]);
      },
    };
  }

  #allocate(sizeBytes: number): SharedArrayBuffer | undefined {
    this.#dropIdle(this.#totalSizeBytes + sizeBytes - this.#maxSizeBytes);
    if (this.#totalSizeBytes + sizeBytes > this.#maxSizeBytes) return undefined;
    this.#totalSizeBytes += sizeBytes;
    return new SharedArrayBuffer(sizeBytes);
  }

  /** Lets idle memory of other sizes go, until this much is free. */
  #dropIdle(neededSizeBytes: number): void {
    let needed = neededSizeBytes;
    for (const [sizeBytes, buffers] of this.#idle) {
      while (needed > 0 && buffers.pop()) {
        needed -= sizeBytes;
        this.#totalSizeBytes -= sizeBytes;
      }
      if (buffers.length === 0) this.#idle.delete(sizeBytes);
      if (needed <= 0) return;
    }
  }
}
