import { useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { useCameras } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';

/** Dragging along the timeline must not fill the browser's history machinery. */
const writeAfterMs = 400;
/** Without a time in the address one sees what has just happened. */
const justNowMs = 30_000;

function nextDay(dayMs: number): number {
  const date = new Date(dayMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

export function PlaybackPage() {
  const { say } = useText();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const cameras = useCameras();
  const cameraId = search.get('camera') ?? cameras.data?.[0]?.id;
  const [openedMs] = useState(() => serverNow() - justNowMs);
  const askedMs = new Date(search.get('time') ?? '').getTime();
  const addressMs = Number.isNaN(askedMs) ? openedMs : askedMs;
  // What the player itself wrote into the address is where it already is.
  const writtenMs = useRef<number>(undefined);
  const [startMs, setStartMs] = useState(addressMs);
  useEffect(() => {
    if (writtenMs.current !== addressMs) setStartMs(addressMs);
  }, [addressMs]);
  const dayMs = startOfDay(startMs);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const write = (change: { camera?: string; timeMs?: number }) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (change.camera !== undefined) next.set('camera', change.camera);
        if (change.timeMs !== undefined) next.set('time', new Date(change.timeMs).toISOString());
        return next;
      },
      { replace: true },
    );
  const onSettled = (timeMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      writtenMs.current = Math.round(timeMs);
      write({ timeMs: writtenMs.current });
    }, writeAfterMs);
  };
  /** The same time of another day, but not one that is still to come. */
  const goToDay = (timeMs: number) => write({ timeMs: Math.min(startOfDay(timeMs) + (startMs - dayMs), openedMs) });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.playback')}</h1>
        <select
          className="input"
          style={{ width: 260 }}
          aria-label={say('playback.camera')}
          data-testid="playback-camera"
          value={cameraId ?? ''}
          onChange={(event) => write({ camera: event.target.value })}
        >
          {(cameras.data ?? []).map((camera) => (
            <option key={camera.id} value={camera.id}>
              {camera.name}
            </option>
          ))}
        </select>
        <div className="day-pick">
          <button
            type="button"
            className="button quiet icon"
            aria-label={say('playback.dayBefore')}
            title={say('playback.dayBefore')}
            onClick={() => goToDay(dayMs - 12 * 3_600_000)}
          >
            <Icon name="left" size={18} />
          </button>
          <TimeField kind="day" label={say('playback.day')} valueMs={startMs} onChange={goToDay} />
          <button
            type="button"
            className="button quiet icon"
            aria-label={say('playback.dayAfter')}
            title={say('playback.dayAfter')}
            disabled={nextDay(dayMs) > openedMs}
            onClick={() => goToDay(nextDay(dayMs))}
          >
            <Icon name="right" size={18} />
          </button>
        </div>
      </div>
      <div className="page-body">
        {cameraId === undefined ? (
          !cameras.isPending && <EmptyState icon="film" title={say('playback.chooseCamera')} />
        ) : (
          <PlaybackPlayer
            key={`${cameraId}-${dayMs}`}
            cameraId={cameraId}
            fromMs={dayMs}
            toMs={nextDay(dayMs)}
            startMs={startMs}
            onSettled={onSettled}
            onLive={() => void navigate(`/wall?layout=1&tiles=${cameraId}`)}
          />
        )}
      </div>
    </div>
  );
}
