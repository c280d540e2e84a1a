import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PtzLock } from '#api/contract/cameras.ts';
import { getJson, sendJson } from '../../shared/api-client.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useMay } from '../../shared/queries.ts';
import { useProblemToast } from '../../shared/toast.tsx';

/** Who steers this camera now; one user at a time. */
export function PtzHolder({ cameraId }: { cameraId: string }) {
  const { say } = useText();
  const queries = useQueryClient();
  const mayTakeOver = useMay('camera.manage');
  const path = `/api/cameras/${cameraId}/ptz-lock`;
  const queryKey = ['ptz-lock', cameraId];
  const lock = useQuery({
    queryKey,
    queryFn: ({ signal }) => getJson<PtzLock>(path, signal),
    refetchInterval: 2000,
  });
  const change = useMutation({
    mutationFn: (isMine: boolean) => (isMine ? sendJson('DELETE', path) : sendJson('POST', path, { takeOver: true })),
    onSettled: () => queries.invalidateQueries({ queryKey }),
    onError: useProblemToast(),
  });
  const holder = lock.data?.holder;
  if (!holder) return null;
  return (
    <p className="ptz-holder small" role="status" data-testid="ptz-holder">
      <span className="with-icon">
        <Icon name="lock" size={14} />
        {holder.isYou ? say('ptz.heldByYou') : say('ptz.heldBy', { name: holder.username })}
      </span>
      {(holder.isYou || mayTakeOver) && (
        <button
          type="button"
          className="button small-button"
          disabled={change.isPending}
          onClick={() => change.mutate(holder.isYou)}
        >
          {say(holder.isYou ? 'ptz.release' : 'ptz.takeOver')}
        </button>
      )}
    </p>
  );
}
