import { useState } from 'react';
import type { Case } from '#api/contract/cases.ts';
import { CaseForm } from '../../cases/case-form.tsx';
import { purposeOfCase, useCases, useCreateCase } from '../../cases/case-queries.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDay } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { useMay } from '../../shared/queries.ts';
import { type SearchQuery, shortestPurpose } from '../query/search-query.ts';

/** More than so many open cases get a filter. */
const manyCases = 5;

/** An open case, a new one, or a reason for single searches. */
export function CaseMenu(props: { query: SearchQuery; onChange: (query: SearchQuery) => void; onDone: () => void }) {
  const { say } = useText();
  const { query, onChange, onDone } = props;
  const mayCases = useMay('case.manage');
  const cases = useCases('open');
  const create = useCreateCase();
  const [isCreating, setCreating] = useState(false);
  const [filter, setFilter] = useState('');
  const choose = (one: Case) => {
    onChange({ ...query, caseId: one.id, purpose: purposeOfCase(one) });
    onDone();
  };
  const wanted = filter.trim().toLowerCase();
  const shown = (cases.data ?? []).filter((one) => `${one.number} ${one.title}`.toLowerCase().includes(wanted));
  const reason = query.caseId === undefined ? query.purpose : '';
  if (isCreating) {
    return (
      <div className="menu case-menu is-form" role="dialog" aria-label={say('case.create')}>
        <h3>{say('case.create')}</h3>
        <CaseForm
          error={create.error}
          isPending={create.isPending}
          onSave={(input) => create.mutate(input, { onSuccess: choose })}
          onCancel={() => setCreating(false)}
        />
      </div>
    );
  }
  return (
    <div className="menu case-menu" role="dialog" aria-label={say('case.choose')}>
      <p className="muted small">{say('search.purposeFirstDetail')}</p>
      {mayCases && (
        <>
          <div className="case-menu-head">
            <h3>{say('case.openOnes')}</h3>
            <button
              type="button"
              className="button small-button"
              data-testid="case-new"
              onClick={() => setCreating(true)}
            >
              <Icon name="plus" size={15} />
              {say('case.create')}
            </button>
          </div>
          {(cases.data?.length ?? 0) > manyCases && (
            <input
              className="input"
              placeholder={say('case.filter')}
              aria-label={say('case.filter')}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          )}
          {cases.isError && !cases.data && <ErrorNotice error={cases.error} onRetry={() => void cases.refetch()} />}
          {cases.data?.length === 0 && <p className="muted small">{say('case.noneOpen')}</p>}
          <ul className="case-menu-list">
            {shown.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  className="menu-item"
                  aria-pressed={one.id === query.caseId}
                  data-testid="case-option"
                  onClick={() => choose(one)}
                >
                  <Icon name={one.id === query.caseId ? 'check' : 'cases'} size={16} />
                  <span className="case-menu-text">
                    <span className="one-line">{`${one.number} · ${one.title}`}</span>
                    <span className="muted small">
                      {say('case.menuFacts', { items: one.items, expires: formatDay(one.expiresAt) })}
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim().length >= shortestPurpose) onDone();
        }}
      >
        <label className="field">
          {say(mayCases ? 'search.purposeOnly' : 'search.purpose')}
          <span className="case-menu-reason">
            <input
              className="input"
              data-testid="search-purpose"
              autoFocus={!mayCases}
              maxLength={200}
              placeholder={say('search.purposePlaceholder')}
              value={reason}
              onChange={(event) => onChange({ ...query, caseId: undefined, purpose: event.target.value })}
            />
            <button type="submit" className="button primary" disabled={reason.trim().length < shortestPurpose}>
              {say('search.purposeTake')}
            </button>
          </span>
        </label>
      </form>
      <p className="muted small">{say('search.purposeWhy')}</p>
    </div>
  );
}
