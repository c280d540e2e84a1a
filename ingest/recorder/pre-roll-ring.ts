import type { AccessUnit, AudioFrame } from '../media.ts';

export interface PreRollRingOptions {
  /** Pictures older than this, counted back from the newest, are given up, as soon as a key frame after them covers it. */
  readonly lengthMs: number;
  /** Of encoded pictures; beyond it the oldest groups are given up even when the length is not reached. */
  readonly maxSizeBytes: number;
}

interface Group {
  readonly startMs: number;
  /** Pictures, and the sound that came between them. */
  readonly units: (AccessUnit | AudioFrame)[];
  sizeBytes: number;
}

/** The newest whole groups of pictures of a stream, bounded in time and in bytes. It begins with a key frame, always. */
export class PreRollRing {
  readonly #options: PreRollRingOptions;
  #groups: Group[] = [];
  #sizeBytes = 0;
  #overflows = 0;

  constructor(options: PreRollRingOptions) {
    this.#options = options;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** How often the bytes were at their bound before the length was reached. */
  get overflows(): number {
    return this.#overflows;
  }

  push(unit: AccessUnit | AudioFrame): void {
    if ('isKeyFrame' in unit && unit.isKeyFrame) this.#groups.push({ startMs: unit.wallMs, units: [], sizeBytes: 0 });
    const newest = this.#groups.at(-1);
    if (!newest) return;
    const sizeBytes = 'isKeyFrame' in unit ? unit.sizeBytes : unit.bytes.length;
    newest.units.push(unit);
    newest.sizeBytes += sizeBytes;
    this.#sizeBytes += sizeBytes;
    this.#trim(unit.wallMs - this.#options.lengthMs);
  }

  /**
   * Empties the ring.
   * @returns its pictures from the last key frame that is not after `fromMs`; all, when it does not reach so far back
   */
  take(fromMs: number): readonly (AccessUnit | AudioFrame)[] {
    const groups = this.#groups;
    this.clear();
    const first = groups.findLastIndex((group) => group.startMs <= fromMs);
    return groups.slice(Math.max(0, first)).flatMap((group) => group.units);
  }

  clear(): void {
    this.#groups = [];
    this.#sizeBytes = 0;
  }

  #trim(fromMs: number): void {
    for (;;) {
      const [oldest, second] = this.#groups;
      const isTooLarge = this.#sizeBytes > this.#options.maxSizeBytes;
      if (!oldest || !(isTooLarge || (second && second.startMs <= fromMs))) return;
      if (isTooLarge && !(second && second.startMs <= fromMs)) this.#overflows++;
      this.#sizeBytes -= oldest.sizeBytes;
      this.#groups.shift();
    }
  }
}
