import type { AccessUnit } from '../media.ts';

const MAX_GOP_UNITS = 600;
const MAX_GOP_SIZE_BYTES = 32 * 1024 * 1024;

/** The open group of pictures and the latest key frame of one stream, within bounds. */
export class GopMemory {
  #gop: AccessUnit[] = [];
  #gopSizeBytes = 0;
  #latestKeyFrame: AccessUnit | undefined;

  /** The last one that was whole, if any was. */
  get latestKeyFrame(): AccessUnit | undefined {
    return this.#latestKeyFrame;
  }

  /** From the latest key frame on, in decoding order; empty when the group grew past its bounds. */
  get units(): readonly AccessUnit[] {
    return [...this.#gop];
  }

  /** @returns the group that this key frame ends, which is forgotten with all of its units; empty for other units */
  push(unit: AccessUnit): readonly AccessUnit[] {
    let ended: readonly AccessUnit[] = [];
    if (unit.isKeyFrame) {
      // The latest key frame that was whole stays when this one is damaged.
      if (!unit.damaged) ended = this.#gop;
      this.forgetGop();
      if (!unit.damaged || !this.#latestKeyFrame) this.#latestKeyFrame = unit;
    } else if (this.#gop.length === 0) {
      return ended;
    }
    this.#gop.push(unit);
    this.#gopSizeBytes += unit.sizeBytes;
    if (this.#gop.length > MAX_GOP_UNITS || this.#gopSizeBytes > MAX_GOP_SIZE_BYTES) this.forgetGop();
    return ended;
  }

  /** The latest key frame stays, as the last picture that there was. */
  forgetGop(): void {
    this.#gop = [];
    this.#gopSizeBytes = 0;
  }
}
