import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

/** Sets or (undefined, empty) removes parameters of the address. */
export function changedSearch(
  before: URLSearchParams,
  change: Readonly<Record<string, string | undefined>>,
): URLSearchParams {
  const next = new URLSearchParams(before);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * Part of a page's state that lives in the address. `push`: Back returns to what was before. A change counts at once: the router shows
 * an address only when it gets to it, and a second change made before that must not undo the first.
 */
export function useUrlState(): [
  URLSearchParams,
  (change: Readonly<Record<string, string | undefined>>, how?: 'push' | 'replace') => void,
] {
  const [shown, setSearch] = useSearchParams();
  const [own, setOwn] = useState<URLSearchParams>();
  const latest = useRef(shown);
  const isWaiting = useRef(false);
  useEffect(() => {
    // An address on the way to the latest one is no news; any other came from Back, from a link, or is the latest itself.
    if (isWaiting.current && shown.toString() !== latest.current.toString()) return;
    isWaiting.current = false;
    latest.current = shown;
    setOwn(undefined);
  }, [shown]);
  const change = useCallback(
    (values: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace' = 'replace') => {
      const next = changedSearch(latest.current, values);
      if (next.toString() === latest.current.toString()) return;
      latest.current = next;
      isWaiting.current = true;
      setOwn(next);
      setSearch(next, { replace: how === 'replace' });
    },
    [setSearch],
  );
  return [own ?? shown, change];
}
