import { useQuery } from '@tanstack/react-query';
import type { ClipExport } from '#api/contract/exports.ts';
import { getJson } from '../shared/api-client.ts';

export const exportsKey = ['exports'];
const soonMs = 1_000;

export const isOpen = ({ state }: ClipExport): boolean => state === 'waiting' || state === 'running';

/** One's own exports; asked again every second while any is under way. */
export function useExports(isWanted: boolean) {
  return useQuery({
    queryKey: exportsKey,
    enabled: isWanted,
    queryFn: ({ signal }) => getJson<ClipExport[]>('/api/exports', signal),
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? soonMs : false),
  });
}
