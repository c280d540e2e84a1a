/** A jump further than this is a restarted sender, not loss. */
const MAX_DROPOUT = 3000;

export interface SequenceStep {
  /** Packets missing between the last one and this; 0 when it follows directly. */
  readonly lost: number;
  /** False for a packet that was there already or comes too late: leave it out. */
  readonly isNew: boolean;
}

const NEXT: SequenceStep = { lost: 0, isNew: true };
const OLD: SequenceStep = { lost: 0, isNew: false };

/**
 * Follows the 16-bit sequence numbers of one sender; what it counts goes into the receiver reports.
 * @see RFC 3550 §A.1, §A.3, §A.8
 */
export class SequenceTracker {
  #highest = -1;
  #first = 0;
  #received = 0;
  #receivedBefore = 0;
  #expectedBefore = 0;
  #jitter90k = 0;
  #transit90k: number | undefined;

  push(sequenceNumber: number): SequenceStep {
    if (this.#highest < 0) {
      this.#restart(sequenceNumber);
      return NEXT;
    }
    const delta = ((sequenceNumber - this.#highest + 0x8000) & 0xffff) - 0x8000;
    if (delta === 1) {
      this.#highest++;
      this.#received++;
      return NEXT;
    }
    if (delta > 1 && delta <= MAX_DROPOUT) {
      this.#highest += delta;
      this.#received++;
      return { lost: delta - 1, isNew: true };
    }
    if (delta <= 0 && delta > -MAX_DROPOUT) return OLD;
    this.#restart(sequenceNumber);
    return { lost: 1, isNew: true };
  }

  /** Takes one packet's times in, for the jitter of the reports. */
  arrived(timestamp: number, arrivedMs: number): void {
    const transit = (Math.round(arrivedMs * 90) - timestamp) | 0;
    if (this.#transit90k !== undefined) {
      const difference = Math.abs((transit - this.#transit90k) | 0);
      this.#jitter90k += (difference - this.#jitter90k) / 16;
    }
    this.#transit90k = transit;
  }

  get received(): number {
    return this.#received;
  }

  get expected(): number {
    return this.#highest < 0 ? 0 : this.#highest - this.#first + 1;
  }

  /** The block of the next receiver report; its `fractionLost` covers the time since the last call. */
  report(): {
    readonly fractionLost: number;
    readonly cumulativeLost: number;
    readonly extendedHighest: number;
    readonly jitter: number;
  } {
    const expected = this.expected - this.#expectedBefore;
    const lost = expected - (this.#received - this.#receivedBefore);
    this.#expectedBefore = this.expected;
    this.#receivedBefore = this.#received;
    return {
      fractionLost: expected > 0 && lost > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      cumulativeLost: Math.min(0x7fffff, Math.max(0, this.expected - this.#received)),
      extendedHighest: Math.max(0, this.#highest) % 2 ** 32,
      jitter: Math.min(0xffffffff, Math.floor(this.#jitter90k)),
    };
  }

  #restart(sequenceNumber: number): void {
    this.#highest = sequenceNumber;
    this.#first = sequenceNumber;
    this.#received = 1;
    this.#receivedBefore = 0;
    this.#expectedBefore = 0;
  }
}
