import type { PtzCommand } from '#api/contract/cameras.ts';

/** Each -1 to 1: which way, and how fast a stick asks for it. */
export interface Direction {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}
export const still: Direction = { pan: 0, tilt: 0, zoom: 0 };

const keys: Readonly<Record<string, Partial<Direction>>> = {
  ArrowUp: { tilt: 1 },
  ArrowDown: { tilt: -1 },
  ArrowLeft: { pan: -1 },
  ArrowRight: { pan: 1 },
  '+': { zoom: 1 },
  '=': { zoom: 1 },
  '-': { zoom: -1 },
};

export const steersByKey = (key: string): boolean => key in keys;

/** Of all keys that are held at once. */
export const directionOf = (held: Iterable<string>): Direction =>
  [...held].reduce((all, key) => ({ ...all, ...keys[key] }), still);

/** A move ends by itself so soon when this page dies; it is sent again well before. */
const moveMs = 1500;
const againMs = 700;

/**
 * Steers while something is held. One command is under way at a time, and the newest wish is sent next: a slow camera gets no queue of
 * old moves, and a stop is never overtaken by the move before it.
 */
export class PtzSteering {
  readonly #send: (command: PtzCommand) => Promise<unknown>;
  readonly #onError: (error: unknown) => void;
  #wish: { readonly direction: Direction; readonly speed: number } | undefined;
  #isMoving = false;
  #isSending = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(send: (command: PtzCommand) => Promise<unknown>, onError: (error: unknown) => void) {
    this.#send = send;
    this.#onError = onError;
  }

  /** @param speed 0 to 1 */
  hold(direction: Direction, speed: number): void {
    if (direction.pan === 0 && direction.tilt === 0 && direction.zoom === 0) return this.release();
    this.#wish = { direction, speed };
    this.#timer ??= setInterval(() => void this.#next(), againMs);
    void this.#next();
  }

  release(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#wish = undefined;
    void this.#next();
  }

  close(): void {
    this.release();
  }

  async #next(): Promise<void> {
    if (this.#isSending) return;
    const wish = this.#wish;
    if (!wish && !this.#isMoving) return;
    this.#isSending = true;
    try {
      if (wish) {
        const { direction, speed } = wish;
        this.#isMoving = true;
        await this.#send({
          action: 'continuous',
          pan: direction.pan * speed,
          tilt: direction.tilt * speed,
          zoom: direction.zoom * speed,
          durationMs: moveMs,
        });
      } else {
        await this.#send({ action: 'stop' });
        this.#isMoving = false;
      }
    } catch (error) {
      // Not tried for ever: the camera ends the move by itself.
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#wish = undefined;
      this.#isMoving = false;
      this.#onError(error);
    } finally {
      this.#isSending = false;
    }
    // What was wished meanwhile; a move that is still wished waits for its time.
    if (this.#wish !== wish) void this.#next();
  }
}
