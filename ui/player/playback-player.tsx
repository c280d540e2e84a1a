import './player.css';
import { useEffect, useRef, useState } from 'react';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatClock, formatTime } from '../shared/format.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { useKeys } from '../shared/use-keys.ts';
import { RecordingTimeline } from './recording-timeline.tsx';
import { speeds, stepSpeed } from './speeds.ts';
import { TimelineLegend } from './timeline-legend.tsx';
import { usePlayback } from './use-playback.ts';

interface PlaybackPlayerProps {
  readonly cameraId: string;
  /** Range of the timeline, at most 24 h. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: number;
  readonly markMs?: number;
  /** A stretch that was chosen, for an export. */
  readonly chosen?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** What is seen now. */
  onTime?: (timeMs: number) => void;
  /** Inside another page: no keys of its own, smaller controls. */
  readonly isPart?: boolean;
  /** The time of the picture when it was sought or paused, for the address. */
  onSettled?: (timeMs: number) => void;
  onLive?: () => void;
}

/** Recorded pictures of one camera, driven by a timeline. */
export function PlaybackPlayer(props: PlaybackPlayerProps) {
  const { say, pick } = useText();
  const { cameraId, fromMs, toMs, startMs, isPart = false } = props;
  const video = useRef<HTMLVideoElement>(null);
  const { snapshot, timeline, error, engine } = usePlayback({ video, cameraId, fromMs, toMs, startMs });
  const [soughtMs, setSoughtMs] = useState<number>();
  const timeMs = soughtMs ?? snapshot.timeMs;
  // Until the sought picture is there, the cursor stands where it was put.
  useEffect(() => setSoughtMs(undefined), [snapshot.timeMs]);

  const tellTime = useRef(props.onTime);
  tellTime.current = props.onTime;
  useEffect(() => {
    if (timeMs !== undefined) tellTime.current?.(timeMs);
  }, [timeMs]);

  const seek = (time: number) => {
    const bounded = Math.min(toMs, Math.max(fromMs, time));
    setSoughtMs(bounded);
    engine.current?.seek(bounded);
    props.onSettled?.(bounded);
  };
  const seekBy = (ms: number) => timeMs !== undefined && seek(timeMs + ms);
  const toggle = () => {
    if (!snapshot.isPlaying) return engine.current?.play();
    engine.current?.pause();
    if (snapshot.timeMs !== undefined) props.onSettled?.(snapshot.timeMs);
  };
  const changeSpeed = (by: 1 | -1) => engine.current?.setRate(stepSpeed(snapshot.rate, by));
  useKeys(
    isPart
      ? []
      : [
          { keys: ['Space'], label: 'keys.playback.toggle', run: toggle },
          {
            keys: ['ArrowLeft', 'ArrowRight'],
            label: 'keys.playback.ten',
            run: (key) => seekBy(key === 'ArrowLeft' ? -10_000 : 10_000),
          },
          { keys: [',', '.'], label: 'keys.playback.frame', run: (key) => engine.current?.step(key === ',' ? -1 : 1) },
          {
            keys: ['-', '+', '='],
            show: '- +',
            label: 'keys.playback.speed',
            run: (key) => changeSpeed(key === '-' ? -1 : 1),
          },
          ...(props.onLive ? [{ keys: ['L'], label: 'keys.playback.live' as const, run: props.onLive }] : []),
        ],
  );
  const { skipped } = snapshot;
  const gap =
    skipped &&
    timeline?.gaps.find(
      (one) =>
        new Date(one.start).getTime() < skipped.toMs &&
        (one.end === undefined || new Date(one.end).getTime() > skipped.fromMs),
    );
  const button = (icon: IconName, label: TextKey, run: () => void) => (
    <button type="button" className="button quiet icon" aria-label={say(label)} title={say(label)} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div className={`playback${isPart ? ' is-part' : ''}`}>
      <div className="playback-stage">
        <video
          ref={video}
          muted
          playsInline
          data-testid="playback-video"
          data-time={snapshot.timeMs === undefined ? '' : new Date(snapshot.timeMs).toISOString()}
          onClick={toggle}
        />
        {snapshot.phase === 'loading' && error === undefined && (
          <div className="playback-note">{say('playback.loading')}</div>
        )}
        {snapshot.phase === 'nothing' && (
          <div className="playback-cover">
            <EmptyState icon="film" title={say('playback.nothingHere')} detail={say('playback.nothingDetail')} />
          </div>
        )}
        {skipped && (
          <div className="playback-note" data-testid="gap-notice">
            {say(gap ? 'playback.skippedWhy' : 'playback.skipped', {
              from: formatClock(skipped.fromMs),
              to: formatClock(skipped.toMs),
              why: gap ? pick(gap.reason) : '',
            })}
          </div>
        )}
        {error !== undefined && (
          <div className="playback-error">
            <ErrorNotice error={error} />
          </div>
        )}
      </div>
      <div className="playback-controls">
        <div className="playback-buttons">
          {button('back10', 'playback.back10', () => seekBy(-10_000))}
          {button('stepBack', 'playback.stepBack', () => engine.current?.step(-1))}
          {button(
            snapshot.isPlaying ? 'pause' : 'play',
            snapshot.isPlaying ? 'playback.pause' : 'playback.play',
            toggle,
          )}
          {button('stepForward', 'playback.stepForward', () => engine.current?.step(1))}
          {button('forward10', 'playback.forward10', () => seekBy(10_000))}
        </div>
        <time className="playback-time" data-testid="playback-time">
          {timeMs === undefined ? '–' : formatTime(timeMs)}
        </time>
        {snapshot.phase === 'end' && <span className="muted small">{say('playback.atEnd')}</span>}
        <div className="segmented playback-speed" role="group" aria-label={say('playback.speed')}>
          {speeds.map((speed) => (
            <button
              key={speed}
              type="button"
              aria-pressed={speed === snapshot.rate}
              onClick={() => engine.current?.setRate(speed)}
            >
              {speed}×
            </button>
          ))}
        </div>
        {props.onLive && (
          <button type="button" className="button" onClick={props.onLive}>
            <Icon name="live" size={18} />
            {say('playback.toWall')}
          </button>
        )}
      </div>
      <RecordingTimeline
        timeline={timeline}
        cameraId={isPart ? undefined : cameraId}
        bounds={{ fromMs, toMs }}
        timeMs={timeMs}
        markMs={props.markMs}
        canZoom={!isPart}
        chosen={props.chosen}
        onSeek={seek}
      />
      {!isPart && <TimelineLegend />}
    </div>
  );
}
