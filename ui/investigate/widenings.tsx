import type { SightingPage } from '#api/contract/sightings.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { EmptyState } from '../shared/placeholders.tsx';
import type { SearchQuery } from './search-query.ts';

type Widening = SightingPage['widenings'][number];

function widened(query: SearchQuery, widening: Widening): SearchQuery {
  switch (widening.kind) {
    case 'longer_time':
      return widening.from === undefined || widening.to === undefined
        ? { ...query, range: '7d' }
        : { ...query, range: { fromMs: new Date(widening.from).getTime(), toMs: new Date(widening.to).getTime() } };
    case 'one_character_unknown':
      return { ...query, plate: widening.plate ?? query.plate };
    case 'all_cameras':
      return { ...query, cameraIds: [] };
    case 'any_attribute':
    case 'fuzzy':
      return { ...query, vehicleType: undefined, plateColour: undefined };
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
