import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CloneReport, Sighting, SightingPage, Trajectory } from '#api/contract/sightings.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { serverNow } from '../shared/server-clock.ts';
import type { PlaceIndex } from './query/places.ts';
import { askedCameras, searchBody } from './query/search-body.ts';
import { hasPurpose, rangeOf, type SearchQuery } from './query/search-query.ts';
import { dayStart, withHours } from './query/time-range.ts';

const typingMs = 250;
const pageSize = 100;

/** The value once it has stayed the same for a moment. */
export function useSettled<T>(value: T, delayMs: number = typingMs): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
    // The text stands for the value: the same question must not be asked twice.
  }, [key, delayMs]);
  return settled;
}

/** Asks while the question is typed, once it has stayed the same for a moment, and only with a purpose. */
export function useSightingSearch(query: SearchQuery, places: PlaceIndex | undefined) {
  // What was not understood changes nothing about the answer.
  const settled = useSettled<SearchQuery>({ ...query, unread: [] });
  const asked = searchBody(settled, places, 0);
  const cameras = places ? askedCameras(settled, places) : undefined;
  return useInfiniteQuery({
    queryKey: ['sightings', settled, cameras],
    enabled: asked.kind === 'ready',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const now = searchBody(settled, places, serverNow());
      if (now.kind === 'not') throw new Error(now.why);
      const body = { ...now.body, limit: pageSize, ...(pageParam === '' ? {} : { cursor: pageParam }) };
      return sendJson<SightingPage>('POST', '/api/sightings/search', body, signal);
    },
    getNextPageParam: (page) => page.nextCursor,
  });
}

const reasonOf = (query: SearchQuery) => ({
  purpose: query.purpose.trim(),
  ...(query.caseId === undefined ? {} : { caseId: query.caseId }),
});

/** A plate without wildcards over the whole asked range. */
export function useTrajectory(plate: string | undefined, query: SearchQuery, isFuzzy: boolean) {
  return useQuery({
    queryKey: ['trajectory', plate, query.range, query.hours, isFuzzy, query.purpose.trim(), query.caseId],
    enabled: plate !== undefined && hasPurpose(query),
    staleTime: 30_000,
    queryFn: ({ signal }) => {
      const { range } = withHours(rangeOf(query, serverNow()), query.hours);
      const body = {
        ...reasonOf(query),
        plate,
        from: new Date(range.fromMs).toISOString(),
        to: new Date(range.toMs).toISOString(),
        ...(isFuzzy ? { isFuzzy } : {}),
      };
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

/** What passed the same camera around the same time, oldest first. */
export function useNeighbours(sighting: Sighting, query: SearchQuery, aroundMs: number) {
  return useQuery({
    queryKey: ['neighbours', sighting.sightingId, query.purpose.trim(), query.caseId],
    enabled: hasPurpose(query),
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const timeMs = new Date(sighting.time).getTime();
      const body = {
        ...reasonOf(query),
        from: new Date(timeMs - aroundMs).toISOString(),
        to: new Date(timeMs + aroundMs).toISOString(),
        cameraIds: [sighting.cameraId],
        limit: 50,
      };
      const page = await sendJson<SightingPage>('POST', '/api/sightings/search', body, signal);
      return page.sightings.toReversed();
    },
  });
}

/** Contradictions of one day, of all plates or of one. */
export function useCloneCheck(dayMs: number | undefined, plate: string, query: SearchQuery) {
  return useQuery({
    queryKey: ['clones', dayMs, plate, query.purpose.trim(), query.caseId],
    enabled: dayMs !== undefined && hasPurpose(query),
    staleTime: 60_000,
    queryFn: ({ signal }) => {
      const fromMs = dayMs ?? 0;
      const body = {
        ...reasonOf(query),
        from: new Date(fromMs).toISOString(),
        to: new Date(Math.min(dayStart(fromMs, 1), fromMs + 86_400_000) - 1).toISOString(),
        ...(plate === '' ? {} : { plate }),
      };
      return sendJson<CloneReport>('POST', '/api/sightings/clones', body, signal);
    },
  });
}
