import { useEffect, useState } from 'react';
import { request } from '../shared/api-client.ts';

export interface Still {
  readonly url: string;
  /** When the picture was taken, epoch ms. */
  readonly timeMs: number | undefined;
}

/** The newest picture of the camera's small stream, so that a tile shows something at once; undefined while there is none. */
export function useStill(cameraId: string, isWanted: boolean): Still | undefined {
  const [still, setStill] = useState<Still>();
  useEffect(() => {
    if (!isWanted) return;
    const abort = new AbortController();
    let url = '';
    const load = async (): Promise<void> => {
      const response = await request(`/api/cameras/${cameraId}/still.jpg?stream=sub`, { signal: abort.signal });
      const timeMs = new Date(response.headers.get('x-picture-time') ?? '').getTime();
      url = URL.createObjectURL(await response.blob());
      setStill({ url, timeMs: Number.isNaN(timeMs) ? undefined : timeMs });
    };
    // No still (404) or no server: the tile says what it knows anyhow.
    load().catch(() => undefined);
    return () => {
      abort.abort();
      URL.revokeObjectURL(url);
      setStill(undefined);
    };
  }, [cameraId, isWanted]);
  return still;
}
