import { memo, useMemo, useRef } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { ticks, timeToX, type View } from '../../player/timeline-geometry.ts';
import { formatClock, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { useSize } from '../../shared/use-size.ts';
import type { DayHours } from '../query/time-range.ts';
import { minutesOf } from '../query/time-range.ts';
import { dayRows } from './day-rows.ts';

interface PassStripProps {
  readonly sightings: readonly Sighting[];
  readonly view: View;
  readonly hours: DayHours | undefined;
  readonly highlighted: string | undefined;
  readonly opened: string | undefined;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
}

const labelPx = 52;
const headPx = 18;
const tallPx = 38;
const rowPx = 17;
/** A day has the same hours in every row. */
const anyDay: View = { fromMs: new Date(2026, 0, 1).getTime(), toMs: new Date(2026, 0, 2).getTime() };

/** The same passes as ticks in time: days as rows, hours across. */
export function PassStrip(props: PassStripProps) {
  const { sightings, view, hours, highlighted, opened, onHover, onOpen } = props;
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const rows = useMemo(() => dayRows(sightings, view), [sightings, view.fromMs, view.toMs]);
  const isDays = rows.length > 1 || rows[0]?.label !== '';
  const heightPx = isDays ? rowPx : tallPx;
  const left = isDays ? labelPx : 0;
  const span = Math.max(0, width - left - 8);
  const scale = isDays ? anyDay : view;
  const isShort = view.toMs - view.fromMs < 20 * 60_000;
  const total = headPx + rows.length * heightPx + 4;
  return (
    <div ref={holder} className="strip-passes" role="img" aria-label={say('passes.timeline')}>
      <svg width={width} height={total} aria-hidden="true" onPointerLeave={() => onHover(undefined)}>
        {span > 0 &&
          ticks(scale, span, isShort ? 90 : 64).map((time) => {
            const x = left + timeToX(time, scale, span);
            return (
              <g key={time}>
                <line x1={x} x2={x} y1={headPx - 2} y2={total} className="strip-grid" />
                <text x={x + 3} y="12" className="timeline-label">
                  {isShort ? formatClock(time) : formatClock(time).slice(0, 5)}
                </text>
              </g>
            );
          })}
        {isDays && hours && <HourBand hours={hours} left={left} span={span} total={total} />}
        {rows.map((row, index) => (
          <g key={row.label}>
            <line
              x1="0"
              x2={width}
              y1={headPx + (index + 1) * heightPx}
              y2={headPx + (index + 1) * heightPx}
              className="strip-grid"
            />
            {isDays && (
              <text
                x="8"
                y={headPx + index * heightPx + 13}
                className={`timeline-label${row.passes.length > 0 ? ' strong' : ''}`}
              >
                {row.label}
              </text>
            )}
            {row.passes.map((sighting) => (
              <Tick
                key={sighting.sightingId}
                sighting={sighting}
                x={left + timeToX(new Date(sighting.time).getTime(), row.view, span)}
                y={headPx + index * heightPx}
                height={heightPx}
                isChosen={sighting.sightingId === highlighted || sighting.sightingId === opened}
                onHover={onHover}
                onOpen={onOpen}
              />
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

function HourBand(props: { hours: DayHours; left: number; span: number; total: number }) {
  const from = minutesOf(props.hours.from) / 1440;
  const to = minutesOf(props.hours.to) / 1440;
  const parts =
    to > from
      ? [[from, to]]
      : [
          [0, to],
          [from, 1],
        ];
  return (
    <>
      {parts.map(([start = 0, end = 0]) => (
        <rect
          key={start}
          className="strip-hours"
          x={props.left + start * props.span}
          width={(end - start) * props.span}
          y={headPx}
          height={props.total}
        />
      ))}
    </>
  );
}

const Tick = memo(function Tick(props: {
  sighting: Sighting;
  x: number;
  y: number;
  height: number;
  isChosen: boolean;
  onHover: (sightingId: string) => void;
  onOpen: (sightingId: string) => void;
}) {
  const { sighting, x, y, height, isChosen } = props;
  const air = isChosen ? 1 : 3;
  return (
    <g
      className={`strip-pass${isChosen ? ' chosen' : ''}`}
      data-testid="strip-pass"
      data-sighting={sighting.sightingId}
      onPointerEnter={() => props.onHover(sighting.sightingId)}
      onClick={() => props.onOpen(sighting.sightingId)}
    >
      <rect x={x - 4} y={y} width="8" height={height} fill="transparent" />
      <rect x={x - (isChosen ? 1.5 : 1)} y={y + air} width={isChosen ? 3 : 2} height={height - 2 * air} />
      <title>{`${formatTime(sighting.time)} ${sighting.plate?.text ?? ''} ${sighting.cameraName}`}</title>
    </g>
  );
});
