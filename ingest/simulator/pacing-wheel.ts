import type { Clock } from '#infra/runtime/clock.ts';

const TICK_MS = 5;

/** One timer for the pictures of all cameras: what is due in the same 5 ms runs together. */
export class PacingWheel {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Set<() => void>>();
  #timer: { cancel(): void } | undefined;
  #nextSlot = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param dueMs monotonic; in the past means at the next tick
   * @returns a function that takes the task back
   */
  schedule(dueMs: number, task: () => void): () => void {
    const nowSlot = Math.floor(this.#clock.monotonicMs() / TICK_MS);
    if (!this.#timer) this.#nextSlot = nowSlot;
    const slot = Math.max(Math.ceil(dueMs / TICK_MS), nowSlot + 1, this.#nextSlot);
    const tasks = this.#slots.get(slot) ?? new Set();
    this.#slots.set(slot, tasks);
    tasks.add(task);
    this.#timer ??= this.#arm();
    return () => {
      tasks.delete(task);
    };
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#slots.clear();
  }

  #arm(): { cancel(): void } {
    return this.#clock.setTimeout(() => this.#turn(), TICK_MS);
  }

  #turn(): void {
    const nowSlot = Math.floor(this.#clock.monotonicMs() / TICK_MS);
    const lateSlots = [...this.#slots.keys()].filter((slot) => slot <= nowSlot).sort((a, b) => a - b);
    this.#nextSlot = nowSlot + 1;
    for (const slot of lateSlots) {
      const tasks = this.#slots.get(slot) ?? [];
      this.#slots.delete(slot);
      for (const task of tasks) task();
    }
    this.#timer = this.#slots.size > 0 ? this.#arm() : undefined;
  }
}
