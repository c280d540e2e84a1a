import { useEffect, useRef } from 'react';
import { RecordingTimeline } from '../player/recording-timeline.tsx';
import { speeds, stepSpeed } from '../player/speeds.ts';
import { usePlayback } from '../player/use-playback.ts';
import { formatTime, startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import type { TextKey } from '../shared/i18n.ts';
import { useKeys } from '../shared/use-keys.ts';
import { useSize } from '../shared/use-size.ts';

/** What is loaded around a look back: enough to go on stepping back for a while. */
const beforeMs = 300_000;
const afterMs = 600_000;
/** A tile narrower than this has no room for a timeline of the day. */
const wideEnoughPx = 520;

interface LookBackProps {
  readonly cameraId: string;
  readonly fromMs: number;
  readonly isSelected: boolean;
  /** What is seen now; undefined while nothing is. */
  onTime: (timeMs: number | undefined) => void;
  onSeek: (timeMs: number) => void;
  onVideo: (video: HTMLVideoElement | null) => void;
}

/** The recording over a live tile; the live picture goes on underneath. */
export function LookBack({ cameraId, fromMs, isSelected, onTime, onSeek, onVideo }: LookBackProps) {
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const isWide = width >= wideEnoughPx;
  const video = useRef<HTMLVideoElement>(null);
  // The range stays while one steps back within it, so that nothing is loaded twice.
  const anchor = useRef<{ fromMs: number; toMs: number }>(undefined);
  const wanted = isWide
    ? { fromMs: startOfDay(fromMs), toMs: startOfDay(fromMs) + 86_400_000 }
    : { fromMs: fromMs - beforeMs, toMs: fromMs + afterMs };
  const current = anchor.current;
  const isInside = current && fromMs >= current.fromMs && fromMs < current.toMs - 1000;
  if (!isInside || (isWide && current.toMs - current.fromMs < 3_600_000)) anchor.current = wanted;
  const range = anchor.current ?? wanted;
  const { snapshot, timeline, engine } = usePlayback({ video, cameraId, ...range, startMs: fromMs });
  const { timeMs } = snapshot;
  const told = useRef(onTime);
  told.current = onTime;
  useEffect(() => told.current(timeMs), [timeMs]);
  const show = useRef(onVideo);
  show.current = onVideo;
  useEffect(() => {
    show.current(video.current);
    return () => {
      show.current(null);
      told.current(undefined);
    };
  }, []);
  const toggle = () => (snapshot.isPlaying ? engine.current?.pause() : engine.current?.play());
  useKeys(
    isSelected
      ? [
          { keys: [',', '.'], label: 'keys.playback.frame', run: (key) => engine.current?.step(key === ',' ? -1 : 1) },
          {
            keys: ['-', '+', '='],
            show: '- +',
            label: 'keys.playback.speed',
            run: (key) => engine.current?.setRate(stepSpeed(snapshot.rate, key === '-' ? -1 : 1)),
          },
          { keys: ['K'], label: 'keys.playback.toggle', run: toggle },
        ]
      : [],
  );
  const iso = timeMs === undefined ? '' : new Date(timeMs).toISOString();
  const button = (icon: IconName, label: TextKey, run: () => void) => (
    <button type="button" className="tile-button" aria-label={say(label)} title={say(label)} onClick={run}>
      <Icon name={icon} size={16} />
    </button>
  );
  return (
    <div ref={holder} className="look-back">
      <video ref={video} className="tile-picture" muted playsInline data-testid="playback-video" data-time={iso} />
      <div className="look-back-bar" onDoubleClick={(event) => event.stopPropagation()}>
        <div className="look-back-row">
          {button(
            snapshot.isPlaying ? 'pause' : 'play',
            snapshot.isPlaying ? 'playback.pause' : 'playback.play',
            toggle,
          )}
          {isWide && button('stepBack', 'playback.stepBack', () => engine.current?.step(-1))}
          {isWide && button('stepForward', 'playback.stepForward', () => engine.current?.step(1))}
          <span className="look-back-note">
            {snapshot.phase === 'nothing' && say('playback.nothingHere')}
            {snapshot.phase === 'end' && say('playback.atEnd')}
            {snapshot.phase === 'loading' && say('playback.loading')}
            {snapshot.phase === 'ready' && timeMs !== undefined && formatTime(timeMs)}
          </span>
          {isWide && (
            <select
              className="look-back-speed"
              aria-label={say('playback.speed')}
              value={snapshot.rate}
              onChange={(event) => engine.current?.setRate(Number(event.target.value))}
            >
              {speeds.map((speed) => (
                <option key={speed} value={speed}>
                  {speed}×
                </option>
              ))}
            </select>
          )}
        </div>
        {isWide && (
          <RecordingTimeline
            timeline={timeline}
            cameraId={cameraId}
            bounds={range}
            shownMs={3_600_000}
            timeMs={timeMs ?? fromMs}
            canZoom={false}
            onSeek={onSeek}
          />
        )}
      </div>
    </div>
  );
}
