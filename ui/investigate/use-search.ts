import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Sighting, SightingPage, Trajectory } from '#api/contract/sightings.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { serverNow } from '../shared/server-clock.ts';
import { rangeOf, searchBody, type SearchQuery } from './search-query.ts';

const typingMs = 250;

/** The value once it has stayed the same for a moment. */
function useSettled<T>(value: T, delayMs: number): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
    // The text stands for the value: the same question must not be asked twice.
  }, [key, delayMs]);
  return settled;
}

export function useSightingSearch(query: SearchQuery) {
  const settled = useSettled(query, typingMs);
  const canAsk = searchBody(settled, 0) !== undefined;
  return useInfiniteQuery({
    queryKey: ['sightings', settled],
    enabled: canAsk,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const body = { ...searchBody(settled, serverNow()), ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return sendJson<SightingPage>('POST', '/api/sightings/search', body, signal);
    },
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** A plate without wildcards over the whole asked range. */
export function useTrajectory(plate: string | undefined, query: SearchQuery) {
  const purpose = query.purpose.trim();
  return useQuery({
    queryKey: ['trajectory', plate, query.range, purpose],
    enabled: plate !== undefined && purpose.length >= 4,
    staleTime: 30_000,
    queryFn: ({ signal }) => {
      const { fromMs, toMs } = rangeOf(query, serverNow());
      const body = { purpose, plate, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
      return sendJson<Trajectory>('POST', '/api/sightings/trajectory', body, signal);
    },
  });
}

/** One pass by its id, for a link to it whose list is not loaded. */
export function useSighting(sightingId: string | undefined) {
  return useQuery({
    queryKey: ['sighting', sightingId],
    enabled: sightingId !== undefined,
    staleTime: Infinity,
    queryFn: ({ signal }) => getJson<Sighting>(`/api/sightings/${sightingId}`, signal),
  });
}
