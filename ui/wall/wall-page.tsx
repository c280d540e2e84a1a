import './wall.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { EmptyState } from '../shared/placeholders.tsx';
import { useCameras } from '../shared/queries.ts';
import { useKeys } from '../shared/use-keys.ts';
import { useMedia } from '../shared/use-media.ts';
import { CameraList } from './camera-list.tsx';
import { draggedCamera } from './dragged-camera.ts';
import { LayoutPicker } from './layout-picker.tsx';
import { Tile, type TileMode } from './tile.tsx';
import { useWall } from './use-wall.ts';
import { columnsOf, neighbour, nextTile, withCamera, withLayout, withoutTile } from './wall-layout.ts';

const noCameras: readonly Camera[] = [];
const live: TileMode = { kind: 'live' };
const lookBackMs = 10_000;

export function WallPage() {
  const { say } = useText();
  const query = useCameras();
  const cameras = query.data ?? noCameras;
  const byId = useMemo(() => new Map(cameras.map((camera) => [camera.id, camera])), [cameras]);
  const ids = useMemo(
    () => cameras.filter((camera) => camera.state.status !== 'disabled').map((camera) => camera.id),
    [cameras],
  );
  const [wall, changeWall] = useWall(ids);
  const [selected, setSelected] = useState(0);
  const [full, setFull] = useState<number>();
  const [withBoxes, setWithBoxes] = useState<ReadonlySet<number>>(new Set());
  const [modes, setModes] = useState<Readonly<Record<number, TileMode>>>({});
  const [over, setOver] = useState<number>();
  const isSmall = useMedia('(max-width: 720px)');
  const [isListShown, setListShown] = useState(readSetting('cameraList') !== 'hidden');
  const search = useRef<HTMLInputElement>(null);
  const current = Math.min(selected, wall.layout - 1);

  // A direct link to nothing shows the first cameras; from then on the address says which, and a reload keeps them.
  const isLoaded = query.data !== undefined;
  useEffect(() => {
    if (isLoaded) changeWall((same) => same);
  }, [isLoaded, changeWall]);

  const setMode = (index: number, mode: TileMode) => setModes((all) => ({ ...all, [index]: mode }));
  const lookBack = (index: number) =>
    setModes((all) => {
      const mode = all[index] ?? live;
      return { ...all, [index]: { kind: 'back', stepMs: (mode.kind === 'back' ? mode.stepMs : 0) + lookBackMs } };
    });
  const place = (index: number, cameraId: string) => {
    const from = wall.tiles.indexOf(cameraId);
    setModes((all) => ({ ...all, [index]: live, ...(from >= 0 ? { [from]: live } : {}) }));
    changeWall((before) => withCamera(before, index, cameraId));
    setSelected(index);
  };
  const clear = (index: number) => {
    changeWall((before) => withoutTile(before, index));
    setMode(index, live);
    setFull(undefined);
  };
  const toggleBoxes = (index: number) => {
    const next = new Set(withBoxes);
    if (!next.delete(index)) next.add(index);
    setWithBoxes(next);
  };
  const toggleList = () => {
    writeSetting('cameraList', isListShown ? 'hidden' : 'shown');
    setListShown(!isListShown);
  };
  const select = (index: number) => {
    setSelected(index);
    setFull((before) => (before === undefined ? undefined : index));
  };
  useKeys([
    {
      keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
      show: '1 – 9',
      label: 'keys.wall.pick',
      run: (key) => Number(key) <= wall.layout && select(Number(key) - 1),
    },
    {
      keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
      label: 'keys.wall.move',
      run: (key) => select(neighbour(wall.layout, current, key)),
    },
    {
      keys: ['F', 'Escape'],
      show: 'F',
      label: 'keys.wall.full',
      run: (key) => setFull(key === 'F' && full === undefined ? current : undefined),
    },
    { keys: ['X'], label: 'keys.wall.clear', run: () => clear(current) },
    { keys: ['D'], label: 'keys.wall.boxes', run: () => toggleBoxes(current) },
    { keys: ['Space'], label: 'keys.wall.back', run: () => lookBack(current) },
    { keys: ['L'], label: 'keys.wall.live', run: () => setMode(current, live) },
    { keys: ['C'], label: 'keys.wall.list', run: toggleList },
    {
      keys: ['/'],
      label: 'keys.wall.search',
      run: () => {
        setListShown(true);
        setTimeout(() => search.current?.focus(), 0);
      },
    },
  ]);

  if (query.isError && !query.data) {
    return (
      <div style={{ padding: 24, maxWidth: 560 }}>
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  const columns = isSmall ? 1 : columnsOf(wall.layout);
  return (
    <div className="wall">
      {isListShown && !isSmall ? (
        <div className="wall-side">
          <div className="wall-tools">
            <LayoutPicker
              current={wall.layout}
              onPick={(layout) => changeWall((before) => withLayout(before, layout))}
            />
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
          <CameraList
            cameras={cameras}
            isPending={query.isPending}
            onWall={wall.tiles}
            search={search}
            onChoose={(cameraId) => place(nextTile(wall, current), cameraId)}
          />
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
        <div className="wall-area">
          <div
            className={`wall-grid${full === undefined ? '' : ' has-full'}`}
            style={{ '--columns': columns } as React.CSSProperties}
            data-testid="wall-grid"
          >
            {wall.tiles.map((cameraId, index) => (
              <div
                key={index}
                className={[
                  'cell',
                  index === current ? 'selected' : '',
                  index === full ? 'full' : '',
                  index === over ? 'over' : '',
                ].join(' ')}
                onPointerDown={() => setSelected(index)}
                onDoubleClick={() => setFull(full === undefined ? index : undefined)}
                onDragOver={(event) => {
                  if (!draggedCamera.isIn(event.dataTransfer)) return;
                  event.preventDefault();
                  setOver(index);
                }}
                onDragLeave={() => setOver(undefined)}
                onDrop={(event) => {
                  event.preventDefault();
                  setOver(undefined);
                  const dropped = draggedCamera.read(event.dataTransfer);
                  if (dropped) place(index, dropped);
                }}
              >
                <Tile
                  number={index + 1}
                  cameraId={cameraId}
                  camera={cameraId === undefined ? undefined : byId.get(cameraId)}
                  isLoaded={isLoaded}
                  hasBoxes={withBoxes.has(index)}
                  mode={modes[index] ?? live}
                  isFull={index === full}
                  actions={{
                    lookBack: () => lookBack(index),
                    toLive: () => setMode(index, live),
                    toggleBoxes: () => toggleBoxes(index),
                    toggleFull: () => setFull(full === undefined ? index : undefined),
                    clear: () => clear(index),
                  }}
                />
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
