import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { FeedEvent } from '#api/contract/events.ts';
import { getJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatClock, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { liveEvents } from '../shared/live-events.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import { useMay } from '../shared/queries.ts';

/** More would only be scrolled past; the pages search further back. */
const kept = 100;

function useFeed(): { events: FeedEvent[]; isPending: boolean; error: unknown } {
  const past = useQuery({
    queryKey: ['feed'],
    queryFn: ({ signal }) => getJson<FeedEvent[]>('/api/events?limit=50', signal),
    staleTime: 0,
  });
  const [fresh, setFresh] = useState<readonly FeedEvent[]>([]);
  useEffect(
    () => liveEvents.subscribe('event', (event) => setFresh((events) => [event, ...events].slice(0, kept))),
    [],
  );
  const byId = new Map([...fresh, ...(past.data ?? [])].map((event) => [event.eventId, event]));
  // A pass is told when the vehicle has left, later than a line that it crossed: by time, not by arrival.
  const events = [...byId.values()].sort((a, b) => b.time.localeCompare(a.time));
  return { events: events.slice(0, kept), isPending: past.isPending, error: past.error };
}

function linkOf(event: FeedEvent, mayJudge: boolean): string {
  if (event.kind === 'kitchen.violation' && event.violationId) return `/kitchens?violation=${event.violationId}`;
  if (event.kind === 'camera.health') return `/cameras?camera=${event.cameraId}`;
  if (event.kind === 'system.health') return '/cameras';
  if (event.kind === 'watchlist.hit' && mayJudge) return '/alerts?hits=open';
  return `/playback?camera=${event.cameraId}&time=${encodeURIComponent(event.time)}`;
}

/** What happens now, newest first; it holds still under the pointer so that a line can be hit. */
export function EventFeed({ isPinned, onClose }: { isPinned: boolean; onClose: () => void }) {
  const { say } = useText();
  const { events, isPending, error } = useFeed();
  const held = useRef<readonly FeedEvent[]>(undefined);
  const [isHeld, setHeld] = useState(false);
  const lines = isHeld && held.current ? held.current : events;
  const shown = new Set(lines.map((event) => event.eventId));
  const waiting = events.filter((event) => !shown.has(event.eventId)).length;
  return (
    <aside className={`feed${isPinned ? ' pinned' : ''}`} aria-label={say('feed.title')}>
      <div className="feed-head">
        <h2>{say('feed.title')}</h2>
        {isHeld && waiting > 0 && <span className="muted small">{say('feed.paused', { count: waiting })}</span>}
        <button
          type="button"
          className="button quiet icon small-button"
          aria-label={say('feed.hide')}
          onClick={onClose}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      {error !== null && events.length === 0 && <ErrorNotice error={error} />}
      {isPending && <SkeletonRows count={8} heightPx={52} />}
      {!isPending && events.length === 0 && (
        <EmptyState icon="feed" title={say('feed.empty')} detail={say('feed.emptyDetail')} />
      )}
      <ol
        className="feed-lines"
        onPointerEnter={() => {
          held.current = events;
          setHeld(true);
        }}
        onPointerLeave={() => setHeld(false)}
      >
        {lines.map((event) => (
          <FeedLine key={event.eventId} event={event} />
        ))}
      </ol>
    </aside>
  );
}

function FeedLine({ event }: { event: FeedEvent }) {
  const { say, pick } = useText();
  const mayJudge = useMay('watchlist.manage');
  // A disk alarm that has ended is good news, told quietly.
  const isDiskAlarm = event.kind === 'system.health' && event.phase !== 'closed';
  const isAlert = event.kind === 'kitchen.violation' || event.kind === 'watchlist.hit' || isDiskAlarm;
  return (
    <li data-testid="feed-event" data-kind={event.kind}>
      <Link to={linkOf(event, mayJudge)} className={`feed-line${isAlert ? ' alert' : ''}`}>
        <span className="feed-picture">
          {event.cropUrl || event.pictureUrl ? (
            <img src={event.cropUrl ?? event.pictureUrl} alt="" loading="lazy" />
          ) : (
            <Icon name={iconOf(event)} size={18} />
          )}
        </span>
        <span className="feed-text">
          <span className="feed-first">
            {event.plate ? (
              <PlateChip plate={event.plate} />
            ) : (
              <span className={event.reason ? 'feed-reason' : 'one-line'}>
                {event.kind === 'camera.health' ? (
                  <HealthWord item={event.item} />
                ) : event.reason ? (
                  pick(event.reason)
                ) : event.item ? (
                  <ItemName code={event.item} />
                ) : event.vehicleType ? (
                  say(`vehicle.${event.vehicleType}`)
                ) : (
                  (event.ruleName ?? say(`kind.${event.kind}`))
                )}
              </span>
            )}
            <time className="muted" dateTime={event.time} title={formatTime(event.time)}>
              {formatClock(event.time)}
            </time>
          </span>
          <span className="muted small one-line">
            {isAlert && <Icon name="warning" size={13} />}
            {[
              say(`kind.${event.kind}`),
              // Until a person has compared it with the picture, a hit is a suspicion.
              event.kind === 'watchlist.hit' && say(`hit.state.${event.verdict ?? 'open'}`),
              event.phase && say(`phase.${event.phase}`),
              event.direction && say(`direction.${event.direction}`),
              event.cameraName,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </span>
      </Link>
    </li>
  );
}

function iconOf({ kind, phase }: FeedEvent): IconName {
  if (kind === 'system.health') return phase === 'closed' ? 'check' : 'disk';
  return kind === 'camera.health' ? 'cameras' : 'route';
}

const statuses = ['connecting', 'live', 'stalled', 'offline', 'rejected', 'unsupported', 'disabled'] as const;

function HealthWord({ item }: { item: string | undefined }) {
  const { say } = useText();
  const status = statuses.find((known) => known === item);
  return <>{status ? say(`status.${status}`) : (item ?? say('kind.camera.health'))}</>;
}
