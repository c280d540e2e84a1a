export interface View {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const steps = [
  1_000,
  5_000,
  10_000,
  30_000,
  minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  6 * hourMs,
];
/** Closer than this a day's timeline would show single seconds far apart. */
const closestMs = 60_000;

export function timeToX(timeMs: number, view: View, widthPx: number): number {
  return ((timeMs - view.fromMs) / (view.toMs - view.fromMs)) * widthPx;
}

export function xToTime(x: number, view: View, widthPx: number): number {
  const share = widthPx > 0 ? Math.min(1, Math.max(0, x / widthPx)) : 0;
  return view.fromMs + share * (view.toMs - view.fromMs);
}

/** Times that get a label: at full steps of the clock, at least `spacingPx` apart. */
export function ticks(view: View, widthPx: number, spacingPx: number): number[] {
  const lengthMs = view.toMs - view.fromMs;
  const step = steps.find((candidate) => (candidate / lengthMs) * widthPx >= spacingPx) ?? 6 * hourMs;
  // Full hours of the person's clock, not of UTC: zones are off by half hours in places.
  const offsetMs = new Date(view.fromMs).getTimezoneOffset() * minuteMs;
  const first = Math.ceil((view.fromMs - offsetMs) / step) * step + offsetMs;
  const result: number[] = [];
  for (let time = first; time < view.toMs; time += step) result.push(time);
  return result;
}

/** Joins spans that follow each other within the tolerance, so that a day of segments is a few bars. */
export function joinSpans(spans: readonly Span[], toleranceMs: number): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last && span.fromMs - last.toMs <= toleranceMs) {
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
    } else joined.push(span);
  }
  return joined;
}

/** Zooms about a time that stays where it is, within the bounds. `factor` below 1 goes closer. */
export function zoomView(view: View, bounds: View, aroundMs: number, factor: number): View {
  const longest = bounds.toMs - bounds.fromMs;
  const length = Math.min(longest, Math.max(Math.min(closestMs, longest), (view.toMs - view.fromMs) * factor));
  const share = (aroundMs - view.fromMs) / (view.toMs - view.fromMs);
  const fromMs = Math.min(bounds.toMs - length, Math.max(bounds.fromMs, aroundMs - share * length));
  return { fromMs, toMs: fromMs + length };
}

/**
 * Moves the view so that the time is seen; the same view when it already is.
 * @param share where in the view it then stands, 0 left, 1 right
 */
export function followTime(view: View, bounds: View, timeMs: number, share = 0.1): View {
  if (timeMs >= view.fromMs && timeMs <= view.toMs) return view;
  const length = view.toMs - view.fromMs;
  const fromMs = Math.min(bounds.toMs - length, Math.max(bounds.fromMs, timeMs - length * share));
  return { fromMs, toMs: fromMs + length };
}
