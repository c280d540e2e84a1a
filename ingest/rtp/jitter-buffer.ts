export interface JitterBufferLimits {
  /** How long a packet waits for one before it that is missing. */
  readonly maxWaitMs: number;
  /** How long the very first packet waits for those that should have come before it. */
  readonly startWaitMs: number;
  readonly maxPackets: number;
  readonly maxSizeBytes: number;
}

export interface JitterCounters {
  /** Packets that came after one that should have come later, and were put before it. */
  readonly reordered: number;
  /** Packets that were given up. */
  readonly lost: number;
  /** Packets that were there already, or came after they had been given up. */
  readonly discarded: number;
}

interface Held {
  readonly bytes: Buffer;
  readonly arrivedMs: number;
}

interface Suspect {
  readonly sequenceNumber: number;
  readonly ssrc: number;
  readonly bytes: Buffer;
}

const DEFAULT_LIMITS: JitterBufferLimits = {
  maxWaitMs: 200,
  startWaitMs: 50,
  maxPackets: 1024,
  maxSizeBytes: 2 * 1024 * 1024,
};
/** A jump further than this is a restarted sender, not loss; the same bound as `SequenceTracker` has. */
const MAX_DROPOUT = 3000;
const RTP_HEADER_SIZE_BYTES = 12;

/**
 * Puts the RTP packets of one sender in order of their sequence numbers. In order they pass at once and nothing is
 * kept; behind a missing one they wait, bounded in time, number and bytes. Loss is told by the gap in what comes out,
 * and counted. A sender that starts anew (other SSRC, or a far jump) is believed at its second packet in a row, so
 * that one stray packet does no harm.
 *
 * Plain and synchronous: the caller calls `expire` when `dueMs` has come.
 * @see RFC 3550 §A.1
 */
export class JitterBuffer {
  readonly #limits: JitterBufferLimits;
  readonly #emit: (bytes: Buffer) => void;
  /** By sequence number, oldest arrival first. */
  readonly #held = new Map<number, Held>();
  #heldSizeBytes = 0;
  /** The number that is due; before the start the one that came first. */
  #next = 0;
  #state: 'empty' | 'starting' | 'running' = 'empty';
  #highest = 0;
  #ssrc = 0;
  #suspect: Suspect | undefined;
  #reordered = 0;
  #lost = 0;
  #discarded = 0;

  constructor(emit: (bytes: Buffer) => void, limits: Partial<JitterBufferLimits> = {}) {
    this.#emit = emit;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get counters(): JitterCounters {
    return { reordered: this.#reordered, lost: this.#lost, discarded: this.#discarded };
  }

  /** When the packet that waits longest has waited enough, monotonic; undefined while none waits. */
  get dueMs(): number | undefined {
    const waitMs = this.#state === 'running' ? this.#limits.maxWaitMs : this.#limits.startWaitMs;
    for (const { arrivedMs } of this.#held.values()) return arrivedMs + waitMs;
    return undefined;
  }

  /** @param bytes one RTP packet; kept while it waits, so they must not be used again. What is no packet is passed on. */
  push(bytes: Buffer, nowMs: number): void {
    if (bytes.length < RTP_HEADER_SIZE_BYTES) {
      this.#emit(bytes);
      return;
    }
    const sequenceNumber = bytes.readUInt16BE(2);
    const ssrc = bytes.readUInt32BE(8);
    if (this.#state === 'empty') {
      this.#restart(sequenceNumber, ssrc);
      this.#state = 'starting';
    }
    const ahead = distance(this.#next, sequenceNumber);
    if (ssrc !== this.#ssrc || Math.abs(ahead) > MAX_DROPOUT) {
      this.#suspectRestart({ sequenceNumber, ssrc, bytes });
      return;
    }
    if (this.#suspect) this.#discarded++;
    this.#suspect = undefined;
    const isRunning = this.#state === 'running';
    if ((ahead < 0 && isRunning) || this.#held.has(sequenceNumber)) {
      this.#discarded++;
      return;
    }
    if (distance(this.#highest, sequenceNumber) < 0) this.#reordered++;
    else this.#highest = sequenceNumber;
    if (ahead === 0 && isRunning) {
      this.#pass(bytes, sequenceNumber);
      this.#drain();
    } else {
      this.#held.set(sequenceNumber, { bytes, arrivedMs: nowMs });
      this.#heldSizeBytes += bytes.length;
    }
    this.expire(nowMs);
  }

  /** Gives up what is missing before packets that waited too long, or are too many. */
  expire(nowMs: number): void {
    while (this.#held.size > 0) {
      const isOver = this.#held.size > this.#limits.maxPackets || this.#heldSizeBytes > this.#limits.maxSizeBytes;
      if (!isOver && nowMs < (this.dueMs ?? Infinity)) return;
      this.#skip();
    }
  }

  /** Hands on all that waits, in order. */
  flush(): void {
    while (this.#held.size > 0) this.#skip();
  }

  #skip(): void {
    let nearest = Infinity;
    for (const sequenceNumber of this.#held.keys()) nearest = Math.min(nearest, distance(this.#next, sequenceNumber));
    if (this.#state === 'running') this.#lost += nearest;
    this.#state = 'running';
    this.#next = (this.#next + nearest) & 0xffff;
    this.#drain();
  }

  #drain(): void {
    if (this.#held.size === 0) return;
    for (;;) {
      const sequenceNumber = this.#next;
      const held = this.#held.get(sequenceNumber);
      if (!held) return;
      this.#held.delete(sequenceNumber);
      this.#heldSizeBytes -= held.bytes.length;
      this.#pass(held.bytes, sequenceNumber);
    }
  }

  #pass(bytes: Buffer, sequenceNumber: number): void {
    this.#next = (sequenceNumber + 1) & 0xffff;
    this.#emit(bytes);
  }

  #suspectRestart(packet: Suspect): void {
    const before = this.#suspect;
    if (before?.ssrc !== packet.ssrc || distance(before.sequenceNumber, packet.sequenceNumber) !== 1) {
      if (before) this.#discarded++;
      this.#suspect = packet;
      return;
    }
    this.flush();
    this.#state = 'running';
    this.#restart(before.sequenceNumber, packet.ssrc);
    this.#suspect = undefined;
    this.#pass(before.bytes, before.sequenceNumber);
    this.#pass(packet.bytes, packet.sequenceNumber);
    this.#highest = packet.sequenceNumber;
  }

  #restart(sequenceNumber: number, ssrc: number): void {
    this.#next = sequenceNumber;
    this.#highest = sequenceNumber;
    this.#ssrc = ssrc;
  }
}

/** From one 16-bit number to another, -32768..32767. */
function distance(from: number, to: number): number {
  return ((to - from + 0x8000) & 0xffff) - 0x8000;
}
