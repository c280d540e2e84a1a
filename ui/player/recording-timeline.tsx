import './player.css';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Timeline } from '#api/contract/recordings.ts';
import { formatClock } from '../shared/format.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { isPlannedGap } from './gap-kind.ts';
import { serverNow } from '../shared/server-clock.ts';
import { useSize } from '../shared/use-size.ts';
import { TimelineStill } from './timeline-still.tsx';
import { useBookmarks } from './use-bookmarks.ts';
import { followTime, joinSpans, ticks, timeToX, type View, xToTime, zoomView } from './timeline-geometry.ts';

const usual = { heightPx: 64, barTop: 24, barHeight: 22 };
/** One of several: the time stands above the first alone. */
const slim = { heightPx: 26, barTop: 3, barHeight: 14 };

function gapWords({ isPlanned, toMs }: { isPlanned: boolean; toMs: number | undefined }): TextKey {
  if (isPlanned) return toMs === undefined ? 'playback.plannedOpen' : 'playback.planned';
  return toMs === undefined ? 'playback.gapOpen' : 'playback.gap';
}

interface RecordingTimelineProps {
  readonly timeline: Timeline | undefined;
  /** Shows what people marked, and the picture under the pointer. */
  readonly cameraId?: string | undefined;
  /** At first only so much of the range is seen, about the time. */
  readonly shownMs?: number | undefined;
  readonly bounds: View;
  readonly timeMs: number | undefined;
  /** A moment worth a mark of its own, such as the pass that was opened. */
  readonly markMs?: number | undefined;
  readonly canZoom?: boolean;
  readonly isSlim?: boolean;
  /** A stretch that was chosen, for an export. */
  readonly chosen?: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** Several timelines show the same part. */
  readonly shared?: { readonly view: View; readonly setView: (change: (view: View) => View) => void } | undefined;
  onSeek: (timeMs: number) => void;
}

