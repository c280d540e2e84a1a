import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Kitchen, ReviewInput, Violation } from '#api/contract/kitchen.ts';
import { getJson, queryString, sendJson } from '../shared/api-client.ts';
import { liveEvents } from '../shared/live-events.ts';
import { useProblemToast } from '../shared/toast.tsx';

export const violationFilters = ['unreviewed', 'open', 'all'] as const;
export type ViolationFilter = (typeof violationFilters)[number];

export function useKitchens() {
  return useQuery({
    queryKey: ['kitchens'],
    queryFn: ({ signal }) => getJson<Kitchen[]>('/api/kitchens', signal),
    refetchInterval: 30_000,
  });
}

export function useViolations(filter: ViolationFilter, cameraId: string | undefined) {
  return useQuery({
    queryKey: ['violations', filter, cameraId],
    queryFn: ({ signal }) =>
      getJson<Violation[]>(`/api/violations${queryString({ state: filter, cameraId, limit: 200 })}`, signal),
    refetchInterval: 30_000,
  });
}

/** A violation that begins or ends shows at once, not at the next poll. */
export function useFreshViolations(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      liveEvents.subscribe('event', (event) => {
        if (event.kind !== 'kitchen.violation') return;
        void client.invalidateQueries({ queryKey: ['kitchens'] });
        void client.invalidateQueries({ queryKey: ['violations'] });
      }),
    [client],
  );
}

export interface Review {
  readonly violation: Violation;
  readonly input: ReviewInput;
}

export function useReview(onDone: (review: Review) => void) {
  const client = useQueryClient();
  const onError = useProblemToast();
  return useMutation({
    mutationFn: ({ violation, input }: Review) =>
      sendJson<Violation>('POST', `/api/violations/${violation.violationId}/review`, input),
    onSuccess: (_answer, review) => {
      void client.invalidateQueries({ queryKey: ['kitchens'] });
      void client.invalidateQueries({ queryKey: ['violations'] });
      onDone(review);
    },
    onError,
  });
}
