/** Up to so many streams the event loop wakes up for each of their pictures, which costs nothing worth saving. */
const PACED_FROM_STREAMS = 8;
/** What a picture may wait to be read; the sockets hold it meanwhile. */
const PACE_MS = 4;

/**
 * Lets the event loop of a thread of its own sleep a few milliseconds between two rounds, so that one round reads what came
 * on many sockets: waking up for each picture of each camera costs more than taking it in. Never on the main thread.
 */
export class LoopPacer {
  readonly #nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  #isPacing = false;
  #isWanted = false;

  /** @param streams that are taken in on this thread */
  adapt(streams: number): void {
    this.#isWanted = streams >= PACED_FROM_STREAMS;
    if (!this.#isWanted || this.#isPacing) return;
    this.#isPacing = true;
    setImmediate(() => this.#round());
  }

  stop(): void {
    this.#isWanted = false;
  }

  #round(): void {
    if (!this.#isWanted) {
      this.#isPacing = false;
      return;
    }
    Atomics.wait(this.#nobodyWakes, 0, 0, PACE_MS);
    setImmediate(() => this.#round());
  }
}
