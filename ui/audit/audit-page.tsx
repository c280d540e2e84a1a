import './audit.css';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntry } from '#api/contract/system.ts';
import { getJson, queryString } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';

const pageSize = 100;

function detailText(detail: AuditEntry['detail']): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

export function AuditPage() {
  const { say } = useText();
  const [filter, setFilter] = useState('');
  const audit = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      getJson<AuditEntry[]>(`/api/audit${queryString({ before: pageParam, limit: pageSize })}`, signal),
    getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.id),
  });
  const wanted = filter.trim().toLowerCase();
  const entries = (audit.data?.pages.flat() ?? []).filter((entry) =>
    `${entry.username} ${entry.action} ${entry.target} ${entry.purpose ?? ''}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.audit')}</h1>
        <span className="muted small">{say('audit.about')}</span>
        <input
          className="input audit-filter"
          type="search"
          placeholder={say('audit.filter')}
          aria-label={say('audit.filter')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <div className="page-body">
        {audit.isError && !audit.data && (
          <div style={{ padding: 16 }}>
            <ErrorNotice error={audit.error} onRetry={() => void audit.refetch()} />
          </div>
        )}
        {audit.isPending && !audit.isError && <SkeletonRows count={14} heightPx={24} />}
        {audit.data && entries.length === 0 && <EmptyState icon="audit" title={say('audit.none')} />}
        {entries.length > 0 && (
          <table className="table">
            <thead>
              <tr>
                <th>{say('audit.time')}</th>
                <th>{say('audit.user')}</th>
                <th>{say('audit.action')}</th>
                <th>{say('audit.target')}</th>
                <th>{say('audit.purpose')}</th>
                <th>{say('audit.detail')}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id} data-testid="audit-row">
                  <td className="audit-time">{formatTime(entry.time)}</td>
                  <td>{entry.username}</td>
                  <td>
                    <code>{entry.action}</code>
                  </td>
                  <td>{entry.target}</td>
                  <td>{entry.purpose ?? ''}</td>
                  <td className="muted audit-detail">{detailText(entry.detail)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {audit.hasNextPage && (
          <button
            type="button"
            className="button audit-more"
            disabled={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {say('common.more')}
          </button>
        )}
      </div>
    </div>
  );
}
