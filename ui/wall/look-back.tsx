import { useRef } from 'react';
import { usePlayback } from '../player/use-playback.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';

/** What is loaded around a look back: enough to go on stepping back for a while. */
const beforeMs = 300_000;
const afterMs = 600_000;

/** The recording over a live tile; the live picture goes on underneath. */
export function LookBack({ cameraId, fromMs }: { cameraId: string; fromMs: number }) {
  const { say } = useText();
  const video = useRef<HTMLVideoElement>(null);
  // The range stays while one steps back within it, so that nothing is loaded twice.
  const anchorMs = useRef(fromMs);
  const { snapshot } = usePlayback({
    video,
    cameraId,
    fromMs: anchorMs.current - beforeMs,
    toMs: anchorMs.current + afterMs,
    startMs: fromMs,
  });
  const iso = snapshot.timeMs === undefined ? '' : new Date(snapshot.timeMs).toISOString();
  return (
    <>
      <video ref={video} className="tile-picture" muted playsInline data-testid="playback-video" data-time={iso} />
      <div className="look-back-note">
        {snapshot.phase === 'nothing' && say('playback.nothingHere')}
        {snapshot.phase === 'end' && say('playback.atEnd')}
        {snapshot.phase === 'loading' && say('playback.loading')}
        {snapshot.phase === 'ready' && snapshot.timeMs !== undefined && formatTime(snapshot.timeMs)}
      </div>
    </>
  );
}
