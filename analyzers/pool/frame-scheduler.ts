/**
 * Decides whose picture is next. Of each camera only its newest picture waits, so nothing piles up; cameras take turns,
 * and a camera has at most one picture in work, so that its results come in order.
 */
export class FrameScheduler<T> {
  /** In the order of the line; a newer picture takes its camera's place. */
  readonly #waiting = new Map<string, T>();
  readonly #busy = new Set<string>();
  #replaced = 0;

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many pictures were replaced by a newer one before their turn came. */
  get replaced(): number {
    return this.#replaced;
  }

  /** @returns the picture that lost its place, for its memory to be given back */
  offer(key: string, item: T): T | undefined {
    const older = this.#waiting.get(key);
    this.#waiting.set(key, item);
    if (older !== undefined) this.#replaced++;
    return older;
  }

  /** The next picture; its camera is busy until `done`. */
  take(): { readonly key: string; readonly item: T } | undefined {
    for (const [key, item] of this.#waiting) {
      if (this.#busy.has(key)) continue;
      this.#waiting.delete(key);
      this.#busy.add(key);
      return { key, item };
    }
    return undefined;
  }

  done(key: string): void {
    this.#busy.delete(key);
  }

  /** Empties the line. */
  drain(): T[] {
    const items = [...this.#waiting.values()];
    this.#waiting.clear();
    return items;
  }
}
