import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Bookmark, BookmarkInput } from '#api/contract/wall.ts';
import { getJson, queryString, request, sendJson } from '../shared/api-client.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';

const none: readonly Bookmark[] = [];

/** What people marked on this camera within the range. */
export function useBookmarks(
  cameraId: string | undefined,
  range: { fromMs: number; toMs: number },
): readonly Bookmark[] {
  const query = useQuery({
    queryKey: ['bookmarks', cameraId, range.fromMs, range.toMs],
    enabled: cameraId !== undefined,
    queryFn: ({ signal }) => {
      const { fromMs, toMs } = range;
      const times = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
      return getJson<Bookmark[]>(`/api/bookmarks${queryString({ cameraId, ...times })}`, signal);
    },
    refetchInterval: 30_000,
  });
  return query.data ?? none;
}

/** Marks a moment, with a way back. */
export function useAddBookmark(): (input: { cameraId: string; cameraName: string; timeMs: number }) => void {
  const { say } = useText();
  const queries = useQueryClient();
  const onError = useProblemToast();
  const refresh = () => queries.invalidateQueries({ queryKey: ['bookmarks'] });
  const remove = useMutation({
    mutationFn: (id: string) => request(`/api/bookmarks/${id}`, { method: 'DELETE' }),
    onSuccess: refresh,
    onError,
  });
  const add = useMutation({
    mutationFn: ({ cameraId, time, note }: BookmarkInput & { cameraName: string }) =>
      sendJson<Bookmark>('POST', '/api/bookmarks', { cameraId, time, note }),
    onSuccess: async (bookmark, { cameraName }) => {
      showToast(say('tile.bookmarked', { camera: cameraName, time: formatTime(bookmark.time) }), {
        label: say('common.undo'),
        run: () => remove.mutate(bookmark.id),
      });
      await refresh();
    },
    onError,
  });
  return ({ cameraId, cameraName, timeMs }) =>
    add.mutate({ cameraId, cameraName, time: new Date(timeMs).toISOString(), note: '' });
}
