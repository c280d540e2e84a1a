import { useCallback } from 'react';
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

/** Part of a page's state that lives in the address. `push`: Back returns to what was before. */
export function useUrlState(): [
  URLSearchParams,
  (change: Readonly<Record<string, string | undefined>>, how?: 'push' | 'replace') => void,
] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (values: Readonly<Record<string, string | undefined>>, how: 'push' | 'replace' = 'replace') =>
      setSearch((before) => changedSearch(before, values), { replace: how === 'replace' }),
    [setSearch],
  );
  return [search, change];
}
