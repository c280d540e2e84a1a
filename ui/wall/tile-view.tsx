import { type PointerEvent, type ReactNode, useEffect, useRef } from 'react';
import { pan, type TileZoom, zoomAt, zoomStyle } from './tile-zoom.ts';

const wheelStep = 1.2;

interface TileViewProps {
  readonly zoom: TileZoom;
  onZoom: (zoom: TileZoom) => void;
  readonly children: ReactNode;
}

/** The picture, of which a part can be enlarged: the wheel zooms about the pointer, dragging moves; a small map shows which part it is. */
export function TileView({ zoom, onZoom, children }: TileViewProps) {
  const holder = useRef<HTMLDivElement>(null);
  const latest = useRef({ zoom, onZoom });
  latest.current = { zoom, onZoom };
  const from = useRef<{ x: number; y: number }>(undefined);
  // React's own wheel listener is passive and could not keep the page still.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY === 0) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const pointer = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
      latest.current.onZoom(zoomAt(latest.current.zoom, pointer, event.deltaY < 0 ? wheelStep : 1 / wheelStep));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);
  const isZoomed = zoom.scale > 1;
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const before = from.current;
    if (!before || event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    from.current = { x: event.clientX, y: event.clientY };
    onZoom(pan(zoom, { x: (event.clientX - before.x) / box.width, y: (event.clientY - before.y) / box.height }));
  };
  const side = 100 / zoom.scale;
  return (
    <div
      ref={holder}
      className={`tile-view${isZoomed ? ' zoomed' : ''}`}
      data-zoom={zoom.scale.toFixed(2)}
      onPointerDown={(event) => {
        if (!isZoomed || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={move}
      onPointerUp={() => {
        from.current = undefined;
      }}
    >
      <div className="tile-zoomed" style={zoomStyle(zoom)}>
        {children}
      </div>
      {isZoomed && (
        <div className="tile-minimap" aria-hidden="true">
          <span
            style={{
              width: `${side}%`,
              height: `${side}%`,
              left: `${zoom.x * 100 - side / 2}%`,
              top: `${zoom.y * 100 - side / 2}%`,
            }}
          />
          <em>{zoom.scale.toFixed(1)}×</em>
        </div>
      )}
    </div>
  );
}
