import { QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Camera } from '#api/contract/cameras.ts';
import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { LiveWays } from '#api/contract/live.ts';
import type { Permission, Session } from '#api/contract/session.ts';
import type { SystemStatus } from '#api/contract/system.ts';
import { ApiProblem, getJson } from './api-client.ts';
import { noteServerTime } from './server-clock.ts';

function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.isUnreachable || error.problem.status === 503);
}

/** What failed for a passing reason is asked again for ever, ever slower; everything else shows its problem at once. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: (count, error) => isPassing(error) && count < 100,
        retryDelay: (attempt) => Math.min(10_000, 500 * 2 ** attempt),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** null: nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: ['session'],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<Session | null> => {
      try {
        return await getJson<Session>('/api/session', signal);
      } catch (error) {
        if (error instanceof ApiProblem && error.problem.status === 401) return null;
        throw error;
      }
    },
  });
}

export function useMay(permission: Permission): boolean {
  const session = useQueryClient().getQueryData<Session | null>(['session']);
  return session?.permissions.includes(permission) ?? false;
}

/** State changes arrive by live events; the slow poll only mends what was missed while disconnected. */
export function useCameras() {
  return useQuery({
    queryKey: ['cameras'],
    queryFn: ({ signal }) => getJson<Camera[]>('/api/cameras', signal),
    refetchInterval: 15_000,
  });
}

export function useSystem() {
  return useQuery({
    queryKey: ['system'],
    queryFn: async ({ signal }) => {
      const sentMs = Date.now();
      const system = await getJson<SystemStatus>('/api/system', signal);
      noteServerTime(new Date(system.time).getTime(), sentMs, Date.now());
      return system;
    },
    refetchInterval: 10_000,
    retry: false,
  });
}

export function useLiveWays(isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ['live-ways'],
    queryFn: ({ signal }) => getJson<LiveWays>('/api/live/ways', signal),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });
}

export function useHygieneItems() {
  return useQuery({
    queryKey: ['hygiene-items'],
    queryFn: ({ signal }) => getJson<HygieneItem[]>('/api/hygiene-items', signal),
    staleTime: Infinity,
  });
}
