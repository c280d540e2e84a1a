import type { FollowState } from './playback-engine.ts';

/** What follows the clock: the recording of one camera. */
export interface Follower {
  follow: (clock: { readonly timeMs: number; readonly rate: number; readonly isPlaying: boolean }) => FollowState;
  nextStartMs: (timeMs: number) => number | undefined;
}

export interface SyncSnapshot {
  readonly timeMs: number;
  readonly rate: number;
  readonly isPlaying: boolean;
  /** Of each follower, in their order. */
  readonly states: readonly FollowState[];
  /** The stretch just jumped over, where no camera recorded. */
  readonly skipped: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly isAtEnd: boolean;
}

/** One that does not come holds the others up no longer. */
const patienceMs = 6_000;

/** One clock for several cameras: it waits until all have their picture, and jumps only where none has one. */
export class SyncClock {
  #snapshot: SyncSnapshot;
  #waitedMs = 0;

  constructor(timeMs: number) {
    this.#snapshot = { timeMs, rate: 1, isPlaying: true, states: [], skipped: undefined, isAtEnd: false };
  }

  get snapshot(): SyncSnapshot {
    return this.#snapshot;
  }

  seek(timeMs: number): void {
    this.#waitedMs = 0;
    this.#set({ timeMs, skipped: undefined, isAtEnd: false });
  }

  setPlaying(isPlaying: boolean): void {
    this.#set({ isPlaying, isAtEnd: false, skipped: undefined });
  }

  setRate(rate: number): void {
    this.#set({ rate });
  }

  /** @param elapsedMs since the last call */
  tick(elapsedMs: number, followers: readonly Follower[]): SyncSnapshot {
    const { timeMs, rate, isPlaying } = this.#snapshot;
    const isWaiting = this.#snapshot.states.includes('loading') && this.#waitedMs < patienceMs;
    const states = followers.map((one) => one.follow({ timeMs, rate, isPlaying: isPlaying && !isWaiting }));
    this.#set({ states });
    if (!isPlaying || followers.length === 0) return this.#snapshot;
    if (states.includes('loading')) {
      this.#waitedMs += elapsedMs;
      if (this.#waitedMs < patienceMs) return this.#snapshot;
    } else this.#waitedMs = 0;
    if (states.every((state) => state === 'gap')) {
      const starts = followers.flatMap((one) => one.nextStartMs(timeMs) ?? []);
      if (starts.length === 0) this.#set({ isPlaying: false, isAtEnd: true });
      else {
        const toMs = Math.min(...starts);
        // The seam between two files is no stretch without recording.
        this.#set({ timeMs: toMs, ...(toMs - timeMs > 1_500 ? { skipped: { fromMs: timeMs, toMs } } : {}) });
      }
      return this.#snapshot;
    }
    this.#set({ timeMs: timeMs + elapsedMs * rate });
    return this.#snapshot;
  }

  #set(change: Partial<SyncSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
  }
}
