import './wall.css';
import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Camera } from '#api/contract/cameras.ts';
import { useEarlyStills } from '../player/use-still.ts';
import { useAddBookmark } from '../player/use-bookmarks.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { EmptyState } from '../shared/placeholders.tsx';
import { useCameras, useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { useMedia } from '../shared/use-media.ts';
import { AlertBar } from './alert-bar.tsx';
import { CameraList } from './camera-list.tsx';
import { CameraMapPane } from './camera-map-pane.tsx';
import { gridOf, neighbour } from './grid.ts';
import { LayoutPicker } from './layout-picker.tsx';
import { SavedWalls } from './saved-walls.tsx';
import { isAlertMine, screenOf } from './screens.ts';
import { ScreensMenu } from './screens-menu.tsx';
import { saveSnapshot } from './snapshot.ts';
import type { ShownPicture, TileActions } from './tile-actions.ts';
import { modeOf, readMemory, type TileMemory, withFresh, zoomOf } from './tile-memory.ts';
import { wholePicture, zoomAt } from './tile-zoom.ts';
import { TourBar } from './tour-bar.tsx';
import { useAlerts } from './use-alerts.ts';
import { useScreens } from './use-screens.ts';
import { useTileActions } from './use-tile-actions.ts';
import { useTour } from './use-tour.ts';
import { settingOf, useWall } from './use-wall.ts';
import { useWallKeys } from './use-wall-keys.ts';
import { WallGrid } from './wall-grid.tsx';
import { fromStep, nextTile, type Wall, withCamera, withLayout, withoutTile } from './wall-layout.ts';

const noCameras: readonly Camera[] = [];
const noTiles: ReadonlySet<number> = new Set();

/** A button that was clicked would keep Space and Enter for itself; the next key is for the wall again. */
function giveKeysBack(event: MouseEvent): void {
  const focused = document.activeElement;
  const isPointer = event.detail > 0;
  if (isPointer && (focused instanceof HTMLButtonElement || focused instanceof HTMLAnchorElement)) focused.blur();
}

export function WallPage() {
  const { say } = useText();
  const [address] = useSearchParams();
  const screen = screenOf(address);
  const query = useCameras();
  const cameras = query.data ?? noCameras;
  const isLoaded = query.data !== undefined;
  const byId = useMemo(() => new Map(cameras.map((camera) => [camera.id, camera])), [cameras]);
  const ids = useMemo(
    () => cameras.filter((camera) => camera.state.status !== 'disabled').map((camera) => camera.id),
    [cameras],
  );
  const [wall, changeWall] = useWall(ids, screen, isLoaded);
  useEarlyStills(() => wall.tiles.filter((id) => id !== undefined && byId.has(id)));
  const grid = gridOf(wall.layout) ?? gridOf('1');
  const memoryName = settingOf('wallTiles', screen);
  const [memory, setMemory] = useState<TileMemory>(() => readMemory(readSetting(memoryName)));
  useEffect(() => writeSetting(memoryName, JSON.stringify(memory)), [memoryName, memory]);
  const [ptz, setPtz] = useState<number>();
  const isSmall = useMedia('(max-width: 720px)');
  const listName = settingOf('cameraList', screen);
  const [isListShown, setListShown] = useState(
    (readSetting(listName) ?? (screen === 1 ? 'shown' : 'hidden')) !== 'hidden',
  );
  const [isMap, setMap] = useState(readSetting('wallSide') === 'map');
  const search = useRef<HTMLInputElement>(null);
  const pictures = useRef(new Map<number, () => ShownPicture | undefined>());
  const mayLookBack = useMay('recording.view');
  const maySteer = useMay('camera.control');
  const addBookmark = useAddBookmark();
  const showProblem = useProblemToast();
  const current = Math.min(memory.selected, wall.tiles.length - 1);
  const full = memory.full !== undefined && memory.full < wall.tiles.length ? memory.full : undefined;

  const { modes } = memory;
  const busy = useMemo((): ReadonlySet<number> => {
    const back = Object.keys(modes).map(Number);
    return back.length === 0 && ptz === undefined ? noTiles : new Set([...back, ...(ptz === undefined ? [] : [ptz])]);
  }, [modes, ptz]);
  const tilesKey = wall.tiles.join(',');
  const situation = useMemo(
    () => ({ tiles: wall.tiles, selected: current, busy }),
    // The address gives new lists of the same tiles.
    [tilesKey, wall.layout, current, busy],
  );
  const shownWall = useMemo((): Wall => ({ layout: wall.layout, tiles: wall.tiles }), [tilesKey, wall.layout]);

  const begin = (next: Wall) => {
    const changed = next.tiles.flatMap((id, index) => (id === wall.tiles[index] ? [] : [index]));
    setMemory((before) => ({ ...withFresh(before, ...changed), full: undefined }));
    setPtz(undefined);
    changeWall(() => next);
  };
  const place = (index: number, cameraId: string) => {
    const from = wall.tiles.indexOf(cameraId);
    setMemory((before) => ({ ...withFresh(before, index, ...(from >= 0 ? [from] : [])), selected: index }));
    changeWall((before) => withCamera(before, index, cameraId));
  };
  const screens = useScreens({
    screen,
    wall: shownWall,
    onCamera: (cameraId) => place(nextTile(wall, current), cameraId),
    onWall: (layout, tiles) => begin(fromStep({ layout, tiles: tiles.map((id) => id || null) })),
  });
  const alerts = useAlerts({
    screen,
    wall: situation,
    isLoaded,
    isMine: (cameraId) => isAlertMine(cameraId, screen, wall.tiles, screens.others),
  });
  const tour = useTour(screen, begin);
  const alertAt = new Map(alerts.board.shown.map(({ alert, tile }) => [tile, alert]));
  /** What a tile shows: its camera, or for a while the one of an alert. */
  const cameraAt = (index: number): string | undefined => alertAt.get(index)?.cameraId ?? wall.tiles[index];

  const select = (index: number) =>
    setMemory((before) => ({ ...before, selected: index, full: before.full === undefined ? undefined : index }));
  const toggleFull = (index: number) =>
    setMemory((before) => ({ ...before, selected: index, full: before.full === undefined ? index : undefined }));
  const seek = (index: number, fromMs: number) => {
    const bounded = Math.min(fromMs, serverNow());
    setMemory((before) => ({ ...before, modes: { ...before.modes, [index]: { kind: 'back', fromMs: bounded } } }));
  };
  const lookBack = (index: number, ms: number) => {
    if (!mayLookBack || cameraAt(index) === undefined) return;
    const shown = pictures.current.get(index)?.();
    // From what is seen: the live picture, or the recording where one already looks back.
    seek(index, (shown?.timeMs ?? serverNow()) - ms);
  };
  const clear = (index: number) => {
    const guest = alertAt.get(index);
    // What is seen there came with an alert; the camera underneath is not to be lost.
    if (guest && guest.cameraId !== wall.tiles[index]) return alerts.acknowledge(guest);
    changeWall((before) => withoutTile(before, index));
    setMemory((before) => ({ ...withFresh(before, index), full: undefined }));
    if (ptz === index) setPtz(undefined);
  };
  const togglePtz = (index: number) => {
    const camera = byId.get(cameraAt(index) ?? '');
    if (ptz === index) return setPtz(undefined);
    if (!maySteer || !camera?.onvif?.hasPtz) return showToast(say('tile.noPtz'));
    setMemory((before) => withFresh(before, index));
    setPtz(index);
  };
  const toggleBoxes = (index: number) =>
    setMemory((before) => ({
      ...before,
      boxes: before.boxes.includes(index) ? before.boxes.filter((one) => one !== index) : [...before.boxes, index],
    }));
  const snapshot = (index: number) => {
    const shown = pictures.current.get(index)?.();
    const camera = byId.get(cameraAt(index) ?? '');
    if (!shown || !camera) return showToast(say('tile.noPictureYet'));
    const { video, timeMs, source } = shown;
    saveSnapshot(video, { cameraId: camera.id, cameraName: camera.name, timeMs, source })
      .then((name) => showToast(name === undefined ? say('tile.noPictureYet') : say('tile.saved', { name })))
      .catch(showProblem);
  };
  const bookmark = (index: number) => {
    const camera = byId.get(cameraAt(index) ?? '');
    if (!camera || !mayLookBack) return;
    const timeMs = pictures.current.get(index)?.()?.timeMs ?? serverNow();
    addBookmark({ cameraId: camera.id, cameraName: camera.name, timeMs });
  };
  const toLive = (index: number) =>
    setMemory(({ modes: { [index]: _ended, ...others }, ...before }) => ({ ...before, modes: others }));
  const zoomTo = (index: number, zoom: TileMemory['zooms'][number]) =>
    setMemory((before) => ({ ...before, zooms: { ...before.zooms, [index]: zoom } }));
  const toggleZoom = (index: number) =>
    zoomTo(index, zoomOf(memory, index).scale > 1 ? wholePicture : zoomAt(wholePicture, { x: 0.5, y: 0.5 }, 2));
  const acknowledge = () => {
    const alert = alertAt.get(current) ?? alerts.board.shown[0]?.alert;
    if (alert) alerts.acknowledge(alert);
  };
  const toggleList = () => {
    writeSetting(listName, isListShown ? 'hidden' : 'shown');
    setListShown(!isListShown);
  };
  const showSide = (map: boolean) => {
    writeSetting('wallSide', map ? 'map' : 'list');
    setMap(map);
  };
  const sendCamera = (to: number) => {
    const cameraId = cameraAt(current);
    if (cameraId === undefined || !screens.others.some((one) => one.screen === to)) return;
    screens.send({ type: 'show', screen: to, cameraId });
    showToast(say('screens.sent', { camera: byId.get(cameraId)?.name ?? cameraId, screen: to }));
  };
  const actionsOf = (index: number): TileActions => ({
    lookBack: (ms) => lookBack(index, ms),
    seek: (timeMs) => seek(index, timeMs),
    toLive: () => toLive(index),
    toggleBoxes: () => toggleBoxes(index),
    toggleFull: () => toggleFull(index),
    togglePtz: () => togglePtz(index),
    zoom: (zoom) => zoomTo(index, zoom),
    snapshot: () => snapshot(index),
    bookmark: () => bookmark(index),
    clear: () => clear(index),
    acknowledge: () => {
      const alert = alertAt.get(index);
      if (alert) alerts.acknowledge(alert);
    },
  });
  const heldOf = useTileActions(actionsOf, (index, get) => {
    if (get) pictures.current.set(index, get);
    else pictures.current.delete(index);
  });
  useWallKeys({
    count: wall.tiles.length,
    pick: select,
    move: (key) => grid && select(neighbour(grid, current, key)),
    full: () => toggleFull(current),
    restore: () => {
      setPtz(undefined);
      setMemory((before) => ({ ...before, full: undefined }));
    },
    zoom: () => toggleZoom(current),
    ptz: () => togglePtz(current),
    snapshot: () => snapshot(current),
    bookmark: () => bookmark(current),
    lookBack: (ms) => lookBack(current, ms),
    live: () => toLive(current),
    acknowledge,
    mute: alerts.toggleMute,
    boxes: () => toggleBoxes(current),
    clear: () => clear(current),
    list: toggleList,
    search: () => {
      setListShown(true);
      showSide(false);
      setTimeout(() => search.current?.focus(), 0);
    },
    tour: () => tour.tour && tour.setPaused(!tour.tour.isPaused),
    send: sendCamera,
  });

  if (query.isError && !query.data) {
    return (
      <div style={{ padding: 24, maxWidth: 560 }}>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  const choose = (cameraId: string) => place(nextTile(wall, current), cameraId);
  return (
    <div className="wall" data-screen={screen} onClick={giveKeysBack}>
      {isListShown && !isSmall ? (
        <div className={`wall-side${isMap ? ' with-map' : ''}`}>
          <div className="wall-tools">
            <LayoutPicker
              current={wall.layout}
              onPick={(layout) => {
                setMemory((before) => ({ ...before, full: undefined }));
                changeWall((before) => withLayout(before, layout));
              }}
            />
            <SavedWalls wall={wall} cameras={cameras} onOpen={begin} onTour={tour.start} />
            <ScreensMenu
              screen={screen}
              others={screens.others}
              cameraName={byId.get(cameraAt(current) ?? '')?.name}
              onSendCamera={sendCamera}
              onSendWall={(to) =>
                screens.send({ type: 'wall', screen: to, layout: wall.layout, tiles: wall.tiles.map((id) => id ?? '') })
              }
            />
            <button
              type="button"
              className="button quiet icon small-button"
              aria-pressed={isMap}
              aria-label={say('wall.map')}
              title={say('wall.map')}
              data-testid="wall-map"
              onClick={() => showSide(!isMap)}
            >
              <Icon name="map" size={18} />
            </button>
            <button
              type="button"
              className="button quiet icon small-button"
              aria-label={say('wall.hideList')}
              title={say('wall.hideList')}
              onClick={toggleList}
            >
              <Icon name="panel" size={18} />
            </button>
          </div>
          {isMap ? (
            <CameraMapPane cameras={cameras} onWall={wall.tiles} onChoose={choose} />
          ) : (
            <CameraList
              cameras={cameras}
              isPending={query.isPending}
              onWall={wall.tiles}
              search={search}
              onChoose={choose}
            />
          )}
        </div>
      ) : (
        !isSmall && (
          <button
            type="button"
            className="wall-open-list"
            aria-label={say('wall.showList')}
            title={say('wall.showList')}
            onClick={toggleList}
          >
            <Icon name="right" size={16} />
          </button>
        )
      )}
      {isLoaded && cameras.length === 0 ? (
        <EmptyState icon="cameras" title={say('wall.noCameras')} detail={say('wall.noCamerasDetail')} />
      ) : (
        <div className="wall-middle" onPointerDown={() => tour.setPaused(true)} onWheel={() => tour.setPaused(true)}>
          <WallGrid
            wall={wall}
            isSmall={isSmall}
            selected={current}
            full={full}
            ptz={ptz}
            alertAt={alertAt}
            onSelect={(index) => setMemory((before) => ({ ...before, selected: index }))}
            onFull={toggleFull}
            onDrop={place}
            tileOf={(index) => {
              const cameraId = cameraAt(index);
              return {
                cameraId,
                camera: cameraId === undefined ? undefined : byId.get(cameraId),
                isLoaded,
                hasBoxes: memory.boxes.includes(index),
                mode: modeOf(memory, index),
                zoom: zoomOf(memory, index),
                ...heldOf(index),
              };
            }}
          />
        </div>
      )}
      <div className="wall-bars">
        <TourBar running={tour} byId={byId} />
        <AlertBar board={alerts.board} isMuted={alerts.isMuted} isSilent={alerts.isSilent} onMute={alerts.toggleMute} />
      </div>
    </div>
  );
}
