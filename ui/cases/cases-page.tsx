import './cases.css';
import { useState } from 'react';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useUrlState } from '../shared/url-state.ts';
import { useKeys } from '../shared/use-keys.ts';
import { CaseDetailView } from './case-detail.tsx';
import { CaseForm } from './case-form.tsx';
import { CaseList } from './case-list.tsx';
import { useCase, useCases, useCreateCase } from './case-queries.ts';
import { caseTabs } from './case-tabs.ts';

/** Cases: the reasons for searches, and what was kept of their results. */
export function CasesPage() {
  const { say } = useText();
  const [search, change] = useUrlState();
  const status = search.get('status') === 'closed' ? 'closed' : 'open';
  const caseId = search.get('case') ?? undefined;
  const tab = caseTabs.find((one) => one === search.get('tab')) ?? 'items';
  const cases = useCases(status);
  const detail = useCase(caseId);
  const create = useCreateCase();
  const [isCreating, setCreating] = useState(false);
  useKeys([
    { keys: ['N'], label: 'keys.cases.new', run: () => setCreating(true) },
    { keys: ['Escape'], label: 'keys.cases.close', run: () => change({ case: undefined, tab: undefined }) },
  ]);
  return (
    <div className={`page cases${caseId === undefined ? '' : ' has-case'}`}>
      <div className="cases-list">
        <div className="cases-head">
          <h1>{say('page.cases')}</h1>
          <button
            type="button"
            className="button small-button"
            data-testid="case-create"
            onClick={() => setCreating(true)}
          >
            <Icon name="plus" size={16} />
            {say('case.create')}
          </button>
        </div>
        <div className="segmented" role="group" aria-label={say('page.cases')}>
          {(['open', 'closed'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === status}
              onClick={() => change({ status: one === 'open' ? undefined : one })}
            >
              {say(`case.status.${one}`)}
            </button>
          ))}
        </div>
        {cases.isError && !cases.data && <ErrorNotice error={cases.error} onRetry={() => void cases.refetch()} />}
        {cases.isPending && !cases.isError && <SkeletonRows count={6} heightPx={58} />}
        {cases.data?.length === 0 && (
          <EmptyState
            icon="cases"
            title={say(status === 'open' ? 'case.none' : 'case.noneClosed')}
            {...(status === 'open' ? { detail: say('case.noneDetail') } : {})}
          />
        )}
        <CaseList
          cases={cases.data ?? []}
          chosen={caseId}
          onChoose={(id) => change({ case: id, tab: undefined }, 'push')}
        />
      </div>
      <div className="cases-main">
        {caseId === undefined && (cases.data?.length ?? 0) > 0 && <EmptyState icon="cases" title={say('case.pick')} />}
        {detail.isError && !detail.data && (
          <div className="cases-notice">
            <ErrorNotice error={detail.error} onRetry={() => void detail.refetch()} />
          </div>
        )}
        {caseId !== undefined && detail.isPending && !detail.isError && <SkeletonRows count={6} heightPx={80} />}
        {detail.data && caseId !== undefined && (
          <CaseDetailView
            key={caseId}
            detail={detail.data}
            tab={tab}
            onTab={(next) => change({ tab: next === 'items' ? undefined : next })}
            onBack={() => change({ case: undefined, tab: undefined })}
          />
        )}
      </div>
      {isCreating && (
        <Dialog title={say('case.create')} isNarrow onClose={() => setCreating(false)}>
          <CaseForm
            error={create.error}
            isPending={create.isPending}
            onSave={(input) =>
              create.mutate(input, {
                onSuccess: (made) => {
                  setCreating(false);
                  change({ case: made.id, tab: undefined, status: undefined }, 'push');
                },
              })
            }
            onCancel={() => setCreating(false)}
          />
        </Dialog>
      )}
    </div>
  );
}
