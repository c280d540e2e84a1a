import './zone-canvas.css';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { pictureRectangle } from '../player/overlay-geometry.ts';
import { useSize } from './use-size.ts';
import {
  cornersOf,
  distancePx,
  type PixelSize,
  snapped,
  withInserted,
  withMoved,
  withShifted,
  type ZoneKind,
  type ZonePoint,
} from './zone-geometry.ts';
import { DrawnShape, UnfinishedShape, type ZoneShape, type ZoneTone } from './zone-shape.tsx';

interface ZoneCanvasProps {
  /** Undefined: a grid to draw on. */
  readonly pictureUrl: string | undefined;
  /** Width by height, while there is no picture. */
  readonly aspect: number;
  readonly shapes: readonly ZoneShape[];
  readonly selectedId: string | undefined;
  /** What the next clicks draw; undefined: clicks select. */
  readonly drawing: { readonly kind: ZoneKind; readonly tone: ZoneTone } | undefined;
  /** For who cannot see it. */
  readonly label: string;
  readonly children?: ReactNode;
  onSelect: (id: string | undefined) => void;
  /** A corner or the whole was moved, or a corner came or went: once for each such act. */
  onChange: (id: string, points: readonly ZonePoint[]) => void;
  onDrawn: (points: readonly ZonePoint[]) => void;
  /** Escape, while something is drawn. */
  onGiveUp: () => void;
  /** Delete, while a shape is selected and none of its corners can go. */
  onRemove: (id: string) => void;
}

interface Drag {
  readonly id: string;
  /** Undefined: the whole is moved. */
  readonly corner: number | undefined;
  readonly start: ZonePoint;
  readonly before: readonly ZonePoint[];
  readonly points: readonly ZonePoint[];
  readonly hasMoved: boolean;
}

const cornerReachPx = 10;
/** A finger hides what it touches. */
const fingerReachPx = 24;
const leastMovePx = 3;
const stepPx = 1;
const bigStepPx = 10;

/**
 * A picture to draw areas, lines and points on, by pointer or by keys: a click sets a corner, Enter or a click on the first corner closes an
 * area, Escape gives up; corners and wholes are dragged, arrow keys move what is selected, Delete takes a corner away. All in 0..1 of the
 * picture. What is drawn belongs to the caller.
 */
