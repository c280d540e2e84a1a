import { useCallback, useEffect, useState } from 'react';
import { request } from '../../shared/api-client.ts';

export interface CameraStill {
  readonly url: string | undefined;
  /** When the picture was taken, epoch ms. */
  readonly timeMs: number | undefined;
  readonly state: 'loading' | 'there' | 'none';
  refresh: () => void;
}

/** One picture of the camera to draw on; it stays while a new one is fetched, and when that fails. */
export function useCameraStill(cameraId: string): CameraStill {
  const [picture, setPicture] = useState<{ readonly url: string; readonly timeMs: number | undefined }>();
  const [isMissing, setMissing] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      const response = await request(`/api/cameras/${cameraId}/still.jpg`, { signal: abort.signal });
      const timeMs = new Date(response.headers.get('x-picture-time') ?? '').getTime();
      const url = URL.createObjectURL(await response.blob());
      setMissing(false);
      setPicture((before) => {
        if (before) URL.revokeObjectURL(before.url);
        return { url, timeMs: Number.isNaN(timeMs) ? undefined : timeMs };
      });
    };
    load().catch(() => {
      if (!abort.signal.aborted) setMissing(true);
    });
    return () => abort.abort();
  }, [cameraId, round]);
  const refresh = useCallback(() => setRound((count) => count + 1), []);
  const state = picture ? 'there' : isMissing ? 'none' : 'loading';
  return { url: picture?.url, timeMs: picture?.timeMs, state, refresh };
}
