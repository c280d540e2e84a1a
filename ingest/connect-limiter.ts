import type { Clock } from '#infra/runtime/clock.ts';

/** A camera whose tries came to nothing again and again gives way to those that were live until just now. */
export type ConnectStanding = 'healthy' | 'failing';

export interface SharedTurns {
  readonly memory: SharedArrayBuffer;
  /** Place of this limiter among those that share the memory, from 0. */
  readonly slot: number;
  /** From the clock's monotonic time to one that all sharers have in common. */
  readonly shiftMs: number;
}

/** Failing cameras get at least this share of all turns, whoever else waits. */
const FAILING_SHARE = 0.25;
/** A timer this late may be made up for; a longer silence is not saved up. */
const MAX_CATCH_UP_US = 50_000n;
const HEAD_BYTES = 16;

/** Shared by the limiters of several threads: together they keep to one rate. */
export function makeConnectTurns(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + 4 * slots);
}

interface Waiter {
  readonly pass: () => void;
}

/**
 * Spreads new connections of all cameras over time, on all threads together: first those that were healthy, then those
 * that fail again and again; within each first come, first served.
 */
export class ConnectLimiter {
  readonly #intervalUs: bigint;
  readonly #clock: Clock;
  readonly #turns: SharedTurns;
  /** When the next turn is free, and when failing cameras have one of their own; microseconds. */
  readonly #times: BigInt64Array;
  /** How many healthy cameras wait, by sharer. */
  readonly #healthyWaiting: Int32Array;
  readonly #healthy = new Set<Waiter>();
  readonly #failing = new Set<Waiter>();
  #timer: { cancel(): void } | undefined;
  #hasReserved = false;

  constructor(connectsPerSecond: number, clock: Clock, shared?: SharedTurns) {
    this.#intervalUs = BigInt(Math.ceil(1_000_000 / connectsPerSecond));
    this.#clock = clock;
    this.#turns = shared ?? { memory: makeConnectTurns(1), slot: 0, shiftMs: 0 };
    this.#times = new BigInt64Array(this.#turns.memory, 0, 2);
    this.#healthyWaiting = new Int32Array(this.#turns.memory, HEAD_BYTES);
    // The one who had this place before may have died waiting.
    this.#noteWaiting();
  }

  /** Waits for a turn; returns at once when the signal fires. */
  async take(signal: AbortSignal, standing: ConnectStanding = 'healthy'): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter: Waiter = { pass: resolve };
    const queue = standing === 'healthy' ? this.#healthy : this.#failing;
    const leave = (): void => {
      if (queue.delete(waiter)) this.#noteWaiting();
      resolve();
    };
    queue.add(waiter);
    this.#noteWaiting();
    signal.addEventListener('abort', leave, { once: true });
    if (!this.#hasReserved) this.#arm(false);
    await promise;
    signal.removeEventListener('abort', leave);
  }

  /**
   * Reserves the next turn for this thread, one at a time, so that threads take turns too. Who gets it is decided when it
   * has come.
   */
  #arm(mayCatchUp: boolean): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (let isCatchingUp = mayCatchUp; ; isCatchingUp = true) {
      if (this.#healthy.size + this.#failing.size === 0) return;
      const nowUs = this.#nowUs();
      if (this.#healthy.size === 0 && !this.#mayFailing(nowUs)) {
        // Others have it first; looked at again when a turn has passed.
        this.#timer = this.#clock.setTimeout(() => this.#arm(false), Math.max(1, Number(this.#intervalUs) / 1000));
        return;
      }
      const turnUs = this.#reserve(isCatchingUp ? nowUs - MAX_CATCH_UP_US : nowUs);
      if (turnUs > nowUs) {
        this.#hasReserved = true;
        this.#timer = this.#clock.setTimeout(
          () => {
            this.#hasReserved = false;
            this.#serve();
            this.#arm(true);
          },
          Number(turnUs - nowUs) / 1000,
        );
        return;
      }
      this.#serve();
    }
  }

  #serve(): void {
    const nowUs = this.#nowUs();
    const [healthy] = this.#healthy;
    const [failing] = this.#failing;
    if (failing && (!healthy || Atomics.load(this.#times, 1) <= nowUs)) {
      Atomics.store(this.#times, 1, nowUs + BigInt(Math.round(Number(this.#intervalUs) / FAILING_SHARE)));
      this.#failing.delete(failing);
      failing.pass();
    } else if (healthy) {
      this.#healthy.delete(healthy);
      this.#noteWaiting();
      healthy.pass();
    }
  }

  /** @returns true when nobody healthy waits on any thread, or failing cameras have not had their share */
  #mayFailing(nowUs: bigint): boolean {
    if (Atomics.load(this.#times, 1) <= nowUs) return true;
    return !this.#healthyWaiting.some((_, slot) => Atomics.load(this.#healthyWaiting, slot) > 0);
  }

  /** @returns when the turn is, not before `earliestUs` */
  #reserve(earliestUs: bigint): bigint {
    for (;;) {
      const freeUs = Atomics.load(this.#times, 0);
      const turnUs = freeUs > earliestUs ? freeUs : earliestUs;
      if (Atomics.compareExchange(this.#times, 0, freeUs, turnUs + this.#intervalUs) === freeUs) return turnUs;
    }
  }

  #noteWaiting(): void {
    Atomics.store(this.#healthyWaiting, this.#turns.slot, this.#healthy.size);
  }

  #nowUs(): bigint {
    return BigInt(Math.round((this.#clock.monotonicMs() + this.#turns.shiftMs) * 1000));
  }
}
