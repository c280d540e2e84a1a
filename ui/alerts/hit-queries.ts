import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { HitDecision, WatchlistEntry, WatchlistHit } from '#api/contract/sightings.ts';
import { getJson, queryString, sendJson } from '../shared/api-client.ts';
import { liveEvents } from '../shared/live-events.ts';

export type HitState = 'open' | 'confirmed' | 'false';
export const hitStates: readonly HitState[] = ['open', 'confirmed', 'false'];

export function useWatchlist() {
  const client = useQueryClient();
  useEffect(
    () =>
      liveEvents.subscribe('event', (event) => {
        if (event.kind !== 'watchlist.hit') return;
        void client.invalidateQueries({ queryKey: ['watchlist'] });
        void client.invalidateQueries({ queryKey: ['watchlist-hits'] });
      }),
    [client],
  );
  return useQuery({
    queryKey: ['watchlist'],
    queryFn: ({ signal }) => getJson<WatchlistEntry[]>('/api/watchlist', signal),
  });
}

export function useHits(state: HitState, entryId: string | undefined) {
  return useQuery({
    queryKey: ['watchlist-hits', state, entryId],
    queryFn: ({ signal }) => getJson<WatchlistHit[]>(`/api/watchlist/hits${queryString({ state, entryId })}`, signal),
  });
}

export function useDecideHit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ hitId, ...decision }: HitDecision & { hitId: string }) =>
      sendJson<WatchlistHit>('POST', `/api/watchlist/hits/${hitId}/decision`, decision),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['watchlist'] });
      void client.invalidateQueries({ queryKey: ['watchlist-hits'] });
      // Its line says what was decided.
      void client.invalidateQueries({ queryKey: ['feed'] });
    },
  });
}
