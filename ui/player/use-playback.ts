import { useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Timeline } from '#api/contract/recordings.ts';
import { getJson, queryString } from '../shared/api-client.ts';
import { serverNow } from '../shared/server-clock.ts';
import { noPlayback, PlaybackEngine, type PlaybackSnapshot } from './playback-engine.ts';

/** The running segment grows; near the present the timeline is asked again so often. */
const refreshMs = 4_000;

export interface Playback {
  readonly snapshot: PlaybackSnapshot;
  readonly timeline: Timeline | undefined;
  readonly error: unknown;
  readonly engine: RefObject<PlaybackEngine | undefined>;
}

/** Plays a camera's recordings of a range (at most 24 h) in the element, from `startMs` on; another `startMs` seeks. */
export function usePlayback(options: {
  video: RefObject<HTMLVideoElement | null>;
  cameraId: string;
  fromMs: number;
  toMs: number;
  startMs: number;
  /** Driven by a common clock: nothing is sought here. */
  isFollowing?: boolean;
}): Playback {
  const { video, cameraId, fromMs, toMs, startMs, isFollowing = false } = options;
  const [snapshot, setSnapshot] = useState<PlaybackSnapshot>(noPlayback);
  const engine = useRef<PlaybackEngine>(undefined);
  const query = useQuery({
    queryKey: ['timeline', cameraId, fromMs, toMs],
    queryFn: ({ signal }) => {
      const range = queryString({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() });
      return getJson<Timeline>(`/api/recordings/${cameraId}/timeline${range}`, signal);
    },
    refetchInterval: () => (toMs > serverNow() - 60_000 ? refreshMs : false),
  });
  const firstMs = useRef(startMs);
  firstMs.current = startMs;
  useEffect(() => {
    if (!video.current) return;
    const created = new PlaybackEngine({
      video: video.current,
      originMs: fromMs,
      startMs: firstMs.current,
      onSnapshot: setSnapshot,
    });
    engine.current = created;
    setSnapshot(noPlayback);
    return () => {
      engine.current = undefined;
      created.close();
    };
  }, [video, cameraId, fromMs]);
  useEffect(() => {
    if (query.data) engine.current?.setSegments(query.data.segments);
  }, [query.data, cameraId, fromMs]);
  useEffect(() => {
    if (!isFollowing) engine.current?.seek(startMs);
  }, [startMs, isFollowing]);
  return { snapshot, timeline: query.data, error: query.error ?? snapshot.error ?? undefined, engine };
}