export function ZoneCanvas(props: ZoneCanvasProps) {
  const { pictureUrl, aspect, shapes, selectedId, drawing } = props;
  const holder = useRef<HTMLDivElement>(null);
  const element = useSize(holder);
  const [natural, setNatural] = useState<PixelSize>();
  const frame = pictureRectangle(element, pictureUrl && natural ? natural : { width: aspect, height: 1 }, 'contain');
  const [draft, setDraft] = useState<readonly ZonePoint[]>([]);
  const [pointer, setPointer] = useState<ZonePoint>();
  const [drag, setDrag] = useState<Drag>();
  const [corner, setCorner] = useState<number>();
  const drawingKind = drawing?.kind;
  useEffect(() => setDraft([]), [drawingKind]);
  useEffect(() => setCorner(undefined), [selectedId]);

  const placeOf = (event: PointerEvent | MouseEvent): ZonePoint => {
    const bounds = holder.current?.getBoundingClientRect();
    return {
      x: (event.clientX - (bounds?.left ?? 0) - frame.x) / Math.max(1, frame.width),
      y: (event.clientY - (bounds?.top ?? 0) - frame.y) / Math.max(1, frame.height),
    };
  };
  const otherCorners = (id: string | undefined): ZonePoint[] =>
    shapes.filter((shape) => shape.id !== id).flatMap((shape) => shape.points);
  const finish = (points: readonly ZonePoint[]) => {
    setDraft([]);
    setPointer(undefined);
    props.onDrawn(points);
  };
  const addCorner = (raw: ZonePoint, reachPx: number) => {
    if (!drawing) return;
    const { least, most } = cornersOf(drawing.kind);
    const [first] = draft;
    const closes =
      drawing.kind === 'area' && draft.length >= least && first && distancePx(raw, first, frame) <= reachPx;
    if (closes) return finish(draft);
    const point = snapped(raw, otherCorners(undefined), frame);
    // The second click of a double click, and a trembling hand, make no second corner in the same place.
    if (draft.some((known) => distancePx(known, point, frame) < leastMovePx)) return;
    const next = [...draft, point];
    if (next.length >= most) finish(next);
    else setDraft(next);
  };

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.focus();
    if (drawing) return addCorner(placeOf(event), event.pointerType === 'touch' ? fingerReachPx : cornerReachPx);
    props.onSelect(undefined);
  };
  const grab = (shape: ZoneShape, index: number | undefined) => (event: PointerEvent) => {
    if (drawing || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    const surface = holder.current?.querySelector('svg');
    surface?.focus();
    surface?.setPointerCapture(event.pointerId);
    props.onSelect(shape.id);
    setCorner(index);
    if (shape.isFixed) return;
    const start = placeOf(event);
    setDrag({ id: shape.id, corner: index, start, before: shape.points, points: shape.points, hasMoved: false });
  };
  const split = (shape: ZoneShape, index: number) => (event: PointerEvent) => {
    if (drawing || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    const points = withInserted(shape.points, index);
    const surface = holder.current?.querySelector('svg');
    surface?.focus();
    surface?.setPointerCapture(event.pointerId);
    setCorner(index + 1);
    setDrag({ id: shape.id, corner: index + 1, start: placeOf(event), before: points, points, hasMoved: true });
  };
  const onPointerMove = (event: PointerEvent) => {
    const place = placeOf(event);
    if (drawing) setPointer(snapped(place, otherCorners(undefined), frame));
    if (!drag) return;
    if (!drag.hasMoved && distancePx(place, drag.start, frame) < leastMovePx) return;
    const points =
      drag.corner === undefined
        ? withShifted(drag.before, { x: place.x - drag.start.x, y: place.y - drag.start.y })
        : withMoved(drag.before, drag.corner, snapped(place, otherCorners(drag.id), frame));
    setDrag({ ...drag, points, hasMoved: true });
  };
  const onPointerUp = () => {
    if (drag?.hasMoved) props.onChange(drag.id, drag.points);
    setDrag(undefined);
  };

  const selected = shapes.find((shape) => shape.id === selectedId);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (event.shiftKey ? bigStepPx : stepPx) / Math.max(1, frame.width);
    const ways: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[event.key];
    if (drawing) {
      if (event.key === 'Enter' && draft.length >= cornersOf(drawing.kind).least) finish(draft);
      else if (event.key === 'Backspace' || event.key === 'Delete') setDraft(draft.slice(0, -1));
      else if (event.key === 'Escape') {
        if (draft.length > 0) setDraft([]);
        else props.onGiveUp();
      } else return;
    } else if (selected && event.key === 'Escape') {
      if (corner === undefined) props.onSelect(undefined);
      else setCorner(undefined);
    } else if (selected && !selected.isFixed && way) {
      const by = { x: way[0] * step, y: (way[1] * step * frame.width) / Math.max(1, frame.height) };
      const at = corner === undefined ? undefined : selected.points[corner];
      const points =
        corner !== undefined && at
          ? withMoved(selected.points, corner, { x: at.x + by.x, y: at.y + by.y })
          : withShifted(selected.points, by);
      props.onChange(selected.id, points);
    } else if (selected && !selected.isFixed && (event.key === 'Delete' || event.key === 'Backspace')) {
      const canLose = selected.kind === 'area' && selected.points.length > cornersOf('area').least;
      if (corner !== undefined && canLose) {
        props.onChange(selected.id, selected.points.toSpliced(corner, 1));
        setCorner(undefined);
      } else props.onRemove(selected.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const shown = shapes.map((shape) => (drag?.id === shape.id ? { ...shape, points: drag.points } : shape));
  const withPointer = drawing && pointer ? [...draft, pointer] : draft;
  return (
    <div ref={holder} className={`zone-canvas${drawing ? ' is-drawing' : ''}`}>
      {pictureUrl ? (
        <img
          src={pictureUrl}
          alt=""
          draggable={false}
          style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }}
          onLoad={({ currentTarget }) =>
            setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
        />
      ) : (
        <div className="zone-grid" style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }} />
      )}
      {/* The surface takes the keys of what is drawn on it. */}
      <svg
        role="application"
        aria-label={props.label}
        tabIndex={0}
        data-testid="zone-canvas"
        style={{ left: frame.x, top: frame.y, width: frame.width, height: frame.height }}
        viewBox={`0 0 ${Math.max(1, frame.width)} ${Math.max(1, frame.height)}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setPointer(undefined)}
        onDoubleClick={() => {
          if (drawing?.kind === 'area' && draft.length >= cornersOf('area').least) finish(draft);
        }}
        onKeyDown={onKeyDown}
      >
        {shown
          .toSorted((a, b) => Number(a.id === selectedId) - Number(b.id === selectedId))
          .map((shape) => (
            <DrawnShape
              key={shape.id}
              shape={shape}
              size={frame}
              isSelected={shape.id === selectedId}
              corner={shape.id === selectedId ? corner : undefined}
              grab={grab}
              split={split}
            />
          ))}
        {drawing && (
          <UnfinishedShape
            kind={drawing.kind}
            tone={drawing.tone}
            points={withPointer}
            set={draft.length}
            size={frame}
          />
        )}
      </svg>
      {props.children}
    </div>
  );
}
