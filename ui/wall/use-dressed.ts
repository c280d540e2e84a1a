import { startTransition, useEffect, useState } from 'react';

/** A busy page has its buttons by then. */
const dressedWithinMs = 700;

/**
 * What of a tile nobody misses in the first moment (its buttons, shown under the pointer only) is made when the page has time for it.
 *
 * @param mayBegin the first pictures are there
 */
export function useDressed(mayBegin: boolean): boolean {
  const [isDressed, setDressed] = useState(false);
  useEffect(() => {
    if (!mayBegin) return;
    const dress = (): void => startTransition(() => setDressed(true));
    // Safari has no such moments.
    if (!('requestIdleCallback' in globalThis)) {
      const timer = setTimeout(dress, dressedWithinMs / 2);
      return () => clearTimeout(timer);
    }
    const waiting = requestIdleCallback(dress, { timeout: dressedWithinMs });
    return () => cancelIdleCallback(waiting);
  }, [mayBegin]);
  return isDressed;
}
