import { useEffect, useMemo, useRef, useState } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { usePlayback } from '../../player/use-playback.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatClock, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { EmptyState } from '../../shared/placeholders.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { routeStretches, type Stretch } from './route-plan.ts';

const lengths = [5, 10, 20] as const;
/** A stretch without a picture is left after so long. */
const patienceMs = 4_000;

interface RoutePlayerProps {
  readonly plate: string;
  readonly sightings: readonly Sighting[];
  /** Which pass is shown, for map and timeline. */
  onAt: (sightingId: string) => void;
  onClose: () => void;
}

/** The passes of a trajectory one after another, from camera to camera, with the list of them. */
export function RoutePlayer({ plate, sightings, onAt, onClose }: RoutePlayerProps) {
  const { say } = useText();
  const [seconds, setSeconds] = useState<number>(10);
  const [index, setIndex] = useState(0);
  const stretches = useMemo(() => routeStretches(sightings, seconds * 1000), [sightings, seconds]);
  const current = stretches[index];
  const at = current?.sighting.sightingId;
  const tell = useRef(onAt);
  tell.current = onAt;
  useEffect(() => {
    if (at !== undefined) tell.current(at);
  }, [at]);
  const missing = sightings.length - sightings.filter((sighting) => sighting.isRecorded).length;
  return (
    <section className="pass route-player" aria-label={say('route.title')} data-testid="route-player">
      <header className="pass-head">
        <h2>{say('route.title')}</h2>
        <PlateChip plate={{ text: plate, colour: sightings.find((one) => one.plate)?.plate?.colour ?? 'unknown' }} />
        {missing > 0 && <span className="muted small">{say('route.missing', { count: missing })}</span>}
        <div className="pass-walk">
          <div className="segmented" role="group" aria-label={say('route.around')}>
            {lengths.map((length) => (
              <button key={length} type="button" aria-pressed={length === seconds} onClick={() => setSeconds(length)}>
                {say('route.seconds', { count: length })}
              </button>
            ))}
          </div>
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('common.close')}
            title={`${say('common.close')} (Esc)`}
            onClick={onClose}
          >
            <Icon name="close" size={18} />
          </button>
        </div>
      </header>
      {current === undefined ? (
        <EmptyState icon="film" title={say('route.nothing')} detail={say('route.nothingDetail')} />
      ) : (
        <div className="route-body">
          <Stage
            key={`${current.sighting.sightingId} ${seconds}`}
            stretch={current}
            position={say('pass.position', { index: index + 1, total: stretches.length })}
            onEnd={() => index < stretches.length - 1 && setIndex(index + 1)}
            onStep={(by) => setIndex(Math.max(0, Math.min(stretches.length - 1, index + by)))}
          />
          <ol className="route-list">
            {stretches.map(({ sighting }, place) => (
              <li key={sighting.sightingId}>
                <button
                  type="button"
                  className={`stop${place === index ? ' highlighted' : ''}`}
                  aria-current={place === index}
                  data-testid="route-stop"
                  onClick={() => setIndex(place)}
                >
                  <span className="stop-number">{place + 1}</span>
                  <span className="one-line">{sighting.cameraName}</span>
                  <time className="muted small" title={formatTime(sighting.time)}>
                    {formatClock(sighting.time)}
                  </time>
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

function Stage(props: { stretch: Stretch; position: string; onEnd: () => void; onStep: (by: 1 | -1) => void }) {
  const { say } = useText();
  const { sighting, fromMs, toMs } = props.stretch;
  const video = useRef<HTMLVideoElement>(null);
  const { snapshot, error, engine } = usePlayback({
    video,
    cameraId: sighting.cameraId,
    fromMs,
    toMs,
    startMs: fromMs,
  });
  const end = useRef(props.onEnd);
  end.current = props.onEnd;
  const isOver = (snapshot.timeMs ?? 0) >= toMs || snapshot.phase === 'end' || snapshot.skipped !== undefined;
  const isEmpty = snapshot.phase === 'nothing' || error !== undefined;
  useEffect(() => {
    if (isOver && snapshot.isPlaying) end.current();
  }, [isOver, snapshot.isPlaying]);
  useEffect(() => {
    if (!isEmpty) return;
    const timer = setTimeout(() => end.current(), patienceMs);
    return () => clearTimeout(timer);
  }, [isEmpty]);
  const share = snapshot.timeMs === undefined ? 0 : (snapshot.timeMs - fromMs) / (toMs - fromMs);
  const mark = (Date.parse(sighting.time) - fromMs) / (toMs - fromMs);
  return (
    <div className="route-stage">
      <div className="playback-stage">
        <video
          ref={video}
          muted
          playsInline
          data-testid="route-video"
          data-camera={sighting.cameraId}
          data-time={snapshot.timeMs === undefined ? '' : new Date(snapshot.timeMs).toISOString()}
        />
        {snapshot.phase === 'loading' && error === undefined && (
          <div className="playback-note">{say('playback.loading')}</div>
        )}
        {snapshot.phase === 'nothing' && <div className="playback-note">{say('pass.notRecorded')}</div>}
        {error !== undefined && (
          <div className="playback-error">
            <ErrorNotice error={error} />
          </div>
        )}
        <div className="route-caption">
          <strong>{sighting.cameraName}</strong>
          <span>{snapshot.timeMs === undefined ? formatTime(sighting.time) : formatTime(snapshot.timeMs)}</span>
        </div>
      </div>
      <div className="route-progress" aria-hidden="true">
        <span style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
        <i style={{ left: `${mark * 100}%` }} />
      </div>
      <div className="route-controls">
        <button
          type="button"
          className="button icon"
          aria-label={say('pass.previous')}
          title={say('pass.previous')}
          onClick={() => props.onStep(-1)}
        >
          <Icon name="stepBack" />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label={say(snapshot.isPlaying ? 'playback.pause' : 'playback.play')}
          onClick={() => (snapshot.isPlaying ? engine.current?.pause() : engine.current?.play())}
        >
          <Icon name={snapshot.isPlaying ? 'pause' : 'play'} />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label={say('pass.next')}
          title={say('pass.next')}
          onClick={() => props.onStep(1)}
        >
          <Icon name="stepForward" />
        </button>
        <span className="muted small">{props.position}</span>
      </div>
    </div>
  );
}
