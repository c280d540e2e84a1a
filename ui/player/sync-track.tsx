import { useEffect, useRef } from 'react';
import type { Timeline } from '#api/contract/recordings.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import type { FollowState, PlaybackEngine } from './playback-engine.ts';
import { usePlayback } from './use-playback.ts';

interface SyncTrackProps {
  readonly cameraId: string;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: number;
  readonly timeMs: number;
  readonly state: FollowState | undefined;
  onEngine: (cameraId: string, engine: PlaybackEngine | undefined) => void;
  onTimeline: (cameraId: string, timeline: Timeline | undefined) => void;
  onRemove: () => void;
}

/** One camera of several that play together. */
export function SyncTrack(props: SyncTrackProps) {
  const { cameraId, name, fromMs, toMs, startMs, timeMs, state, onEngine, onTimeline } = props;
  const { say, pick } = useText();
  const video = useRef<HTMLVideoElement>(null);
  const { snapshot, timeline, error, engine } = usePlayback({
    video,
    cameraId,
    fromMs,
    toMs,
    startMs,
    isFollowing: true,
  });
  useEffect(() => {
    onEngine(cameraId, engine.current);
    return () => onEngine(cameraId, undefined);
  }, [cameraId, fromMs, engine, onEngine]);
  useEffect(() => onTimeline(cameraId, timeline), [cameraId, timeline, onTimeline]);
  const gap = timeline?.gaps.find(
    (one) => new Date(one.start).getTime() <= timeMs && (one.end === undefined || new Date(one.end).getTime() > timeMs),
  );
  const shownMs = snapshot.timeMs;
  return (
    <div
      className={`sync-track${state === 'gap' ? ' no-picture' : ''}`}
      data-testid="sync-track"
      data-camera={cameraId}
      data-state={state ?? ''}
      data-time={shownMs === undefined ? '' : new Date(shownMs).toISOString()}
    >
      <video ref={video} muted playsInline />
      <div className="sync-name">
        <span className="one-line">{name}</span>
        <button
          type="button"
          aria-label={say('playback.removeCamera', { name })}
          title={say('playback.removeCamera', { name })}
          onClick={props.onRemove}
        >
          <Icon name="close" size={14} />
        </button>
      </div>
      {state === 'loading' && <div className="playback-note">{say('playback.loading')}</div>}
      {state === 'gap' && (
        <div className="playback-cover">
          <span>{gap ? pick(gap.reason) : say('playback.nothingNow')}</span>
        </div>
      )}
      {error !== undefined && (
        <div className="playback-error">
          <ErrorNotice error={error} />
        </div>
      )}
    </div>
  );
}
