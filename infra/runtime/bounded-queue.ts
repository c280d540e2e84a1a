/** A queue that never grows past its capacity: a slow reader loses its own oldest items, and the count says so. */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  #dropped = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('capacity must be a whole number from 1');
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  /** How many items were lost since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns the oldest item when it had to make room, for its resources to be released */
  push(item: T): T | undefined {
    this.#items.push(item);
    if (this.#items.length <= this.#capacity) return undefined;
    this.#dropped++;
    return this.#items.shift();
  }

  shift(): T | undefined {
    return this.#items.shift();
  }

  /** Empties the queue; returns what was in it, oldest first. */
  drain(): T[] {
    return this.#items.splice(0);
  }
}
