import type { ReactNode } from 'react';
import type { Sighting, SightingPage } from '#api/contract/sightings.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../../shared/placeholders.tsx';
import type { Hindrance } from '../query/search-body.ts';
import type { SearchQuery } from '../query/search-query.ts';
import { PlateGroups } from './plate-groups.tsx';
import { ResultList } from './result-list.tsx';
import { Widenings } from './widenings.tsx';

interface ResultsPaneProps {
  readonly query: SearchQuery;
  /** Why nothing is asked. */
  readonly hindrance: Hindrance | undefined;
  readonly first: SightingPage | undefined;
  readonly sightings: readonly Sighting[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly isLoadingMore: boolean;
  readonly error: unknown;
  readonly highlighted: string | undefined;
  readonly revealed: string | undefined;
  readonly opened: string | undefined;
  readonly compared: readonly string[];
  /** The trajectory, above the list. */
  readonly children?: ReactNode;
  onQuery: (query: SearchQuery) => void;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string) => void;
  onCompare: (sightingId: string) => void;
  onExport: () => void;
  onMore: () => void;
  onRetry: () => void;
}

/** The list with what stands above it, or the reason why there is none. */
export function ResultsPane(props: ResultsPaneProps) {
  const { say } = useText();
  const { query, hindrance, first, sightings, error } = props;
  if (hindrance === 'purpose') {
    return <EmptyState icon="lock" title={say('search.purposeFirst')} detail={say('search.purposeFirstDetail')} />;
  }
  if (hindrance === 'no_cameras' || hindrance === 'too_many_cameras') {
    return (
      <EmptyState icon="cameras" title={say(`hindrance.${hindrance}`)} detail={say(`hindrance.${hindrance}Detail`)} />
    );
  }
  if (error !== null) {
    return (
      <div className="results-notice">
        <ErrorNotice error={error} onRetry={props.onRetry} />
      </div>
    );
  }
  if (!first) return <SkeletonRows count={8} heightPx={64} />;
  const isGrouped = first.plates.length > 1 && query.plate !== '';
  return (
    <ResultList
      sightings={sightings}
      highlighted={props.highlighted}
      revealed={props.revealed}
      opened={props.opened}
      compared={props.compared}
      onHover={props.onHover}
      onOpen={props.onOpen}
      onPlate={props.onPlate}
      onCompare={props.onCompare}
      onEnd={() => props.hasMore && !props.isLoadingMore && props.onMore()}
      foot={props.isLoadingMore && <SkeletonRows count={2} heightPx={64} />}
    >
      {props.children}
      {sightings.length > 0 && (
        <div className={`results-head small${props.isLoading ? ' is-old' : ''}`}>
          <strong data-testid="result-count">
            {say(props.hasMore ? 'results.countMore' : 'results.count', { count: sightings.length })}
          </strong>
          <span className="muted">{say('results.took', { ms: Math.round(first.tookMs) })}</span>
          <button
            type="button"
            className="button quiet small-button"
            data-testid="export"
            title={`${say('export.title')} (X)`}
            onClick={props.onExport}
          >
            <Icon name="download" size={16} />
            CSV
          </button>
        </div>
      )}
      {isGrouped && (
        <PlateGroups plates={first.plates} onNarrow={(plate) => props.onQuery({ ...query, plate, isFuzzy: false })} />
      )}
      {sightings.length === 0 && !props.isLoading && <Widenings page={first} query={query} onQuery={props.onQuery} />}
    </ResultList>
  );
}
