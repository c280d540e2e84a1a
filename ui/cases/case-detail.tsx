import { useState } from 'react';
import { Link } from 'react-router';
import type { CaseDetail } from '#api/contract/cases.ts';
import { downloadFile } from '../shared/download.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { queryString } from '../shared/api-client.ts';
import { serverNow } from '../shared/server-clock.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { CaseDialogs, type CaseDialog } from './case-dialogs.tsx';
import { CaseHistory } from './case-history.tsx';
import { CaseItems } from './case-items.tsx';
import { purposeOfCase, useChangeCase, useReopenCase } from './case-queries.ts';
import { type CaseTab, caseTabs } from './case-tabs.ts';
import { CompanyTab } from './company-tab.tsx';
import { ExpiryMark } from './expiry-mark.tsx';

const extensionMs = 30 * 86_400_000;
const longestMs = 366 * 86_400_000;

/** One case: its frame above, what was kept, the searches that exist only here, and what was done in it. */
export function CaseDetailView(props: {
  detail: CaseDetail;
  tab: CaseTab;
  onTab: (tab: CaseTab) => void;
  onBack: () => void;
}) {
  const { say, language } = useText();
  const { detail, tab } = props;
  const one = detail.case;
  const onProblem = useProblemToast();
  const change = useChangeCase(one.id);
  const reopen = useReopenCase(one.id);
  const [dialog, setDialog] = useState<CaseDialog>();
  const isOpen = one.status === 'open';
  const extend = () => {
    const until = Math.min(Date.parse(one.expiresAt) + extensionMs, serverNow() + longestMs - 60_000);
    const expiresAt = new Date(until).toISOString();
    change.mutate(
      { expiresAt },
      { onSuccess: () => showToast(say('case.extended', { time: formatTime(expiresAt) })), onError: onProblem },
    );
  };
  const save = async () => {
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const query = queryString({ language: language === 'en' ? 'en' : 'zh', timeZone });
    await downloadFile(`/api/cases/${one.id}/export${query}`, undefined, 'case.csv');
    showToast(say('export.done'));
  };
  const searchAddress = `/investigate?${new URLSearchParams({ case: one.id, purpose: purposeOfCase(one) }).toString()}`;
  return (
    <article className="case" data-testid="case-detail">
      <header className="case-head">
        <div className="case-title">
          <button
            type="button"
            className="button quiet icon small-button case-back"
            aria-label={say('keys.cases.close')}
            onClick={props.onBack}
          >
            <Icon name="left" size={18} />
          </button>
          <h2>{`${one.number} · ${one.title}`}</h2>
          <span className={`case-status small ${one.status}`}>{say(`case.status.${one.status}`)}</span>
        </div>
        <div className="case-tools">
          {isOpen && (
            <Link className="button small-button primary" data-testid="case-search" to={searchAddress}>
              <Icon name="investigate" size={16} />
              {say('case.search')}
            </Link>
          )}
          <button
            type="button"
            className="button small-button"
            data-testid="case-export"
            onClick={() => void save().catch(onProblem)}
          >
            <Icon name="download" size={16} />
            {say('case.export')}
          </button>
          {isOpen && (
            <>
              <button type="button" className="button small-button" onClick={() => setDialog('edit')}>
                <Icon name="edit" size={16} />
                {say('case.edit')}
              </button>
              <button type="button" className="button small-button" onClick={() => setDialog('members')}>
                <Icon name="person" size={16} />
                {say('case.members')}
              </button>
              <button
                type="button"
                className="button small-button"
                data-testid="case-close"
                onClick={() => setDialog('close')}
              >
                <Icon name="check" size={16} />
                {say('case.close')}
              </button>
            </>
          )}
          {!isOpen && (
            <button
              type="button"
              className="button small-button"
              data-testid="case-reopen"
              disabled={reopen.isPending}
              onClick={() => reopen.mutate(undefined, { onError: onProblem })}
            >
              <Icon name="refresh" size={16} />
              {say('case.reopen')}
            </button>
          )}
        </div>
        <p className="case-reason">{one.reason}</p>
        <dl className="case-facts small">
          <div>
            <dt className="muted">{say('case.owner')}</dt>
            <dd>{one.owner}</dd>
          </div>
          <div>
            <dt className="muted">{say('case.members')}</dt>
            <dd>{one.members.join('、')}</dd>
          </div>
          <div>
            <dt className="muted">{say('case.created')}</dt>
            <dd>{formatTime(one.createdAt)}</dd>
          </div>
          <div>
            <dt className="muted">{say('case.expires')}</dt>
            <dd className="case-expiry">
              {formatTime(one.expiresAt)}
              <ExpiryMark expiresAt={one.expiresAt} />
              {isOpen && (
                <button
                  type="button"
                  className="button quiet small-button"
                  data-testid="case-extend"
                  disabled={change.isPending}
                  onClick={extend}
                >
                  {say('case.extend')}
                </button>
              )}
            </dd>
          </div>
        </dl>
        {one.closedAt && (
          <p className="small">{say('case.closed', { time: formatTime(one.closedAt), note: one.closingNote ?? '' })}</p>
        )}
        <div className="segmented" role="tablist">
          {caseTabs.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === tab}
              aria-pressed={name === tab}
              data-testid={`case-tab-${name}`}
              onClick={() => props.onTab(name)}
            >
              {say(`case.tab.${name}`)}
              {name === 'items' && ` ${detail.items.length}`}
            </button>
          ))}
        </div>
      </header>
      {tab === 'items' && <CaseItems detail={detail} />}
      {tab === 'company' && <CompanyTab detail={detail} />}
      {tab === 'history' && <CaseHistory history={detail.history} />}
      {dialog && <CaseDialogs one={one} dialog={dialog} onClose={() => setDialog(undefined)} />}
    </article>
  );
}
