import './playback.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { PlaybackPlayer } from '../player/playback-player.tsx';
import { SyncPlayer } from '../player/sync-player.tsx';
import { startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState } from '../shared/placeholders.tsx';
import { useCameras, useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';
import { useKeys } from '../shared/use-keys.ts';
import { ExportDialog } from './export-dialog.tsx';

/** Dragging along the timeline must not fill the browser's history machinery. */
const writeAfterMs = 400;
/** Without a time in the address one sees what has just happened. */
const justNowMs = 30_000;
/** More pictures at once would be too small to follow. */
const mostTogether = 9;
/** Around the moment that is seen, when nothing was marked. */
const exportAroundMs = 30_000;

function nextDay(dayMs: number): number {
  const date = new Date(dayMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

export function PlaybackPage() {
  const { say } = useText();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const cameras = useCameras();
  const asked = search.get('camera') ?? cameras.data?.[0]?.id ?? '';
  const ids = useMemo(() => [...new Set(asked.split(',').filter((id) => id !== ''))].slice(0, mostTogether), [asked]);
  const [cameraId] = ids;
  const nameOf = (id: string): string => cameras.data?.find((camera) => camera.id === id)?.name ?? id;
  const shown = ids.map((id) => ({ id, name: nameOf(id) }));
  const mayExport = useMay('recording.export');
  const [isExporting, setExporting] = useState(false);
  const nowMs = useRef<number>(undefined);
  const [marks, setMarks] = useState<{ fromMs?: number | undefined; toMs?: number | undefined }>({});
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
  const mark = (which: 'fromMs' | 'toMs') =>
    nowMs.current !== undefined && setMarks((before) => ({ ...before, [which]: nowMs.current }));
  const atMs = nowMs.current ?? startMs;
  const chosen =
    marks.fromMs !== undefined || marks.toMs !== undefined
      ? {
          fromMs: marks.fromMs ?? (marks.toMs ?? atMs) - 2 * exportAroundMs,
          toMs: marks.toMs ?? (marks.fromMs ?? atMs) + 2 * exportAroundMs,
        }
      : undefined;
  useKeys(
    mayExport
      ? [
          { keys: ['I', 'O'], label: 'keys.playback.mark', run: (key) => mark(key === 'I' ? 'fromMs' : 'toMs') },
          { keys: ['X'], label: 'keys.playback.export', run: () => setExporting(true) },
        ]
      : [],
  );
  const setCameras = (next: readonly string[]) => write({ camera: next.join(',') });
  const toWall = () => {
    const layout = ids.length > 4 ? 9 : ids.length > 1 ? 4 : 1;
    void navigate(`/wall?layout=${layout}&tiles=${ids.join(',')}`);
  };
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.playback')}</h1>
        <div className="playback-cameras">
          <select
            className="input"
            aria-label={say('playback.camera')}
            data-testid="playback-camera"
            value={cameraId ?? ''}
            onChange={(event) =>
              setCameras([event.target.value, ...ids.slice(1).filter((id) => id !== event.target.value)])
            }
          >
            {(cameras.data ?? []).map((camera) => (
              <option key={camera.id} value={camera.id}>
                {camera.name}
              </option>
            ))}
          </select>
          {cameraId !== undefined && ids.length < mostTogether && (
            <select
              className="input"
              aria-label={say('playback.addCamera')}
              data-testid="playback-add"
              value=""
              onChange={(event) => {
                if (nowMs.current !== undefined) write({ timeMs: Math.round(nowMs.current) });
                setCameras([...ids, event.target.value]);
              }}
            >
              <option value="">{say('playback.addCamera')}</option>
              {(cameras.data ?? [])
                .filter((camera) => !ids.includes(camera.id))
                .map((camera) => (
                  <option key={camera.id} value={camera.id}>
                    {camera.name}
                  </option>
                ))}
            </select>
          )}
        </div>
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
        {mayExport && cameraId !== undefined && (
          <div className="playback-marks spread">
            <button
              type="button"
              className="button quiet small-button"
              aria-pressed={marks.fromMs !== undefined}
              title={`${say('playback.markIn')} (I)`}
              onClick={() => (marks.fromMs === undefined ? mark('fromMs') : setMarks({ ...marks, fromMs: undefined }))}
            >
              {say('playback.in')}
            </button>
            <button
              type="button"
              className="button quiet small-button"
              aria-pressed={marks.toMs !== undefined}
              title={`${say('playback.markOut')} (O)`}
              onClick={() => (marks.toMs === undefined ? mark('toMs') : setMarks({ ...marks, toMs: undefined }))}
            >
              {say('playback.out')}
            </button>
            <button
              type="button"
              className="button"
              title={`${say('export.title')} (X)`}
              data-testid="export-open"
              onClick={() => setExporting(true)}
            >
              <Icon name="download" size={17} />
              {say('export.open')}
            </button>
          </div>
        )}
      </div>
      {isExporting && (
        <ExportDialog
          cameras={shown}
          fromMs={Math.floor((chosen?.fromMs ?? atMs - exportAroundMs) / 1000) * 1000}
          toMs={Math.ceil((chosen?.toMs ?? atMs + exportAroundMs) / 1000) * 1000}
          nameOf={nameOf}
          onClose={() => setExporting(false)}
        />
      )}
      <div className="page-body">
        {cameraId === undefined ? (
          !cameras.isPending && <EmptyState icon="film" title={say('playback.chooseCamera')} />
        ) : ids.length > 1 ? (
          <SyncPlayer
            key={`sync-${dayMs}`}
            cameras={shown}
            fromMs={dayMs}
            toMs={nextDay(dayMs)}
            startMs={startMs}
            chosen={chosen}
            onTime={(timeMs) => {
              nowMs.current = timeMs;
            }}
            onSettled={onSettled}
            onRemove={(id) => setCameras(ids.filter((other) => other !== id))}
            onLive={toWall}
          />
        ) : (
          <PlaybackPlayer
            key={`${cameraId}-${dayMs}`}
            cameraId={cameraId}
            fromMs={dayMs}
            toMs={nextDay(dayMs)}
            startMs={startMs}
            onSettled={onSettled}
            chosen={chosen}
            onTime={(timeMs) => {
              nowMs.current = timeMs;
            }}
            onLive={toWall}
          />
        )}
      </div>
    </div>
  );
}
