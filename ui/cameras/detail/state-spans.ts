import type { CameraState, CameraStateChange } from '#api/contract/cameras.ts';

export interface StateSpan {
  readonly change: CameraStateChange;
  /** How long it held; undefined: it still does. */
  readonly durationMs: number | undefined;
}

/**
 * How long each state held. Tries that failed for the same reason follow each other for as long as a camera is away: they are one span.
 * @param changes newest first
 * @param state the camera as it is now: what the newest change led to
 */
export function stateSpans(changes: readonly CameraStateChange[], state: CameraState): StateSpan[] {
  const merged: { change: CameraStateChange; endMs: number | undefined }[] = [];
  for (const change of changes.toReversed()) {
    const startMs = new Date(change.time).getTime();
    const last = merged.at(-1);
    const before = merged.at(-2);
    if (last?.change.status === change.status && last.change.errorCode === change.errorCode) continue;
    // Away, one more try, still away: the try in between is not news.
    if (
      last?.change.status === 'connecting' &&
      before?.change.status === change.status &&
      before.change.errorCode === change.errorCode &&
      change.errorCode !== undefined
    ) {
      merged.pop();
      before.endMs = undefined;
      continue;
    }
    if (last) last.endMs = startMs;
    merged.push({ change, endMs: undefined });
  }
  const newest = merged.at(-1);
  const isOver = newest !== undefined && newest.change.status !== state.status;
  return merged.toReversed().map(({ change, endMs }, index) => {
    const end = endMs ?? (index === 0 && isOver ? new Date(state.since).getTime() : undefined);
    return { change, durationMs: end === undefined ? undefined : Math.max(0, end - new Date(change.time).getTime()) };
  });
}
