import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Violation } from '#api/contract/kitchen.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { type ViolationFilter, violationFilters } from './use-violations.ts';
import { ViolationList } from './violation-list.tsx';

interface WorkListProps {
  readonly isHidden: boolean;
  /** Switches to the board where only one of the two is seen. */
  readonly heading: ReactNode;
  readonly violations: UseQueryResult<Violation[]>;
  readonly filter: ViolationFilter;
  /** When only one kitchen is looked at. */
  readonly kitchenName: string | undefined;
  readonly opened: string | undefined;
  readonly marked: ReadonlySet<string>;
  onOpen: (violationId: string) => void;
  onMark: (violationId: string) => void;
  onUnmark: () => void;
  onChange: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** What there is to do, one below the other. */
export function WorkList(props: WorkListProps) {
  const { say } = useText();
  const { violations, filter, marked } = props;
  const list = violations.data ?? [];
  return (
    <div className="kitchens-list" hidden={props.isHidden}>
      {props.heading && (
        <div className="kitchens-head">
          <h1>{say('page.kitchens')}</h1>
          {props.heading}
        </div>
      )}
      <div className="kitchens-head">
        <div className="segmented" role="group" aria-label={say('kitchens.list')}>
          {violationFilters.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === filter}
              data-testid={`filter-${name}`}
              onClick={() => props.onChange({ state: name === 'unreviewed' ? undefined : name })}
            >
              {say(`violations.${name}`)}
            </button>
          ))}
        </div>
        {violations.data && <span className="muted small">{list.length}</span>}
      </div>
      {props.kitchenName !== undefined && (
        <button
          type="button"
          className="button small-button kitchens-only"
          onClick={() => props.onChange({ camera: undefined, view: 'list' })}
        >
          {say('violations.ofKitchen', { name: props.kitchenName })}
          <Icon name="close" size={14} />
        </button>
      )}
      {marked.size > 0 && (
        <button type="button" className="button small-button kitchens-only" onClick={props.onUnmark}>
          {say('violations.marked', { count: marked.size })}
          <Icon name="close" size={14} />
        </button>
      )}
      {violations.isError && !violations.data && (
        <div style={{ padding: 12 }}>
          <ErrorNotice error={violations.error} onRetry={() => void violations.refetch()} />
        </div>
      )}
      {violations.isPending && !violations.isError && <SkeletonRows count={6} heightPx={64} />}
      {violations.data && list.length === 0 && <EmptyState icon="check" title={say(`violations.empty.${filter}`)} />}
      <ViolationList
        violations={list}
        opened={props.opened}
        marked={marked}
        onOpen={props.onOpen}
        onMark={props.onMark}
      />
    </div>
  );
}
