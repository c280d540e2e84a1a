/** Time as the code sees it; tests drive a simulated one. */
export interface Clock {
  /** Wall time, UTC, milliseconds since 1970. */
  nowMs(): number;
  /** Monotonic milliseconds; never jumps. */
  monotonicMs(): number;
  setTimeout(callback: () => void, delayMs: number): { cancel(): void };
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A clock that stands still until `advance` is called; due timers fire in order. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  /** A heap: what is due next stands first. Cancelled ones stay in it until they are due. */
  readonly #timers: SimulatedTimer[] = [];
  #nextOrder = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  setTimeout(callback: () => void, delayMs: number): { cancel(): void } {
    const timer: SimulatedTimer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#nextOrder++,
      callback,
    };
    this.#push(timer);
    return {
      cancel: () => {
        timer.callback = undefined;
      },
    };
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers[0];
      if (!next || next.dueMs > endMs) break;
      this.#pop();
      if (!next.callback) continue;
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }

  #push(timer: SimulatedTimer): void {
    const timers = this.#timers;
    let at = timers.length;
    for (;;) {
      const parentAt = (at - 1) >> 1;
      const parent = at > 0 ? timers[parentAt] : undefined;
      if (!parent || !isBefore(timer, parent)) break;
      timers[at] = parent;
      at = parentAt;
    }
    timers[at] = timer;
  }

  #pop(): void {
    const timers = this.#timers;
    const last = timers.pop();
    if (!last || timers.length === 0) return;
    let at = 0;
    for (;;) {
      const left = timers[2 * at + 1];
      const right = timers[2 * at + 2];
      const childAt = left && right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const child = timers[childAt];
      if (!child || !isBefore(child, last)) break;
      timers[at] = child;
      at = childAt;
    }
    timers[at] = last;
  }
}

interface SimulatedTimer {
  readonly dueMs: number;
  /** Of two that are due together, the first set comes first. */
  readonly order: number;
  callback: (() => void) | undefined;
}

function isBefore(a: SimulatedTimer, b: SimulatedTimer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
