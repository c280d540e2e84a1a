import type { types } from 'mediasoup';
import type { Clock } from '#infra/runtime/clock.ts';

/** A tile as far as it takes of the line. */
interface Watched {
  readonly consumer: Pick<types.Consumer, 'paused'>;
  readonly lease: { leastBitsPerSecond(): number | undefined };
}

const LOOK_EVERY_MS = 2000;
/** Until it is known what a sub-stream takes. */
const USUAL_BITS_PER_SECOND = 500_000;
/** Headers, and pictures that are sent again. */
const HEADROOM = 1.3;
/** The relay is told when it needs more, or this share less: rates of cameras go up and down. */
const TOLD_BELOW = 0.6;

/**
 * Holds the relay's estimate of the line to one browser at what the smallest streams of its tiles take. Without, a line
 * that was too narrow for a moment has the estimate fall below them; then nothing is sent at all, and what is not sent
 * cannot show that the line is free again. With it main streams go first, and sub-streams go on.
 */
export class BandwidthFloor {
  readonly #transport: Pick<types.WebRtcTransport, 'setMinOutgoingBitrate' | 'closed'>;
  readonly #tiles: ReadonlyMap<string, Watched>;
  readonly #clock: Clock;
  #told = 0;
  #timer: { cancel(): void } | undefined;

  constructor(
    transport: Pick<types.WebRtcTransport, 'setMinOutgoingBitrate' | 'closed'>,
    tiles: ReadonlyMap<string, Watched>,
    clock: Clock,
  ) {
    this.#transport = transport;
    this.#tiles = tiles;
    this.#clock = clock;
    this.#later();
  }

  /** To be called when tiles come or go. */
  update(): void {
    if (this.#transport.closed) return;
    let floor = 0;
    for (const { consumer, lease } of this.#tiles.values())
      if (!consumer.paused) floor += (lease.leastBitsPerSecond() ?? USUAL_BITS_PER_SECOND) * HEADROOM;
    if (floor === this.#told || (floor < this.#told && floor > this.#told * TOLD_BELOW)) return;
    this.#told = floor;
    // Refused only by a relay process that has just ended, and then by all else too.
    this.#transport.setMinOutgoingBitrate(Math.round(floor)).catch(() => undefined);
  }

  /** Idempotent. */
  close(): void {
    this.#timer?.cancel();
  }

  #later(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.update();
      if (!this.#transport.closed) this.#later();
    }, LOOK_EVERY_MS);
  }
}
