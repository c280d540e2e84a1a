import type { CameraState, CameraStateChange } from '#api/contract/cameras.ts';

export interface StateSpan {
  readonly change: CameraStateChange;
  /** How long it held; undefined: it still does. */
  readonly durationMs: number | undefined;
  /** How often it came and went, when that was so often that one entry stands for many; else 1. */
  readonly flaps: number;
}

interface OpenSpan {
  readonly change: CameraStateChange;
  endMs: number | undefined;
  flaps: number;
}

/**
 * How long each state held, newest first; those of the two streams stand between each other. Tries that failed for the same reason follow
 * each other for as long as a camera is away: they are one span.
 *
 * @param changes newest first
 * @param state the main stream as it is now: what its newest change led to
 */
export function stateSpans(changes: readonly CameraStateChange[], state: CameraState): StateSpan[] {
  const of = (stream: CameraStateChange['stream']): CameraStateChange[] =>
    changes.filter((change) => change.stream === stream);
  return [...spansOf(of('main'), state), ...spansOf(of('sub'), undefined)].sort((a, b) =>
    b.change.time < a.change.time ? -1 : b.change.time > a.change.time ? 1 : 0,
  );
}

function spansOf(changes: readonly CameraStateChange[], state: CameraState | undefined): StateSpan[] {
  const merged: OpenSpan[] = [];
  for (const change of changes.toReversed()) {
    const startMs = new Date(change.time).getTime();
    const last = merged.at(-1);
    const before = merged.at(-2);
    if (last && isSame(last.change, change)) {
      last.flaps = Math.max(last.flaps, change.changes);
      continue;
    }
    // Away, one more try, still away: the try in between is not news.
    if (
      last?.change.status === 'connecting' &&
      change.errorCode !== undefined &&
      before &&
      isSame(before.change, change)
    ) {
      merged.pop();
      before.endMs = undefined;
      before.flaps = Math.max(before.flaps, change.changes);
      continue;
    }
    if (last) last.endMs = startMs;
    merged.push({ change, endMs: undefined, flaps: change.changes });
  }
  const newest = merged.at(-1);
  // The page may know of a newer state before the history is asked anew.
  if (newest && state && newest.change.status !== state.status) newest.endMs = new Date(state.since).getTime();
  return merged.toReversed().map(({ change, endMs, flaps }) => ({
    change,
    flaps,
    durationMs: endMs === undefined ? undefined : Math.max(0, endMs - new Date(change.time).getTime()),
  }));
}

function isSame(a: CameraStateChange, b: CameraStateChange): boolean {
  return a.status === b.status && a.errorCode === b.errorCode;
}
