import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useCameraFinder } from '../cameras/list/use-camera-finder.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { SkeletonRows } from '../shared/placeholders.tsx';
import { rowWindow, scrollToRow } from '../shared/row-window.ts';
import { useSize } from '../shared/use-size.ts';
import { isTroubled, treeRows } from './camera-tree.ts';
import { draggedCamera } from './dragged-camera.ts';

const rowPx = 28;
const noFacts = (): string => '';

interface CameraListProps {
  readonly cameras: readonly Camera[];
  readonly isPending: boolean;
  readonly onWall: readonly (string | undefined)[];
  readonly search: RefObject<HTMLInputElement | null>;
  onChoose: (cameraId: string) => void;
}

/**
 * Cameras by area and group, found by name, number or pinyin. Enter or a double click puts one on the wall; so does dragging. Only the
 * lines that are seen exist, however many cameras there are.
 */
export function CameraList({ cameras, isPending, onWall, search, onChoose }: CameraListProps) {
  const { say } = useText();
  const [query, setQuery] = useState('');
  const [isTroubledOnly, setTroubledOnly] = useState(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(
    () => new Set((readSetting('closedAreas') ?? '').split('\n').filter((path) => path !== '')),
  );
  const [current, setCurrent] = useState(0);
  const [scrollTopPx, setScrollTop] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useSize(scroller);
  const { finder, spelled } = useCameraFinder(cameras, noFacts);
  const rows = useMemo(() => {
    const found = cameras.filter((camera) => (!isTroubledOnly || isTroubled(camera)) && finder.fits(camera.id, query));
    // What was searched for is shown wherever it is.
    const isFiltered = query !== '' || isTroubledOnly;
    return treeRows(found, { closed: isFiltered ? new Set() : closed, noArea: say('wall.noArea') });
    // `spelled`: with their pinyin more names may fit.
  }, [cameras, query, isTroubledOnly, closed, finder, spelled, say]);
  const shown = useMemo(() => new Set(onWall), [onWall]);
  const live = useMemo(() => cameras.filter(({ state }) => state.status === 'live').length, [cameras]);
  const troubled = useMemo(() => cameras.filter(isTroubled).length, [cameras]);
  const at = Math.min(current, rows.length - 1);
  useEffect(() => {
    if (troubled === 0) setTroubledOnly(false);
  }, [troubled]);

  const toggleArea = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
    writeSetting('closedAreas', [...next].join('\n'));
  };
  const moveTo = (index: number) => {
    const bounded = Math.min(rows.length - 1, Math.max(0, index));
    setCurrent(bounded);
    const element = scroller.current;
    if (element) element.scrollTop = scrollToRow(bounded, { scrollTopPx: element.scrollTop, heightPx: height, rowPx });
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    if (event.key === 'ArrowDown') moveTo(at + 1);
    else if (event.key === 'ArrowUp') moveTo(at - 1);
    else if (event.key === 'PageDown') moveTo(at + Math.floor(height / rowPx));
    else if (event.key === 'PageUp') moveTo(at - Math.floor(height / rowPx));
    else if (event.key === 'Home') moveTo(0);
    else if (event.key === 'End') moveTo(rows.length - 1);
    else if (event.key === 'Enter' && row?.kind === 'camera') onChoose(row.camera.id);
    else if (
      (event.key === 'Enter' || event.key === 'ArrowLeft' || event.key === 'ArrowRight') &&
      row?.kind === 'area'
    ) {
      if (event.key === 'Enter' || row.isOpen === (event.key === 'ArrowLeft')) toggleArea(row.path);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { first, end, abovePx, belowPx } = rowWindow({ scrollTopPx, heightPx: height, rowPx, count: rows.length });
  return (
    <div className="camera-list">
      <div className="camera-search">
        <Icon name="search" size={16} />
        <input
          ref={search}
          className="input"
          type="search"
          placeholder={say('wall.search')}
          aria-label={say('keys.wall.search')}
          data-testid="camera-search"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setCurrent(0);
          }}
          onKeyDown={(event) => {
            const firstCamera = rows.find((row) => row.kind === 'camera');
            if (event.key === 'ArrowDown') {
              scroller.current?.focus();
              event.preventDefault();
            }
            if (event.key === 'Enter' && !event.nativeEvent.isComposing && firstCamera?.kind === 'camera')
              onChoose(firstCamera.camera.id);
            if (event.key === 'Escape') {
              setQuery('');
              event.currentTarget.blur();
            }
          }}
        />
      </div>
      <div className="camera-counts small">
        <span className="muted">{say('wall.onlineCount', { live, total: cameras.length })}</span>
        {troubled > 0 && (
          <button
            type="button"
            className="trouble"
            aria-pressed={isTroubledOnly}
            title={say('wall.onlyTroubled')}
            onClick={() => setTroubledOnly(!isTroubledOnly)}
          >
            <Icon name="warning" size={13} />
            {say('wall.offlineCount', { count: troubled })}
          </button>
        )}
      </div>
      {isPending && <SkeletonRows count={8} heightPx={24} />}
      {!isPending && rows.length === 0 && <p className="muted small camera-none">{say('wall.noMatch')}</p>}
      <div
        ref={scroller}
        className="camera-areas"
        role="tree"
        tabIndex={0}
        aria-label={say('wall.cameras')}
        aria-activedescendant={rows[at] ? `tree-${at}` : undefined}
        data-testid="camera-tree"
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
        onKeyDown={onKey}
      >
        <div style={{ height: abovePx }} />
        {rows.slice(first, end).map((row, offset) => {
          const index = first + offset;
          const look = {
            id: `tree-${index}`,
            role: 'treeitem',
            'aria-level': row.depth + 1,
            style: { paddingLeft: 10 + row.depth * 12 },
          };
          const marks = index === at ? ' current' : '';
          if (row.kind === 'area') {
            return (
              <div
                key={row.path}
                {...look}
                className={`camera-area${marks}`}
                aria-expanded={row.isOpen}
                onClick={() => {
                  setCurrent(index);
                  toggleArea(row.path);
                }}
              >
                <span aria-hidden="true">{row.isOpen ? '▾' : '▸'}</span>
                <span className="one-line">{row.name}</span>
                {row.troubled > 0 && <span className="trouble">{row.troubled}</span>}
                <span className="muted">{row.count}</span>
              </div>
            );
          }
          const { camera } = row;
          return (
            <div
              key={camera.id}
              {...look}
              aria-selected={shown.has(camera.id)}
              className={`camera-line${shown.has(camera.id) ? ' on-wall' : ''}${marks}`}
              data-testid="camera-line"
              data-camera={camera.id}
              draggable
              onDragStart={(event) => draggedCamera.write(event.dataTransfer, camera.id)}
              onClick={() => setCurrent(index)}
              onDoubleClick={() => onChoose(camera.id)}
            >
              <CameraStatusMark status={camera.state.status} isDotOnly />
              <span className="one-line" title={camera.name}>
                {camera.name}
              </span>
              {camera.number !== '' && <span className="muted number-tag one-line">{camera.number}</span>}
            </div>
          );
        })}
        <div style={{ height: belowPx }} />
      </div>
    </div>
  );
}
