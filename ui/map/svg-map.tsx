import { type Ref, useImperativeHandle, useRef } from 'react';
import { useSize } from '../shared/use-size.ts';
import {
  type MapScene,
  middleOf,
  mostNames,
  type Place,
  projector,
  roadLines,
  sceneBounds,
  unprojector,
} from './map-scene.ts';

export interface PlaceFinder {
  placeAt: (x: number, y: number) => Place | undefined;
}

/** The same scene without WebGL: still, but complete. */
export function SvgMap({
  scene,
  finder,
  onHover,
  onPick,
}: {
  scene: MapScene;
  finder: Ref<PlaceFinder>;
  onHover: (id: string | undefined) => void;
  onPick: (id: string) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(holder);
  const bounds = sceneBounds(scene);
  const project = bounds && width > 0 ? projector(bounds, width, height) : undefined;
  useImperativeHandle(finder, () => ({
    placeAt: (x, y) => (bounds && width > 0 ? unprojector(bounds, width, height)(x, y) : undefined),
  }));
  const line = (points: readonly Place[]): string =>
    project ? points.map((place) => project(place).join(',')).join(' ') : '';
  const isNamed = scene.cameras.filter((camera) => camera.passes > 0).length <= mostNames;
  const corner = scene.area && project?.([scene.area.west, scene.area.north]);
  const otherCorner = scene.area && project?.([scene.area.east, scene.area.south]);
  return (
    <div ref={holder} className="map-canvas">
      {project && (
        <svg width={width} height={height} data-testid="svg-map">
          <defs>
            <marker
              id="leg-arrow"
              viewBox="0 0 10 10"
              refX="5"
              refY="5"
              markerWidth="5"
              markerHeight="5"
              orient="auto-start-reverse"
            >
              <path d="M1 1 9 5 1 9z" className="map-arrow" />
            </marker>
          </defs>
          {roadLines(scene.roads).map((road, index) => (
            <polyline
              key={index}
              className={road.isWater ? 'map-water' : road.isMajor ? 'map-road major' : 'map-road'}
              points={line(road.points)}
            />
          ))}
          {corner && otherCorner && (
            <rect
              className="map-area"
              x={corner[0]}
              y={corner[1]}
              width={otherCorner[0] - corner[0]}
              height={otherCorner[1] - corner[1]}
            />
          )}
          {scene.legs.map((leg) => {
            // The arrow stands at the middle, which must be a point of the line.
            const middle = middleOf(leg.points);
            const half = Math.floor(leg.points.length / 2);
            const points = leg.points.length === 2 && middle ? leg.points.toSpliced(half, 0, middle) : leg.points;
            return (
              <polyline
                key={leg.order}
                className={`map-leg${leg.isImplausible ? ' implausible' : ''}${leg.isRoute ? '' : ' straight'}${leg.isHighlighted ? ' highlighted' : ''}`}
                points={line(points)}
                markerMid="url(#leg-arrow)"
              />
            );
          })}
          {scene.cameras.map((camera) => {
            const [x, y] = project(camera.place);
            const isHighlighted = camera.cameraId === scene.highlightedCamera;
            return (
              <g
                key={camera.cameraId}
                className={`map-camera${isHighlighted ? ' highlighted' : ''}${camera.passes > 0 ? ' hit' : ''}`}
                onPointerEnter={() => onHover(camera.cameraId)}
                onPointerLeave={() => onHover(undefined)}
                onClick={() => onPick(camera.cameraId)}
              >
                <circle cx={x} cy={y} r={camera.passes > 0 ? 8 : 4} />
                {camera.order !== undefined && (
                  <text className="map-order" x={x} y={y + 4} textAnchor="middle">
                    {camera.order}
                  </text>
                )}
                {((camera.passes > 0 && isNamed) || isHighlighted) && (
                  <text x={x + 12} y={y + 4}>
                    {[camera.name, camera.times].filter(Boolean).join(' ')}
                  </text>
                )}
                <title>{camera.name}</title>
              </g>
            );
          })}
          {scene.legs.map((leg) => {
            const middle = leg.note === undefined ? undefined : middleOf(leg.points);
            if (!middle) return null;
            const [x, y] = project(middle);
            return (
              <text
                key={leg.order}
                x={x}
                y={y - 8}
                textAnchor="middle"
                className={leg.isImplausible ? 'map-word bad' : 'map-word'}
              >
                {leg.note}
              </text>
            );
          })}
        </svg>
      )}
    </div>
  );
}
