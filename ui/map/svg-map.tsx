import { useRef } from 'react';
import { useSize } from '../shared/use-size.ts';
import { type MapScene, projector, roadLines, sceneBounds } from './map-scene.ts';

/** The same scene without WebGL: still, but complete. */
export function SvgMap({
  scene,
  onHover,
  onPick,
}: {
  scene: MapScene;
  onHover: (id: string | undefined) => void;
  onPick: (id: string) => void;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(holder);
  const bounds = sceneBounds(scene);
  const project = bounds && width > 0 ? projector(bounds, width, height) : undefined;
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
              markerWidth="6"
              markerHeight="6"
              orient="auto-start-reverse"
            >
              <path d="M1 1 9 5 1 9z" className="map-arrow" />
            </marker>
          </defs>
          {roadLines(scene.roads).map((road, index) => (
            <polyline
              key={index}
              className={road.isMajor ? 'map-road major' : 'map-road'}
              points={road.points.map((place) => project(place).join(',')).join(' ')}
            />
          ))}
          {scene.legs.map((leg) => {
            const from = project(leg.from);
            const to = project(leg.to);
            const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
            return (
              <polyline
                key={leg.order}
                className={leg.isImplausible ? 'map-leg implausible' : 'map-leg'}
                points={`${from.join(',')} ${middle.join(',')} ${to.join(',')}`}
                markerMid="url(#leg-arrow)"
              />
            );
          })}
          {scene.cameras.map((camera) => {
            const [x, y] = project(camera.place);
            return (
              <g
                key={camera.cameraId}
                className={`map-camera${camera.cameraId === scene.highlightedCamera ? ' highlighted' : ''}${camera.passes > 0 ? ' hit' : ''}`}
                onPointerEnter={() => onHover(camera.cameraId)}
                onPointerLeave={() => onHover(undefined)}
                onClick={() => onPick(camera.cameraId)}
              >
                <circle cx={x} cy={y} r={camera.passes > 0 ? 7 : 4} />
                {(camera.passes > 0 || camera.cameraId === scene.highlightedCamera) && (
                  <text x={x + 10} y={y + 4}>
                    {camera.name}
                  </text>
                )}
                <title>{camera.name}</title>
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
