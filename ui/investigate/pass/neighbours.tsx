import { useEffect, useRef } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { formatClock } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { PlateChip } from '../../shared/plate-chip.tsx';
import type { SearchQuery } from '../query/search-query.ts';
import { useNeighbours } from '../use-search.ts';

const aroundMs = 60_000;

/** Who passed the same camera within a minute: what drove before and behind. */
export function Neighbours(props: { sighting: Sighting; query: SearchQuery; onOpen: (sightingId: string) => void }) {
  const { say } = useText();
  const { sighting } = props;
  const list = useRef<HTMLUListElement>(null);
  const neighbours = useNeighbours(sighting, props.query, aroundMs);
  useEffect(() => {
    const own = list.current?.querySelector('.own');
    if (own instanceof HTMLElement && list.current)
      list.current.scrollLeft = own.offsetLeft - (list.current.clientWidth - own.offsetWidth) / 2;
  }, [neighbours.data]);
  if (!neighbours.data) return null;
  return (
    <div className="neighbours">
      <h3>{say('pass.neighbours', { count: neighbours.data.length - 1 })}</h3>
      <ul ref={list}>
        {neighbours.data.map((one) => {
          const isOwn = one.sightingId === sighting.sightingId;
          const seconds = Math.round((Date.parse(one.time) - Date.parse(sighting.time)) / 1000);
          return (
            <li key={one.sightingId} className={isOwn ? 'own' : ''}>
              <button
                type="button"
                aria-current={isOwn}
                data-testid="neighbour"
                onClick={() => props.onOpen(one.sightingId)}
              >
                <img src={one.pictureUrl} alt="" loading="lazy" />
                {one.plate ? <PlateChip plate={one.plate} /> : <span className="muted small">{say('plate.none')}</span>}
                <time className="muted small" title={formatClock(one.time)}>
                  {isOwn ? formatClock(one.time) : `${seconds < 0 ? '−' : '+'}${Math.abs(seconds)} s`}
                </time>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
