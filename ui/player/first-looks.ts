/** What costs time waits for the stills of all tiles, but no longer than this for each. */
const settledWithinMs = 400;

let open = 0;
let waiting: (() => void)[] = [];

/**
 * A still is on its way. While any is, no tile opens its live picture: the browser would draw the first tile's stream while the
 * last tile is still empty.
 *
 * @returns a function to call when it is there or will not come, safe to call twice
 */
export function beginLook(): () => void {
  let isOpen = true;
  open += 1;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    open -= 1;
    if (open > 0) return;
    const released = waiting;
    waiting = [];
    for (const one of released) one();
  };
  const timer = setTimeout(end, settledWithinMs);
  return end;
}

/** @returns a function that gives up waiting */
export function afterLooks(run: () => void): () => void {
  const once = (): void => run();
  if (open === 0) once();
  else waiting.push(once);
  return () => {
    waiting = waiting.filter((one) => one !== once);
  };
}
