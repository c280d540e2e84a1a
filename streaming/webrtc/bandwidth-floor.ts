import type { types } from 'mediasoup';
import type { Clock } from '#infra/runtime/clock.ts';

/** A tile as far as it takes of the line. */
interface Watched {
  readonly consumer: Pick<types.Consumer, 'paused'>;
  readonly lease: { readonly hasLayers: boolean; leastBitsPerSecond(): number | undefined };
}

type Transport = Pick<types.WebRtcTransport, 'setMinOutgoingBitrate' | 'getStats' | 'closed'>;

const LOOK_EVERY_MS = 2000;
/** Until it is known what a sub-stream takes. */
const USUAL_BITS_PER_SECOND = 500_000;
/** Headers, and pictures that are sent again. */
const HEADROOM = 1.3;
/** An estimate below this many times what is needed is held; above that many times it is left to itself again. */
const HELD_BELOW = 1.2;
const FREE_ABOVE = 4;
/** A floor that is there is moved when more is needed, or this share less: rates of cameras go up and down. */
const MOVED_BELOW = 0.6;

/**
 * Holds the relay's estimate of a narrow line to one browser at what the smallest streams of its tiles take. Without, a
 * line that was too narrow for a moment has the estimate fall below them; then nothing is sent at all, and what is not
 * sent cannot show that the line is free again. With it main streams go first, and sub-streams go on. A line that is wide
 * enough is left alone: whatever is told to the estimate has the relay try the line with bursts of padding.
 */
export class BandwidthFloor {
  readonly #transport: Transport;
  readonly #tiles: ReadonlyMap<string, Watched>;
  readonly #clock: Clock;
  #told = 0;
  #timer: { cancel(): void } | undefined;
  #isClosed = false;

  constructor(transport: Transport, tiles: ReadonlyMap<string, Watched>, clock: Clock) {
    this.#transport = transport;
    this.#tiles = tiles;
    this.#clock = clock;
    this.#later();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #later(): void {
    this.#timer = this.#clock.setTimeout(() => {
      // Refused only by a relay process that has just ended, and then by all else too.
      this.#look()
        .catch(() => undefined)
        .finally(() => {
          if (!this.#isClosed && !this.#transport.closed) this.#later();
        });
    }, LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    const needed = this.#needed();
    if (needed === 0) return this.#tell(0);
    const [stats] = await this.#transport.getStats();
    const estimated = stats?.availableOutgoingBitrate;
    if (this.#isClosed || estimated === undefined) return;
    if (estimated > needed * FREE_ABOVE) return this.#tell(0);
    const isHeld = this.#told >= needed && this.#told * MOVED_BELOW <= needed;
    if (estimated < needed * HELD_BELOW && !isHeld) await this.#tell(needed);
  }

  /** Zero where no tile could be ended by the estimate: a camera with one stream is sent whatever it says. */
  #needed(): number {
    const seen = [...this.#tiles.values()].filter(({ consumer }) => !consumer.paused);
    if (!seen.some(({ lease }) => lease.hasLayers)) return 0;
    let sum = 0;
    for (const { lease } of seen) sum += (lease.leastBitsPerSecond() ?? USUAL_BITS_PER_SECOND) * HEADROOM;
    return Math.round(sum);
  }

  async #tell(bitsPerSecond: number): Promise<void> {
    if (bitsPerSecond === this.#told) return;
    this.#told = bitsPerSecond;
    await this.#transport.setMinOutgoingBitrate(bitsPerSecond);
  }
}