/** A range of one camera: what was recorded, what was not to be (dotted), what was lost (hatched), each with its cause on hover, event ticks. Click or drag to seek. */
export function RecordingTimeline({
  timeline,
  cameraId,
  shownMs,
  bounds,
  timeMs,
  markMs,
  canZoom = true,
  isSlim = false,
  chosen,
  shared,
  onSeek,
}: RecordingTimelineProps) {
  const { say, pick } = useText();
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const { heightPx, barTop, barHeight } = isSlim ? slim : usual;
  const [ownView, setOwnView] = useState<View>(bounds);
  const view = shared?.view ?? ownView;
  const setView = shared?.setView ?? setOwnView;
  const isShared = shared !== undefined;
  const [hoverMs, setHoverMs] = useState<number>();
  const { fromMs, toMs } = bounds;
  const bookmarks = useBookmarks(cameraId, bounds);
  const startMs = useRef(timeMs);
  startMs.current = timeMs;
  useEffect(() => {
    const whole = { fromMs, toMs };
    const around = startMs.current;
    const isPart = shownMs !== undefined && shownMs < toMs - fromMs && around !== undefined;
    setOwnView(isPart ? followTime({ fromMs, toMs: fromMs + shownMs }, whole, around, 0.5) : whole);
  }, [fromMs, toMs, shownMs]);
  useEffect(() => {
    if (timeMs !== undefined && !isShared) setOwnView((before) => followTime(before, { fromMs, toMs }, timeMs));
  }, [timeMs, fromMs, toMs, isShared]);

  const x = (time: number): number => timeToX(time, view, width);
  const timeOf = (event: PointerEvent): number => {
    const left = holder.current?.getBoundingClientRect().left ?? 0;
    return xToTime(event.clientX - left, view, width);
  };
  const zoom = (factor: number, aroundMs = timeMs ?? (view.fromMs + view.toMs) / 2) =>
    setView((before) => zoomView(before, bounds, Math.min(before.toMs, Math.max(before.fromMs, aroundMs)), factor));
  // A day is thousands of segments, and the cursor moves with every picture.
  const spans = useMemo(
    () =>
      joinSpans(
        (timeline?.segments ?? []).map((segment) => ({
          fromMs: new Date(segment.start).getTime(),
          toMs: new Date(segment.end).getTime(),
        })),
        1_500,
      ),
    [timeline],
  );
  const gaps = useMemo(
    () =>
      (timeline?.gaps ?? []).map((gap) => ({
        fromMs: new Date(gap.start).getTime(),
        toMs: gap.end === undefined ? undefined : new Date(gap.end).getTime(),
        reason: gap.reason,
        isPlanned: isPlannedGap(gap),
      })),
    [timeline],
  );
  const hoverGap =
    hoverMs === undefined
      ? undefined
      : gaps.find((gap) => gap.fromMs <= hoverMs && hoverMs <= (gap.toMs ?? serverNow()));
  const hoverX = hoverMs === undefined ? 0 : x(hoverMs);
  return (
    <div className="timeline-row">
      <div
        ref={holder}
        className={`timeline${isSlim ? ' slim' : ''}`}
        role="slider"
        tabIndex={0}
        aria-label={say('playback.timeline')}
        aria-valuemin={view.fromMs}
        aria-valuemax={view.toMs}
        aria-valuenow={timeMs ?? view.fromMs}
        aria-valuetext={timeMs === undefined ? '' : formatClock(timeMs)}
        data-testid="timeline"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onSeek(timeOf(event));
        }}
        onPointerMove={(event) => {
          setHoverMs(timeOf(event));
          if (event.buttons === 1) onSeek(timeOf(event));
        }}
        onPointerLeave={() => setHoverMs(undefined)}
        onWheel={(event) => {
          if (canZoom) zoom(event.deltaY > 0 ? 1.25 : 0.8, hoverMs);
        }}
      >
        <svg width={width} height={heightPx} aria-hidden="true">
          <defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="6" height="6" className="hatch-ground" />
              <rect width="2" height="6" className="hatch-line" />
            </pattern>
            <pattern id="planned" width="6" height="6" patternUnits="userSpaceOnUse">
              <circle cx="3" cy="3" r="1" className="planned-dot" />
            </pattern>
          </defs>
          <rect x="0" y={barTop} width={width} height={barHeight} className="timeline-ground" />
          {spans.map((span) => (
            <rect
              key={span.fromMs}
              x={x(span.fromMs)}
              y={barTop}
              width={Math.max(1, x(span.toMs) - x(span.fromMs))}
              height={barHeight}
              className="timeline-recorded"
            />
          ))}
          {gaps.map((gap) => (
            <rect
              key={gap.fromMs}
              x={x(gap.fromMs)}
              y={barTop}
              width={Math.max(2, x(gap.toMs ?? Math.min(toMs, serverNow())) - x(gap.fromMs))}
              height={barHeight}
              fill={gap.isPlanned ? 'url(#planned)' : 'url(#hatch)'}
              data-testid={gap.isPlanned ? 'gap-planned' : 'gap-lost'}
            />
          ))}
          {(timeline?.events ?? []).map((event) => (
            <line
              key={event.eventId}
              x1={x(new Date(event.time).getTime())}
              x2={x(new Date(event.time).getTime())}
              y1={barTop + barHeight + 2}
              y2={barTop + barHeight + 11}
              className={`timeline-event ${event.kind === 'kitchen.violation' || event.kind === 'watchlist.hit' ? 'alert' : ''}`}
            >
              <title>{`${formatClock(event.time)} ${event.label}`}</title>
            </line>
          ))}
          {bookmarks.map((bookmark) => (
            <path
              key={bookmark.id}
              d={`M${x(new Date(bookmark.time).getTime()) - 4} ${barTop - 2}h8v9l-4 -3l-4 3z`}
              className="timeline-bookmark"
              data-testid="timeline-bookmark"
            >
              <title>{`${formatClock(bookmark.time)} ${bookmark.username} ${bookmark.note}`}</title>
            </path>
          ))}
          {chosen && (
            <rect
              x={x(chosen.fromMs)}
              y={barTop - 4}
              width={Math.max(2, x(chosen.toMs) - x(chosen.fromMs))}
              height={barHeight + 8}
              className="timeline-chosen"
              data-testid="timeline-chosen"
            />
          )}
          {(isSlim ? [] : ticks(view, width, 76)).map((time) => (
            <g key={time}>
              <line x1={x(time)} x2={x(time)} y1={barTop - 5} y2={barTop} className="timeline-tick" />
              <text
                x={Math.min(Math.max(x(time), 26), width - 26)}
                y={14}
                textAnchor="middle"
                className="timeline-label"
              >
                {view.toMs - view.fromMs > 3 * 3_600_000 ? formatClock(time).slice(0, 5) : formatClock(time)}
              </text>
            </g>
          ))}
          {markMs !== undefined && <path d={`M${x(markMs) - 5} ${barTop - 7}h10l-5 7z`} className="timeline-mark" />}
          {timeMs !== undefined && (
            <rect x={x(timeMs) - 1} y={barTop - 6} width="2" height={barHeight + 20} className="timeline-cursor" />
          )}
          {hoverMs !== undefined && (
            <line x1={hoverX} x2={hoverX} y1={barTop - 3} y2={barTop + barHeight + 3} className="timeline-hover" />
          )}
        </svg>
        {hoverMs !== undefined && (
          <div className="timeline-tip" style={{ left: Math.min(Math.max(hoverX, 60), Math.max(60, width - 60)) }}>
            {hoverGap
              ? say(gapWords(hoverGap), {
                  from: formatClock(hoverGap.fromMs),
                  to: hoverGap.toMs === undefined ? '' : formatClock(hoverGap.toMs),
                  why: pick(hoverGap.reason),
                })
              : formatClock(hoverMs)}
            {cameraId !== undefined && !hoverGap && <TimelineStill cameraId={cameraId} timeMs={hoverMs} />}
          </div>
        )}
      </div>
      {canZoom && (
        <div className="timeline-zoom">
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('playback.zoomIn')}
            title={say('playback.zoomIn')}
            onClick={() => zoom(0.5)}
          >
            <Icon name="plus" size={16} />
          </button>
          <button
            type="button"
            className="button quiet icon small-button"
            aria-label={say('playback.zoomOut')}
            title={say('playback.zoomOut')}
            onClick={() => zoom(2)}
          >
            <span aria-hidden="true">−</span>
          </button>
        </div>
      )}
    </div>
  );
}
