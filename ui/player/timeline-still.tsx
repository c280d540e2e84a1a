import { useEffect, useState } from 'react';

/** The pointer must rest for a moment: each picture is decoded for this alone. */
const restMs = 120;
/** Neighbouring pixels of a day's timeline are minutes apart; within this they show the same picture. */
const stepMs = 1_000;

/** The recording's picture at a moment of the timeline, above the pointer; nothing where nothing was recorded. */
export function TimelineStill({ cameraId, timeMs }: { cameraId: string; timeMs: number }) {
  const wantedMs = Math.floor(timeMs / stepMs) * stepMs;
  const [shownMs, setShownMs] = useState<number>();
  const [missingMs, setMissingMs] = useState<number>();
  useEffect(() => {
    const timer = setTimeout(() => setShownMs(wantedMs), restMs);
    return () => clearTimeout(timer);
  }, [wantedMs]);
  if (shownMs === undefined || missingMs === shownMs) return null;
  return (
    <img
      className="timeline-still"
      data-testid="timeline-still"
      src={`/api/recordings/${cameraId}/still.jpg?time=${new Date(shownMs).toISOString()}`}
      alt=""
      onError={() => setMissingMs(shownMs)}
    />
  );
}
