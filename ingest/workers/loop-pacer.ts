import type { ReadRounds } from '../rtsp/read-rounds.ts';

/** Up to so many streams the event loop wakes up for each of their pictures, which costs nothing worth saving. */
const PACED_FROM_STREAMS = 8;
/** What a picture may wait to be read while somebody needs it at once; the sockets hold it meanwhile. */
const PACE_MS = 4;
/** While all cameras are patient: a wake-up reads those whose turn has come since the last one. */
const PATIENT_PACE_MS = 20;

/**
 * Lets the event loop of a thread of its own sleep a few milliseconds between two rounds, so that one round reads what came
 * on many sockets: waking up for each picture of each camera costs more than taking it in. Patient cameras get their turns
 * to read from it. Never on the main thread.
 */
export class LoopPacer {
  readonly #nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  readonly #rounds: ReadRounds;
  #isPacing = false;
  #isWanted = false;

  constructor(rounds: ReadRounds) {
    this.#rounds = rounds;
  }

  /** @param streams that are taken in on this thread */
  adapt(streams: number): void {
    this.#isWanted = streams >= PACED_FROM_STREAMS;
    if (!this.#isWanted || this.#isPacing) return;
    this.#isPacing = true;
    this.#rounds.start();
    setImmediate(() => this.#round());
  }

  stop(): void {
    this.#isWanted = false;
  }

  #round(): void {
    if (!this.#isWanted) {
      this.#isPacing = false;
      this.#rounds.stop();
      return;
    }
    Atomics.wait(this.#nobodyWakes, 0, 0, this.#rounds.isPatient ? PATIENT_PACE_MS : PACE_MS);
    this.#rounds.round(performance.now());
    setImmediate(() => this.#round());
  }
}
