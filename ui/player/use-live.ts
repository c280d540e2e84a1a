import { type RefObject, useEffect, useRef, useState } from 'react';
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
  /** The picture is zoomed into: the main stream is shown, however small the element is. */
  wantsDetail?: boolean;
}): LiveSnapshot {
  const { video, cameraId, tileId, isWanted, wantsDetail = false } = options;
  const session = useRef<LiveSession>(undefined);
  const [snapshot, setSnapshot] = useState<LiveSnapshot>(noSnapshot);
  const ways = useLiveWays();
  const mayUseWebrtc = (ways.data?.webrtc ?? false) && !isFallbackForced();
  const isDecided = ways.data !== undefined || ways.isError;
  useEffect(() => {
    const element = video.current;
    if (!element || !isWanted || !isDecided) return;
    const opened = new LiveSession({ video: element, cameraId, tileId, mayUseWebrtc, onSnapshot: setSnapshot });
    session.current = opened;
    return () => {
      opened.close();
      setSnapshot(noSnapshot);
    };
  }, [video, cameraId, tileId, isWanted, isDecided, mayUseWebrtc]);
  useEffect(() => {
    if (session.current) session.current.wantsDetail = wantsDetail;
  });
  return snapshot;
}
