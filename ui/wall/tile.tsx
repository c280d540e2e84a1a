import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import { DetectionOverlay } from '../player/detection-overlay.tsx';
import { useLive } from '../player/use-live.ts';
import { useStill } from '../player/use-still.ts';
import { formatClock, formatDuration, formatStopwatch, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { useNow } from '../shared/use-now.ts';
import { usePageVisible } from '../shared/use-page-visible.ts';
import { draggedCamera } from './dragged-camera.ts';
import { LookBack } from './look-back.tsx';
import { frozenForMs, type TileState, tileState } from './tile-state.ts';

export type TileMode = { readonly kind: 'live' } | { readonly kind: 'back'; readonly stepMs: number };

interface TileActions {
  lookBack: () => void;
  toLive: () => void;
  toggleBoxes: () => void;
  toggleFull: () => void;
  clear: () => void;
}

interface TileProps {
  readonly number: number;
  readonly cameraId: string | undefined;
  readonly camera: Camera | undefined;
  readonly isLoaded: boolean;
  readonly hasBoxes: boolean;
  readonly mode: TileMode;
  readonly isFull: boolean;
  readonly actions: TileActions;
}

export function Tile(props: TileProps) {
  const { say } = useText();
  if (props.cameraId === undefined) {
    return (
      <div className="tile empty-tile" data-testid="tile" data-state="empty" data-frames="0">
        <span className="tile-number">{props.number}</span>
        <span className="muted small">{say('wall.emptyTile')}</span>
      </div>
    );
  }
  if (!props.camera) {
    return (
      <div
        className="tile empty-tile"
        data-testid="tile"
        data-state={props.isLoaded ? 'gone' : 'connecting'}
        data-frames="0"
      >
        {props.isLoaded && (
          <>
            <Icon name="lock" />
            <span className="small">{say('wall.gone')}</span>
            <span className="muted small">{say('wall.goneDetail')}</span>
          </>
        )}
      </div>
    );
  }
  return <CameraTile key={props.camera.id} {...props} camera={props.camera} />;
}

const tones: Record<TileState, 'ok' | 'warn' | 'bad' | 'idle'> = {
  live: 'ok',
  delayed: 'warn',
  connecting: 'idle',
  frozen: 'bad',
  stalled: 'warn',
  offline: 'bad',
  rejected: 'bad',
  unsupported: 'bad',
  unplayable: 'warn',
  disabled: 'idle',
};

function CameraTile({ number, camera, hasBoxes, mode, isFull, actions }: TileProps & { camera: Camera }) {
  const { say } = useText();
  const mayLookBack = useMay('recording.view');
  const video = useRef<HTMLVideoElement>(null);
  const isVisible = usePageVisible();
  const isWanted = isVisible && !['disabled', 'unsupported'].includes(camera.state.status);
  const live = useLive({ video, cameraId: camera.id, tileId: `tile-${number}`, isWanted });
  const state = tileState(camera.state, live);
  const hasPicture = live.pictureAgeMs !== undefined;
  const still = useStill(camera.id, !hasPicture);
  const isBack = mode.kind === 'back';
  const [backSinceMs, setBackSinceMs] = useState(0);
  useEffect(() => {
    if (isBack) setBackSinceMs(serverNow());
  }, [isBack]);
  const isVeiled = !isBack && !['live', 'delayed', 'connecting'].includes(state);

  return (
    <article
      className={`tile is-${state}${isBack ? ' is-back' : ''}`}
      data-testid="tile"
      data-camera={camera.id}
      data-way={live.way ?? ''}
      data-state={isBack ? 'back' : state}
      data-frames={live.frames}
      aria-label={camera.name}
      draggable
      onDragStart={(event) => draggedCamera.write(event.dataTransfer, camera.id)}
    >
      {!hasPicture && still && <img className="tile-picture" src={still.url} alt="" />}
      <video
        ref={video}
        className={`tile-picture${hasPicture || !still ? '' : ' waiting'}`}
        muted
        playsInline
        autoPlay
      />
      {hasBoxes && !isBack && <DetectionOverlay cameraId={camera.id} video={video} />}
      {isBack && backSinceMs > 0 && <LookBack cameraId={camera.id} fromMs={backSinceMs - mode.stepMs} />}
      {state === 'connecting' && !isBack && <div className="tile-progress" aria-hidden="true" />}
      {isVeiled && <Veil camera={camera} state={state} frozenMs={frozenForMs(live)} />}

      <header className="tile-head">
        <span className="tile-name one-line" title={camera.name}>
          {camera.name}
        </span>
        <TileFigure state={state} isBack={isBack} latencyMs={live.latencyMs} frozenMs={frozenForMs(live)} />
        {live.way === 'fmp4' && !isBack && hasPicture && (
          <span className="tile-tag" title={say('tile.fallbackDetail')}>
            {say('tile.fallback')}
          </span>
        )}
      </header>
      <div className="tile-actions" onDoubleClick={(event) => event.stopPropagation()}>
        {mayLookBack && <TileButton icon="back10" label="tile.back10" onClick={actions.lookBack} />}
        {isBack && <TileButton icon="live" label="tile.toLive" onClick={actions.toLive} />}
        <TileButton icon="boxes" label="tile.boxes" isPressed={hasBoxes} onClick={actions.toggleBoxes} />
        {mayLookBack && (
          <Link
            className="tile-button"
            to={`/playback?camera=${camera.id}`}
            aria-label={say('tile.openPlayback')}
            title={say('tile.openPlayback')}
          >
            <Icon name="playback" size={17} />
          </Link>
        )}
        <TileButton icon="expand" label="tile.full" isPressed={isFull} onClick={actions.toggleFull} />
        <TileButton icon="close" label="tile.clear" onClick={actions.clear} />
      </div>
      {!isBack && (
        <footer className="tile-foot">
          {hasPicture && live.pictureTimeMs !== undefined && <time>{formatClock(live.pictureTimeMs)}</time>}
          {!hasPicture && still?.timeMs !== undefined && <StillAge timeMs={still.timeMs} />}
        </footer>
      )}
    </article>
  );
}

function TileButton(props: {
  icon: 'back10' | 'live' | 'boxes' | 'expand' | 'close';
  label: 'tile.back10' | 'tile.toLive' | 'tile.boxes' | 'tile.full' | 'tile.clear';
  isPressed?: boolean;
  onClick: () => void;
}) {
  const { say } = useText();
  return (
    <button
      type="button"
      className="tile-button"
      aria-label={say(props.label)}
      aria-pressed={props.isPressed}
      title={say(props.label)}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={17} />
    </button>
  );
}

/** The word and the figure: '● 实时 0.3 s'. */
function TileFigure(props: { state: TileState; isBack: boolean; latencyMs: number | undefined; frozenMs: number }) {
  const { say } = useText();
  const { state } = props;
  if (props.isBack) {
    return (
      <span className="state tile-figure">
        <span className="state-dot warn" />
        {say('tile.lookBack')}
      </span>
    );
  }
  const isTile =
    state === 'live' || state === 'delayed' || state === 'connecting' || state === 'frozen' || state === 'unplayable';
  const word = isTile ? say(`tile.${state}`) : say(`status.${state}`);
  const latency = props.latencyMs === undefined ? '' : ` ${(props.latencyMs / 1000).toFixed(1)} s`;
  const figure =
    state === 'live' || state === 'delayed' ? latency : state === 'frozen' ? ` ${formatStopwatch(props.frozenMs)}` : '';
  return (
    <span className={`state tile-figure ${tones[state]}`}>
      <span className={`state-dot ${tones[state]}`} />
      {word}
      {figure}
    </span>
  );
}

function StillAge({ timeMs }: { timeMs: number }) {
  const { say } = useText();
  const now = useNow(1000);
  return <span>{`${formatClock(timeMs)} · ${say('tile.stillAge', { age: formatDuration(now - timeMs) })}`}</span>;
}

/** Over a picture that is not live: what is wrong, since when, why, and when it is tried again. */
function Veil({ camera, state, frozenMs }: { camera: Camera; state: TileState; frozenMs: number }) {
  const { say, pick } = useText();
  const now = useNow(1000);
  const { reason, since, nextRetry } = camera.state;
  if (state === 'frozen') {
    return (
      <div className="tile-veil">
        <strong>{`${say('tile.frozen')} ${formatStopwatch(frozenMs)}`}</strong>
      </div>
    );
  }
  if (state === 'unplayable') {
    return (
      <div className="tile-veil">
        <strong>{say('tile.unplayable')}</strong>
        <span>{say('tile.unplayableWhy', { codec: camera.state.codec ?? '' })}</span>
        <span className="tile-remedy">{say('tile.unplayableRemedy')}</span>
        <span className="muted">{say('common.code', { code: 'UI_LIVE_CODEC_UNSUPPORTED' })}</span>
      </div>
    );
  }
  if (state === 'live' || state === 'delayed' || state === 'connecting') return null;
  const waitMs = nextRetry === undefined ? 0 : new Date(nextRetry).getTime() - now;
  const isToday = formatTime(since).slice(0, 10) === formatTime(now).slice(0, 10);
  return (
    <div className="tile-veil">
      <strong>
        {say('tile.since', { state: say(`status.${state}`), time: isToday ? formatClock(since) : formatTime(since) })}
      </strong>
      {reason && <span>{pick(reason)}</span>}
      {reason && <span className="tile-remedy">{pick({ zh: reason.remedyZh, en: reason.remedyEn })}</span>}
      {waitMs > 0 && <span className="muted">{say('tile.nextRetry', { age: formatDuration(waitMs) })}</span>}
    </div>
  );
}
