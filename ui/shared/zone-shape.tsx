import type { PointerEvent } from 'react';
import {
  cornersOf,
  distancePx,
  forwardArrow,
  labelPlace,
  type PixelSize,
  rounded,
  type ZoneKind,
  type ZonePoint,
} from './zone-geometry.ts';

export type ZoneTone = 'accent' | 'good' | 'bad' | 'warn' | 'plain';

export interface ZoneShape {
  readonly id: string;
  readonly kind: ZoneKind;
  readonly tone: ZoneTone;
  readonly label: string;
  readonly points: readonly ZonePoint[];
  /** Seen, but not to be changed here. */
  readonly isFixed?: boolean;
}

interface ShapeProps {
  readonly shape: ZoneShape;
  readonly size: PixelSize;
  readonly isSelected: boolean;
  readonly corner: number | undefined;
  grab: (shape: ZoneShape, index: number | undefined) => (event: PointerEvent) => void;
  split: (shape: ZoneShape, index: number) => (event: PointerEvent) => void;
}

/** A shape as it is stored; its corners show while it is selected. */
export function DrawnShape({ shape, size, isSelected, corner, grab, split }: ShapeProps) {
  const { kind, tone, points, isFixed, label } = shape;
  const name = labelPlace(kind, points, size);
  const anchor = kind === 'points' ? 'middle' : name.x > size.width * 0.7 ? 'end' : 'start';
  const sides = kind === 'area' ? points.length : points.length - 1;
  return (
    <g
      className={`zone ${tone}${isSelected ? ' selected' : ''}${isFixed ? ' fixed' : ''}`}
      data-testid="zone-shape"
      data-id={shape.id}
      data-kind={kind}
    >
      <Outline kind={kind} points={points} size={size} />
      {kind !== 'points' && (
        <Outline kind={kind} points={points} size={size} className="zone-hit" onPointerDown={grab(shape, undefined)} />
      )}
      {kind === 'line' && points[0] && points[1] && <Arrow from={points[0]} to={points[1]} size={size} />}
      {isSelected &&
        !isFixed &&
        kind === 'area' &&
        points.length < cornersOf('area').most &&
        Array.from({ length: sides }, (_, index) => {
          const [from, to] = [points[index], points[(index + 1) % points.length]];
          if (!from || !to || distancePx(from, to, size) < 40) return null;
          return (
            <circle
              key={index}
              className="zone-middle"
              cx={((from.x + to.x) / 2) * size.width}
              cy={((from.y + to.y) / 2) * size.height}
              r={5}
              onPointerDown={split(shape, index)}
            />
          );
        })}
      {(isSelected || kind === 'points') &&
        points.map((point, index) => (
          <g key={index}>
            <circle
              className={`zone-corner${corner === index ? ' chosen' : ''}`}
              cx={point.x * size.width}
              cy={point.y * size.height}
              r={corner === index ? 8 : 6}
              onPointerDown={grab(shape, index)}
            />
            {kind === 'points' && (
              <text className="zone-number" x={point.x * size.width + 10} y={point.y * size.height - 8}>
                {index + 1}
              </text>
            )}
          </g>
        ))}
      <text className="zone-name" x={name.x} y={name.y} textAnchor={anchor}>
        {label}
      </text>
    </g>
  );
}

interface OutlineProps {
  readonly kind: ZoneKind;
  readonly points: readonly ZonePoint[];
  readonly size: PixelSize;
  readonly className?: string;
  onPointerDown?: (event: PointerEvent) => void;
}

function Outline({ kind, points, size, className = 'zone-outline', onPointerDown }: OutlineProps) {
  const list = points.map(({ x, y }) => `${x * size.width},${y * size.height}`).join(' ');
  const handlers = onPointerDown ? { onPointerDown } : {};
  return kind === 'line' ? (
    <polyline className={className} points={list} {...handlers} />
  ) : (
    <polygon className={className} points={list} {...handlers} />
  );
}

function Arrow({ from, to, size }: { from: ZonePoint; to: ZonePoint; size: PixelSize }) {
  const arrow = forwardArrow(from, to, size, 34);
  const angle = (Math.atan2(arrow.to.y - arrow.from.y, arrow.to.x - arrow.from.x) * 180) / Math.PI;
  return (
    <g className="zone-arrow">
      <line x1={arrow.from.x} y1={arrow.from.y} x2={arrow.to.x} y2={arrow.to.y} />
      <path d="M0 0 -10 -6 -10 6z" transform={`translate(${arrow.to.x} ${arrow.to.y}) rotate(${angle})`} />
    </g>
  );
}

interface DraftProps {
  readonly kind: ZoneKind;
  readonly tone: ZoneTone;
  /** With the place under the pointer as the last one. */
  readonly points: readonly ZonePoint[];
  /** How many of them are set. */
  readonly set: number;
  readonly size: PixelSize;
}

/** What is being drawn, up to the pointer. */
export function UnfinishedShape({ kind, tone, points, set, size }: DraftProps) {
  const placed = points.map(rounded);
  return (
    <g className={`zone draft ${tone}`}>
      {kind !== 'line' && placed.length > 2 && <Outline kind="area" points={placed} size={size} />}
      {placed.length > 1 && <Outline kind="line" points={placed} size={size} className="zone-outline open" />}
      {kind === 'line' && placed[0] && placed[1] && <Arrow from={placed[0]} to={placed[1]} size={size} />}
      {placed.slice(0, set).map((point, index) => (
        <circle
          key={index}
          className={`zone-corner${index === 0 && set > 2 && kind === 'area' ? ' chosen' : ''}`}
          cx={point.x * size.width}
          cy={point.y * size.height}
          r={index === 0 && kind === 'area' ? 7 : 5}
        />
      ))}
    </g>
  );
}
