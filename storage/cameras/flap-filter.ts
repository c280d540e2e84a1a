import type { Clock } from '#infra/runtime/clock.ts';

/** Kept at once: an ordinary outage is a handful of changes. */
const BURST = 20;
const REFILL_MS = 60_000;
/** One row for what a flapping stream does in this time; twice as long each time, while it goes on. */
const FIRST_HOLD_MS = 30_000;
const LONGEST_HOLD_MS = 600_000;
/** A stream that stands still for this long, or a share of the hold, has settled. */
const SETTLED_MS = 30_000;
const SETTLED_SHARE = 0.25;

interface Change {
  readonly cameraId: string;
  readonly stream: string;
  readonly changes: number;
}

interface Stream<T> {
  /** Rows it may still write at once. */
  credit: number;
  creditedMs: number;
  holdMs: number;
  held: { latest: T; changes: number; readonly sinceMs: number } | undefined;
  timer: { cancel(): void } | undefined;
}

/**
 * Keeps the history of a stream that comes and goes each second within bounds: after the first changes one row stands for
 * many, says so, and tells how it ended.
 */
export class FlapFilter<T extends Change> {
  readonly #clock: Clock;
  readonly #emit: (change: T) => void;
  readonly #streams = new Map<string, Stream<T>>();

  constructor(deps: { readonly clock: Clock; emit(change: T): void }) {
    this.#clock = deps.clock;
    this.#emit = (change) => deps.emit(change);
  }

  push(change: T): void {
    const stream = this.#stream(`${change.cameraId}/${change.stream}`);
    const nowMs = this.#clock.monotonicMs();
    const refills = Math.floor((nowMs - stream.creditedMs) / REFILL_MS);
    stream.creditedMs += refills * REFILL_MS;
    stream.credit = Math.min(BURST, stream.credit + refills);
    if (!stream.held && stream.credit > 0) {
      stream.credit--;
      if (stream.credit === BURST - 1) stream.holdMs = FIRST_HOLD_MS;
      this.#emit(change);
      return;
    }
    stream.held ??= { latest: change, changes: 0, sinceMs: nowMs };
    stream.held.latest = change;
    stream.held.changes += change.changes;
    const endMs = stream.held.sinceMs + stream.holdMs;
    const settledMs = nowMs + Math.max(SETTLED_MS, stream.holdMs * SETTLED_SHARE);
    stream.timer?.cancel();
    stream.timer = this.#clock.setTimeout(() => {
      this.#release(stream);
      // It goes on: what it earned while it was held back does not count.
      if (endMs < settledMs) Object.assign(stream, { credit: 0, creditedMs: this.#clock.monotonicMs() });
    }, Math.min(endMs, settledMs) - nowMs);
  }

  /** What is held is told now. */
  close(): void {
    for (const stream of this.#streams.values()) this.#release(stream);
  }

  #release(stream: Stream<T>): void {
    stream.timer?.cancel();
    const { held } = stream;
    stream.held = undefined;
    if (!held) return;
    stream.holdMs = Math.min(LONGEST_HOLD_MS, stream.holdMs * 2);
    this.#emit({ ...held.latest, changes: held.changes });
  }

  #stream(key: string): Stream<T> {
    const known = this.#streams.get(key);
    if (known) return known;
    const fresh: Stream<T> = {
      credit: BURST,
      creditedMs: this.#clock.monotonicMs(),
      holdMs: FIRST_HOLD_MS,
      held: undefined,
      timer: undefined,
    };
    this.#streams.set(key, fresh);
    return fresh;
  }
}
