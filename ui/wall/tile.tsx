import { memo, useEffect, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { DetectionOverlay } from '../player/detection-overlay.tsx';
import { StillPicture } from '../player/still-picture.tsx';
import { useLive } from '../player/use-live.ts';
import { useStill } from '../player/use-still.ts';
import { formatClock, formatDuration } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { useNow } from '../shared/use-now.ts';
import { usePageVisible } from '../shared/use-page-visible.ts';
import type { WallAlert } from './alert-board.ts';
import { AlertLine } from './alert-line.tsx';
import { draggedCamera } from './dragged-camera.ts';
import { LookBack } from './look-back.tsx';
import { TileActionBar } from './tile-action-bar.tsx';
import type { ShownPicture, TileActions, TileMode } from './tile-actions.ts';
import { TileFigure } from './tile-head.tsx';
import { TilePtz } from './tile-ptz.tsx';
import { frozenForMs, tileState } from './tile-state.ts';
import { TileVeil } from './tile-veil.tsx';
import { TileView } from './tile-view.tsx';
import type { TileZoom } from './tile-zoom.ts';
import { useDressed } from './use-dressed.ts';

export interface TileProps {
  readonly number: number;
  readonly cameraId: string | undefined;
  readonly camera: Camera | undefined;
  readonly isLoaded: boolean;
  readonly isSelected: boolean;
  readonly hasBoxes: boolean;
  readonly hasPtz: boolean;
  readonly mode: TileMode;
  readonly zoom: TileZoom;
  readonly isFull: boolean;
  readonly alert: WallAlert | undefined;
  readonly actions: TileActions;
  /** Told how to get at the picture that is shown. */
  onPicture: (get: (() => ShownPicture | undefined) | undefined) => void;
}

/** Drawn anew only when something of its own changed. */
export const Tile = memo(function Tile(props: TileProps) {
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
});

function CameraTile(props: TileProps & { camera: Camera }) {
  const { number, camera, mode, actions, zoom, alert } = props;
  const { say } = useText();
  const mayLookBack = useMay('recording.view');
  const maySteer = useMay('camera.control') && camera.onvif?.hasPtz === true;
  const video = useRef<HTMLVideoElement>(null);
  const recorded = useRef<HTMLVideoElement>(null);
  const recordedMs = useRef<number>(undefined);
  const isVisible = usePageVisible();
  const isWanted = isVisible && !['disabled', 'unsupported'].includes(camera.state.status);
  const [hasPicture, setHasPicture] = useState(false);
  const { still, isSettled } = useStill(camera.id, !hasPicture);
  const live = useLive({ video, cameraId: camera.id, tileId: `tile-${number}`, isWanted: isWanted && isSettled });
  const isDressed = useDressed(isSettled);
  const state = tileState(camera.state, live);
  // Set while drawing, so that nothing in between is seen.
  if (hasPicture !== (live.pictureAgeMs !== undefined)) setHasPicture(!hasPicture);
  const isBack = mode.kind === 'back';
  const isVeiled = !isBack && !['live', 'delayed', 'connecting'].includes(state);
  const pictureMs = hasPicture ? serverNow() - (live.pictureAgeMs ?? 0) - (live.latencyMs ?? 0) : still?.timeMs;

  const picture = useRef<() => ShownPicture | undefined>(() => undefined);
  picture.current = () => {
    if (isBack) {
      const element = recorded.current;
      if (!element || recordedMs.current === undefined) return undefined;
      return { video: element, timeMs: recordedMs.current, source: 'recording' };
    }
    if (!video.current || !hasPicture) return undefined;
    return { video: video.current, timeMs: live.pictureTimeMs ?? serverNow(), source: 'live' };
  };
  const { onPicture } = props;
  const tell = useRef(onPicture);
  tell.current = onPicture;
  useEffect(() => {
    tell.current(() => picture.current());
    return () => tell.current(undefined);
  }, []);

  return (
    <article
      className={`tile is-${state}${isBack ? ' is-back' : ''}`}
      data-testid="tile"
      data-camera={camera.id}
      data-way={live.way ?? ''}
      data-state={isBack ? 'back' : state}
      data-frames={live.frames}
      aria-label={camera.name}
      draggable={zoom.scale === 1 && !props.hasPtz}
      onDragStart={(event) => draggedCamera.write(event.dataTransfer, camera.id)}
    >
      <TileView zoom={zoom} onZoom={actions.zoom}>
        {!hasPicture && still && <StillPicture still={still} className="tile-picture" />}
        {/* After the stills: putting sixteen of these into the page costs a browser several milliseconds. */}
        {isSettled && (
          <video
            ref={video}
            className={`tile-picture${hasPicture || !still ? '' : ' waiting'}`}
            muted
            playsInline
            autoPlay
          />
        )}
        {props.hasBoxes && !isBack && <DetectionOverlay cameraId={camera.id} video={video} />}
      </TileView>
      {isBack && (
        <LookBack
          cameraId={camera.id}
          fromMs={mode.fromMs}
          isSelected={props.isSelected}
          onTime={(timeMs) => {
            recordedMs.current = timeMs;
          }}
          onSeek={actions.seek}
          onVideo={(element) => {
            recorded.current = element;
          }}
        />
      )}
      {isDressed && state === 'connecting' && !isBack && <div className="tile-progress" aria-hidden="true" />}
      {isVeiled && (
        <TileVeil
          camera={camera}
          state={state}
          frozenMs={frozenForMs(live)}
          failureCode={live.failureCode}
          isSame={live.sameForMs > (live.pictureAgeMs ?? 0)}
          pictureMs={pictureMs}
        />
      )}

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
      {alert && <AlertLine alert={alert} onAcknowledge={() => actions.acknowledge(alert.key)} />}
      {props.hasPtz && maySteer && <TilePtz cameraId={camera.id} onClose={actions.togglePtz} />}
      {isDressed && (
        <TileActionBar
          cameraId={camera.id}
          mode={mode}
          actions={actions}
          hasBoxes={props.hasBoxes}
          hasPtz={props.hasPtz}
          isFull={props.isFull}
          mayLookBack={mayLookBack}
          maySteer={maySteer}
        />
      )}
      {!isBack && !isVeiled && (
        <footer className="tile-foot">
          {hasPicture && live.pictureTimeMs !== undefined && <time>{formatClock(live.pictureTimeMs)}</time>}
          {!hasPicture && still?.timeMs !== undefined && <StillAge timeMs={still.timeMs} />}
        </footer>
      )}
    </article>
  );
}

function StillAge({ timeMs }: { timeMs: number }) {
  const { say } = useText();
  const now = useNow(1000);
  return <span>{`${formatClock(timeMs)} · ${say('tile.stillAge', { age: formatDuration(now - timeMs) })}`}</span>;
}
