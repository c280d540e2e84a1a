import { type RefObject, useEffect, useState } from 'react';
import { useLiveWays } from '../shared/queries.ts';
import { LiveSession, type LiveSnapshot, noSnapshot } from './live-session.ts';

/** `?way=fmp4` in the address forces the fallback: for tests, and for telling which way is at fault. */
const isFallbackForced = (): boolean => new URLSearchParams(location.search).get('way') === 'fmp4';

/** Plays a camera live in the element while `isWanted`; the picture stays when it is not. */
export function useLive(options: {
  video: RefObject<HTMLVideoElement | null>;
  cameraId: string;
  tileId: string;
  isWanted: boolean;
}): LiveSnapshot {
  const { video, cameraId, tileId, isWanted } = options;
  const [snapshot, setSnapshot] = useState<LiveSnapshot>(noSnapshot);
  const ways = useLiveWays();
  const mayUseWebrtc = (ways.data?.webrtc ?? false) && !isFallbackForced();
  const isDecided = ways.data !== undefined || ways.isError;
  useEffect(() => {
    const element = video.current;
    if (!element || !isWanted || !isDecided) return;
    const session = new LiveSession({ video: element, cameraId, tileId, mayUseWebrtc, onSnapshot: setSnapshot });
    return () => {
      session.close();
      setSnapshot(noSnapshot);
    };
  }, [video, cameraId, tileId, isWanted, isDecided, mayUseWebrtc]);
  return snapshot;
}
