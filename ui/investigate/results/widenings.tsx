import type { SightingPage } from '#api/contract/sightings.ts';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { EmptyState } from '../../shared/placeholders.tsx';
import { serverNow } from '../../shared/server-clock.ts';
import { rangeOf, type SearchQuery } from '../query/search-query.ts';
import { withHours } from '../query/time-range.ts';

type Widening = SightingPage['widenings'][number];

function widened(query: SearchQuery, widening: Widening): SearchQuery {
  switch (widening.kind) {
    case 'longer_time': {
      // Hours of a single day were part of the range; those of each day stay.
      const { hours } = withHours(rangeOf(query, serverNow()), query.hours);
      const { from, to } = widening;
      const range = from === undefined || to === undefined ? '7d' : { fromMs: Date.parse(from), toMs: Date.parse(to) };
      return { ...query, range, hours };
    }
    case 'one_character_unknown':
      return { ...query, plate: widening.plate ?? query.plate, isFuzzy: false };
    case 'all_cameras':
      return { ...query, cameraIds: [], places: [], area: undefined };
    case 'fuzzy':
      return { ...query, isFuzzy: true };
    case 'any_attribute':
      return {
        ...query,
        vehicleType: undefined,
        vehicleColour: undefined,
        direction: undefined,
        plateColour: undefined,
      };
  }
}

/** Nothing found: why, and what would find something, each one click away. */
export function Widenings({
  page,
  query,
  onQuery,
}: {
  page: SightingPage;
  query: SearchQuery;
  onQuery: (query: SearchQuery) => void;
}) {
  const { say } = useText();
  const useful = page.widenings.filter((widening) => widening.count > 0);
  return (
    <EmptyState
      icon="investigate"
      title={say('results.nothing')}
      detail={say(useful.length > 0 ? 'results.nothingDetail' : 'results.nothingAtAll')}
    >
      <div className="widenings">
        {useful.map((widening) => (
          <button
            key={`${widening.kind}-${widening.plate ?? ''}`}
            type="button"
            className="button"
            data-testid="widening"
            onClick={() => onQuery(widened(query, widening))}
          >
            {say(`widen.${widening.kind}`, {
              count: widening.count,
              plate: widening.plate ?? '',
              from: widening.from === undefined ? say('search.range.7d') : formatTime(widening.from),
            })}
          </button>
        ))}
      </div>
    </EmptyState>
  );
}
