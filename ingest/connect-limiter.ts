import type { Clock } from '#infra/runtime/clock.ts';
import { sleep } from '#infra/runtime/supervisor.ts';

/** Spreads new connections of all cameras over time, first come first served. */
export class ConnectLimiter {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #nextFreeMs = 0;

  constructor(connectsPerSecond: number, clock: Clock) {
    this.#intervalMs = 1000 / connectsPerSecond;
    this.#clock = clock;
  }

  /** Waits for a turn; returns at once when the signal fires. */
  async take(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const turnMs = Math.max(nowMs, this.#nextFreeMs);
    this.#nextFreeMs = turnMs + this.#intervalMs;
    if (turnMs > nowMs) await sleep(turnMs - nowMs, this.#clock, signal);
  }
}
