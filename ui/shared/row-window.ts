export interface RowWindow {
  /** First row that is drawn, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** Height of what is not drawn above and below. */
  readonly abovePx: number;
  readonly belowPx: number;
}

/** Rows beyond the edges, so that a turn of the wheel shows no blank. */
const spare = 8;

/** Which rows of equal height a scrolled view shows; the cost of a list does not depend on its length. */
export function rowWindow(view: {
  readonly scrollTopPx: number;
  readonly heightPx: number;
  readonly rowPx: number;
  readonly count: number;
}): RowWindow {
  const { rowPx, count } = view;
  const top = Math.min(Math.max(0, view.scrollTopPx), Math.max(0, count * rowPx - view.heightPx));
  const first = Math.max(0, Math.floor(top / rowPx) - spare);
  const end = Math.min(count, Math.ceil((top + view.heightPx) / rowPx) + spare);
  return { first, end, abovePx: first * rowPx, belowPx: (count - end) * rowPx };
}

/** Where to scroll to so that a row is seen whole; as it is when it already is. */
export function scrollToRow(
  index: number,
  view: { readonly scrollTopPx: number; readonly heightPx: number; readonly rowPx: number },
): number {
  const top = index * view.rowPx;
  if (top < view.scrollTopPx) return top;
  return Math.max(view.scrollTopPx, top + view.rowPx - view.heightPx);
}
