import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Kitchen, Violation, ViolationFile } from '#api/contract/kitchen.ts';
import { getJson, queryString } from '../shared/api-client.ts';
import { liveEvents } from '../shared/live-events.ts';

export const violationFilters = ['unreviewed', 'open', 'remedy', 'all', 'held'] as const;
export type ViolationFilter = (typeof violationFilters)[number];

export function useKitchens() {
  return useQuery({
    queryKey: ['kitchens'],
    queryFn: ({ signal }) => getJson<Kitchen[]>('/api/kitchens', signal),
    refetchInterval: 30_000,
  });
}

export interface ViolationQuestion {
  readonly state: ViolationFilter;
  readonly cameraId: string | undefined;
  readonly item: string | undefined;
  readonly district: string | undefined;
}

export function useViolations({ state, cameraId, item, district }: ViolationQuestion) {
  return useQuery({
    queryKey: ['violations', state, cameraId, item, district],
    queryFn: ({ signal }) =>
      getJson<Violation[]>(`/api/violations${queryString({ state, cameraId, item, district, limit: 200 })}`, signal),
    refetchInterval: 30_000,
  });
}

/** One violation with its steps, and the same item in this kitchen before. */
export function useViolationFile(violationId: string | undefined) {
  return useQuery({
    queryKey: ['violation', violationId],
    enabled: violationId !== undefined,
    queryFn: ({ signal }) => getJson<ViolationFile>(`/api/violations/${violationId ?? ''}`, signal),
    // A clip that is on its way shows soon after it is there.
    refetchInterval: ({ state }) =>
      ['waiting', 'making'].includes(state.data?.violation.clip.state ?? '') ? 5000 : 30_000,
  });
}

/** A violation that begins or ends shows at once, not at the next poll. */
export function useFreshViolations(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      liveEvents.subscribe('event', (event) => {
        if (event.kind !== 'kitchen.violation') return;
        for (const key of ['kitchens', 'violations']) void client.invalidateQueries({ queryKey: [key] });
      }),
    [client],
  );
}
