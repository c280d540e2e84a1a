import { useRef } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { ticks, timeToX, type View } from '../player/timeline-geometry.ts';
import { formatClock, formatDay, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { useSize } from '../shared/use-size.ts';

interface PassStripProps {
  readonly sightings: readonly Sighting[];
  readonly view: View;
  readonly highlighted: string | undefined;
  readonly opened: string | undefined;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
}

/** The same passes as ticks in time. */
export function PassStrip({ sightings, view, highlighted, opened, onHover, onOpen }: PassStripProps) {
  const { say } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const isShort = view.toMs - view.fromMs < 20 * 60_000;
  const isLong = view.toMs - view.fromMs > 2 * 86_400_000;
  return (
    <div ref={holder} className="strip-passes" role="img" aria-label={say('passes.timeline')}>
      <svg width={width} height="58" aria-hidden="true" onPointerLeave={() => onHover(undefined)}>
        {ticks(view, width, 90).map((time) => (
          <g key={time}>
            <line
              x1={timeToX(time, view, width)}
              x2={timeToX(time, view, width)}
              y1="18"
              y2="52"
              className="strip-grid"
            />
            <text x={timeToX(time, view, width) + 4} y="13" className="timeline-label">
              {isLong ? formatDay(time).slice(5) : isShort ? formatClock(time) : formatClock(time).slice(0, 5)}
            </text>
          </g>
        ))}
        <line x1="0" x2={width} y1="52" y2="52" className="strip-grid" />
        {sightings.map((sighting) => {
          const x = timeToX(new Date(sighting.time).getTime(), view, width);
          const isChosen = sighting.sightingId === highlighted || sighting.sightingId === opened;
          return (
            <g
              key={sighting.sightingId}
              className={`strip-pass${isChosen ? ' chosen' : ''}`}
              onPointerEnter={() => onHover(sighting.sightingId)}
              onClick={() => onOpen(sighting.sightingId)}
            >
              <rect x={x - 4} y="18" width="8" height="38" fill="transparent" />
              <rect
                x={x - (isChosen ? 1.5 : 1)}
                y={isChosen ? 20 : 28}
                width={isChosen ? 3 : 2}
                height={isChosen ? 32 : 24}
              />
              <title>{`${formatTime(sighting.time)} ${sighting.plate?.text ?? ''} ${sighting.cameraName}`}</title>
            </g>
          );
        })}
      </svg>
    </div>
  );
}
