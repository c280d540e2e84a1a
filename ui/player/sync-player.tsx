import './player.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Timeline } from '#api/contract/recordings.ts';
import { formatClock, formatTime } from '../shared/format.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { useKeys } from '../shared/use-keys.ts';
import type { PlaybackEngine } from './playback-engine.ts';
import { RecordingTimeline } from './recording-timeline.tsx';
import { speeds, stepSpeed } from './speeds.ts';
import { SyncClock, type SyncSnapshot } from './sync-clock.ts';
import { SyncTrack } from './sync-track.tsx';
import type { View } from './timeline-geometry.ts';
import { TimelineLegend } from './timeline-legend.tsx';

const tickMs = 100;
/** Of 25 pictures a second, the usual rate. */
const frameMs = 40;

interface SyncPlayerProps {
  readonly cameras: readonly { readonly id: string; readonly name: string }[];
  /** Range of the timelines, at most 24 h. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly startMs: number;
  readonly chosen: { readonly fromMs: number; readonly toMs: number } | undefined;
  onTime: (timeMs: number) => void;
  onSettled: (timeMs: number) => void;
  onRemove: (cameraId: string) => void;
  onLive: () => void;
}

/** Several cameras at the same instant, on one clock. */
export function SyncPlayer(props: SyncPlayerProps) {
  const { cameras, fromMs, toMs, startMs, onSettled } = props;
  const { say } = useText();
  const [clock] = useState(() => new SyncClock(startMs));
  const [snapshot, setSnapshot] = useState<SyncSnapshot>(clock.snapshot);
  const engines = useRef(new Map<string, PlaybackEngine>());
  const [timelines, setTimelines] = useState<Readonly<Record<string, Timeline | undefined>>>({});
  const [view, setView] = useState<View>({ fromMs, toMs });
  const order = useRef(cameras);
  order.current = cameras;
  useEffect(() => {
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const list = order.current.flatMap(({ id }) => engines.current.get(id) ?? []);
      // A page that slept does not race after the time that has passed.
      setSnapshot(clock.tick(Math.min(500, now - last), list));
      last = now;
    }, tickMs);
    return () => clearInterval(timer);
  }, [clock]);
  useEffect(() => clock.seek(startMs), [clock, startMs]);
  const { timeMs, isPlaying, rate, states, skipped, isAtEnd } = snapshot;
  const tellTime = useRef(props.onTime);
  tellTime.current = props.onTime;
  useEffect(() => tellTime.current(timeMs), [timeMs]);

  const onEngine = useCallback((cameraId: string, engine: PlaybackEngine | undefined) => {
    if (engine) engines.current.set(cameraId, engine);
    else engines.current.delete(cameraId);
  }, []);
  const onTimeline = useCallback(
    (cameraId: string, timeline: Timeline | undefined) =>
      setTimelines((before) => ({ ...before, [cameraId]: timeline })),
    [],
  );
  const seek = (time: number) => {
    const bounded = Math.min(toMs - 1, Math.max(fromMs, time));
    clock.seek(bounded);
    setSnapshot(clock.snapshot);
    onSettled(bounded);
  };
  const toggle = () => {
    clock.setPlaying(!isPlaying);
    setSnapshot(clock.snapshot);
    if (isPlaying) onSettled(timeMs);
  };
  const step = (by: 1 | -1) => {
    clock.setPlaying(false);
    seek(timeMs + by * frameMs);
  };
  const setRate = (next: number) => {
    clock.setRate(next);
    setSnapshot(clock.snapshot);
  };
  useKeys([
    { keys: ['Space'], label: 'keys.playback.toggle', run: toggle },
    {
      keys: ['ArrowLeft', 'ArrowRight'],
      label: 'keys.playback.ten',
      run: (key) => seek(timeMs + (key === 'ArrowLeft' ? -10_000 : 10_000)),
    },
    { keys: [',', '.'], label: 'keys.playback.frame', run: (key) => step(key === ',' ? -1 : 1) },
    {
      keys: ['-', '+', '='],
      show: '- +',
      label: 'keys.playback.speed',
      run: (key) => setRate(stepSpeed(rate, key === '-' ? -1 : 1)),
    },
    { keys: ['L'], label: 'keys.playback.live', run: props.onLive },
  ]);
  const button = (icon: IconName, label: TextKey, run: () => void) => (
    <button type="button" className="button quiet icon" aria-label={say(label)} title={say(label)} onClick={run}>
      <Icon name={icon} />
    </button>
  );
  const columns = cameras.length > 4 ? 3 : 2;
  return (
    <div className="playback" data-testid="sync-player">
      <div
        className="sync-grid"
        style={{
          gridTemplateColumns: `repeat(${columns}, 1fr)`,
          gridTemplateRows: `repeat(${Math.ceil(cameras.length / columns)}, 1fr)`,
        }}
      >
        {cameras.map((camera, index) => (
          <SyncTrack
            key={camera.id}
            cameraId={camera.id}
            name={camera.name}
            fromMs={fromMs}
            toMs={toMs}
            startMs={startMs}
            timeMs={timeMs}
            state={states[index]}
            onEngine={onEngine}
            onTimeline={onTimeline}
            onRemove={() => props.onRemove(camera.id)}
          />
        ))}
      </div>
      <div className="playback-controls">
        <div className="playback-buttons">
          {button('back10', 'playback.back10', () => seek(timeMs - 10_000))}
          {button('stepBack', 'playback.stepBack', () => step(-1))}
          {button(isPlaying ? 'pause' : 'play', isPlaying ? 'playback.pause' : 'playback.play', toggle)}
          {button('stepForward', 'playback.stepForward', () => step(1))}
          {button('forward10', 'playback.forward10', () => seek(timeMs + 10_000))}
        </div>
        <time className="playback-time" data-testid="playback-time">
          {formatTime(timeMs)}
        </time>
        {isAtEnd && <span className="muted small">{say('playback.atEnd')}</span>}
        {skipped && (
          <span className="muted small" data-testid="gap-notice">
            {say('playback.skipped', { from: formatClock(skipped.fromMs), to: formatClock(skipped.toMs) })}
          </span>
        )}
        <div className="segmented playback-speed" role="group" aria-label={say('playback.speed')}>
          {speeds.map((speed) => (
            <button key={speed} type="button" aria-pressed={speed === rate} onClick={() => setRate(speed)}>
              {speed}×
            </button>
          ))}
        </div>
        <button type="button" className="button" onClick={props.onLive}>
          <Icon name="live" size={18} />
          {say('playback.toWall')}
        </button>
      </div>
      <div className="sync-lines">
        {cameras.map((camera, index) => (
          <div key={camera.id} className="sync-line">
            <span className="one-line" title={camera.name}>
              {camera.name}
            </span>
            <RecordingTimeline
              timeline={timelines[camera.id]}
              cameraId={camera.id}
              bounds={{ fromMs, toMs }}
              timeMs={timeMs}
              isSlim={index > 0}
              canZoom={index === 0}
              chosen={props.chosen}
              shared={{ view, setView }}
              onSeek={seek}
            />
          </div>
        ))}
      </div>
      <TimelineLegend />
    </div>
  );
}
