/** What is edited, with what it was before and what was taken back; nothing is ever changed in place. */
export interface EditHistory<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
  /** Of the newest step: the same again goes on with it, so that a name typed is one step and not ten. */
  readonly step: string | undefined;
}

const mostSteps = 200;

export function startHistory<T>(now: T): EditHistory<T> {
  return { past: [], now, future: [], step: undefined };
}

export function edited<T>(history: EditHistory<T>, next: T, step?: string): EditHistory<T> {
  if (next === history.now) return history;
  const goesOn = step !== undefined && step === history.step;
  return {
    past: goesOn ? history.past : [...history.past, history.now].slice(-mostSteps),
    now: next,
    future: [],
    step,
  };
}

export function undone<T>({ past, now, future }: EditHistory<T>): EditHistory<T> {
  const before = past.at(-1);
  if (before === undefined) return { past, now, future, step: undefined };
  return { past: past.slice(0, -1), now: before, future: [now, ...future], step: undefined };
}

export function redone<T>({ past, now, future }: EditHistory<T>): EditHistory<T> {
  const [next, ...rest] = future;
  if (next === undefined) return { past, now, future, step: undefined };
  return { past: [...past, now], now: next, future: rest, step: undefined };
}
