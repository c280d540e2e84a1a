import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit } from '../media.ts';
import { machineMs } from './media-ring.ts';

const TIMEOUT_MS = 2000;

/** Questions for a single key frame that wait for the answer of an ingest thread. */
export class KeyFrameRequests {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (unit: AccessUnit | undefined) => void>();
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns undefined when there is none, or no answer came in time */
  async ask(send: (requestId: number) => void): Promise<AccessUnit | undefined> {
    const requestId = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<AccessUnit | undefined>();
    this.#waiting.set(requestId, resolve);
    const timer = this.#clock.setTimeout(() => resolve(undefined), TIMEOUT_MS);
    send(requestId);
    try {
      return await promise;
    } finally {
      timer.cancel();
      this.#waiting.delete(requestId);
    }
  }

  /** @param unit its `arrivedMs` is of the machine's monotonic clock */
  answer(requestId: number, unit: AccessUnit | undefined): void {
    const shiftMs = performance.now() - machineMs();
    this.#waiting.get(requestId)?.(unit && { ...unit, arrivedMs: unit.arrivedMs + shiftMs });
  }
}
