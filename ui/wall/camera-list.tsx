import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { makeFindable, matchScore } from '../shared/pinyin-match.ts';
import { SkeletonRows } from '../shared/placeholders.tsx';
import { draggedCamera } from './dragged-camera.ts';

interface CameraListProps {
  readonly cameras: readonly Camera[];
  readonly isPending: boolean;
  readonly onWall: readonly (string | undefined)[];
  readonly search: RefObject<HTMLInputElement | null>;
  onChoose: (cameraId: string) => void;
}

function moveFocus(event: KeyboardEvent, step: 1 | -1): void {
  const rows = [...(event.currentTarget.closest('.wall-side')?.querySelectorAll<HTMLElement>('.camera-line') ?? [])];
  const at = rows.indexOf(event.target as HTMLElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Cameras by area, found by name, number or pinyin initials. Enter or a double click puts one on the wall; so does dragging. */
export function CameraList({ cameras, isPending, onWall, search, onChoose }: CameraListProps) {
  const { say } = useText();
  const [query, setQuery] = useState('');
  const findables = useMemo(
    () => new Map(cameras.map((camera) => [camera.id, makeFindable(camera.name, camera.number, camera.area)])),
    [cameras],
  );
  const found = cameras.filter((camera) => {
    const findable = findables.get(camera.id);
    return findable !== undefined && matchScore(findable, query) > 0;
  });
  const areas = Map.groupBy(found, (camera) => camera.area || say('wall.noArea'));
  const live = cameras.filter((camera) => camera.state.status === 'live').length;
  const troubled = cameras.filter((camera) => !['live', 'disabled', 'connecting'].includes(camera.state.status)).length;
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
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') moveFocus(event, 1);
            if (event.key === 'Enter' && found[0]) onChoose(found[0].id);
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
          <span className="trouble">
            <Icon name="warning" size={13} />
            {say('wall.offlineCount', { count: troubled })}
          </span>
        )}
      </div>
      <div className="camera-areas">
        {isPending && <SkeletonRows count={8} heightPx={24} />}
        {!isPending && found.length === 0 && <p className="muted small camera-none">{say('wall.noMatch')}</p>}
        {[...areas].map(([area, members]) => (
          <details key={area} open>
            <summary>
              <span className="one-line">{area}</span>
              <span className="muted">{members.length}</span>
            </summary>
            <ul>
              {members.map((camera) => (
                <li key={camera.id}>
                  <button
                    type="button"
                    className={`camera-line${onWall.includes(camera.id) ? ' on-wall' : ''}`}
                    data-testid="camera-line"
                    data-camera={camera.id}
                    draggable
                    onDragStart={(event) => draggedCamera.write(event.dataTransfer, camera.id)}
                    onDoubleClick={() => onChoose(camera.id)}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter') {
                        onChoose(camera.id);
                        event.preventDefault();
                      }
                      if (event.key === 'ArrowDown') moveFocus(event, 1);
                      if (event.key === 'ArrowUp') moveFocus(event, -1);
                    }}
                  >
                    <CameraStatusMark status={camera.state.status} isDotOnly />
                    <span className="one-line" title={camera.name}>
                      {camera.name}
                    </span>
                    {camera.number !== '' && <span className="muted number-tag one-line">{camera.number}</span>}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </div>
  );
}
