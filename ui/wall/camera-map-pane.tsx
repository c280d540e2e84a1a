import { useMemo, useState } from 'react';
import type { Camera } from '#api/contract/cameras.ts';
import { useRoads } from '../investigate/box/use-places.ts';
import { CameraMap } from '../map/camera-map.tsx';
import type { MapScene } from '../map/map-scene.ts';
import { CameraStatusMark } from '../shared/camera-status.tsx';
import { useText } from '../shared/i18n.ts';
import { draggedCamera } from './dragged-camera.ts';

interface CameraMapPaneProps {
  readonly cameras: readonly Camera[];
  readonly onWall: readonly (string | undefined)[];
  onChoose: (cameraId: string) => void;
}

/** Cameras where they stand. One that is picked lies below the map, ready to be dragged to a tile or put on the next free one. */
export function CameraMapPane({ cameras, onWall, onChoose }: CameraMapPaneProps) {
  const { say } = useText();
  const roads = useRoads().data;
  const [picked, setPicked] = useState<string>();
  const [hovered, setHovered] = useState<string>();
  const scene = useMemo((): MapScene => {
    const shown = new Set(onWall);
    return {
      roads,
      cameras: cameras.flatMap((camera) => {
        const { id, name, latitude, longitude } = camera;
        if (latitude === undefined || longitude === undefined) return [];
        return [{ cameraId: id, name, place: [longitude, latitude] as const, passes: shown.has(id) ? 1 : 0 }];
      }),
      legs: [],
      highlightedCamera: hovered ?? picked,
      area: undefined,
      isWhole: true,
    };
  }, [roads, cameras, onWall, hovered, picked]);
  const camera = cameras.find(({ id }) => id === picked);
  return (
    <div className="wall-map">
      <div className="wall-map-frame">
        <CameraMap scene={scene} onHover={setHovered} onPick={setPicked} />
      </div>
      {camera ? (
        <button
          type="button"
          className="camera-line map-picked"
          data-testid="map-picked"
          draggable
          title={say('wall.mapPicked')}
          onDragStart={(event) => draggedCamera.write(event.dataTransfer, camera.id)}
          onClick={() => onChoose(camera.id)}
        >
          <CameraStatusMark status={camera.state.status} isDotOnly />
          <span className="one-line">{camera.name}</span>
          <span className="muted small">{say('wall.mapPicked')}</span>
        </button>
      ) : (
        <p className="muted small map-hint">{say('wall.mapHint')}</p>
      )}
    </div>
  );
}
