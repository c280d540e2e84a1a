import type { Clock } from '#infra/runtime/clock.ts';
import { apiErrors } from './errors.ts';
import type { SessionUser } from './plugins/auth.ts';

type Holder = Pick<SessionUser, 'id' | 'username'>;

interface Held {
  readonly holder: Holder;
  untilMs: number;
}

const MAX_HELD = 10_000;

/** Who steers which camera: one user at a time, until they have not steered it for `restMs`. */
export class PtzLocks {
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #held = new Map<string, Held>();

  constructor(clock: Clock, restMs: number) {
    this.#clock = clock;
    this.#restMs = restMs;
  }

  /** Undefined: nobody steers it. */
  current(cameraId: string): { readonly holder: Holder; readonly untilMs: number } | undefined {
    const held = this.#held.get(cameraId);
    if (!held || held.untilMs > this.#clock.nowMs()) return held;
    this.#held.delete(cameraId);
    return undefined;
  }

  /**
   * Takes or prolongs it.
   * @param options.movesMs how long the camera goes on by itself: rest counts from then
   * @returns who had it until now, when it was taken over
   * @throws {AppError} `PTZ_IN_USE` with the name of the holder
   */
  take(
    cameraId: string,
    user: Holder,
    { takeOver = false, movesMs = 0 }: { readonly takeOver?: boolean; readonly movesMs?: number } = {},
  ): Holder | undefined {
    const held = this.current(cameraId);
    const other = held && held.holder.id !== user.id ? held.holder : undefined;
    if (other && !takeOver) throw apiErrors.PTZ_IN_USE({ cameraId, holder: other.username });
    if (!held && this.#held.size >= MAX_HELD) for (const id of [...this.#held.keys()]) this.current(id);
    const { id, username } = user;
    this.#held.set(cameraId, { holder: { id, username }, untilMs: this.#clock.nowMs() + movesMs + this.#restMs });
    return other;
  }

  /** Gives it back, if this user has it. */
  release(cameraId: string, user: Holder): void {
    if (this.current(cameraId)?.holder.id === user.id) this.#held.delete(cameraId);
  }
}
