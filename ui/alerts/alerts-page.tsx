import './alerts.css';
import { useText } from '../shared/i18n.ts';
import { useMay } from '../shared/queries.ts';
import { useUrlState } from '../shared/url-state.ts';
import { type HitState, hitStates, useHits } from './hit-queries.ts';
import { HitReview } from './hit-review.tsx';
import { WatchlistPanel } from './watchlist-panel.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

export function AlertsPage() {
  const { say } = useText();
  const mayManageWebhooks = useMay('webhook.manage');
  const mayManageWatchlist = useMay('watchlist.manage');
  const [search, change] = useUrlState();
  const reviewed = hitStates.find((state) => state === search.get('hits'));
  const state = mayManageWatchlist ? reviewed : undefined;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.alerts')}</h1>
        {mayManageWatchlist && (
          <div className="segmented" role="group" aria-label={say('shell.pages')}>
            <button
              type="button"
              aria-pressed={state === undefined}
              onClick={() => change({ hits: undefined, entry: undefined, hit: undefined }, 'push')}
            >
              {say('alerts.settings')}
            </button>
            <button
              type="button"
              aria-pressed={state !== undefined}
              data-testid="hits-open"
              onClick={() => change({ hits: 'open', entry: undefined, hit: undefined }, 'push')}
            >
              {say('hits.title')}
              <WaitingCount />
            </button>
          </div>
        )}
      </div>
      {state === undefined ? (
        <div className="page-body alerts-body">
          {mayManageWatchlist && (
            <WatchlistPanel onHits={(entry, hits) => change({ hits, entry, hit: undefined }, 'push')} />
          )}
          {mayManageWebhooks && <WebhookPanel />}
        </div>
      ) : (
        <HitReview
          state={state}
          entryId={search.get('entry') ?? undefined}
          chosen={search.get('hit') ?? undefined}
          onState={(hits: HitState) => change({ hits, hit: undefined })}
          onChoose={(hit) => change({ hit })}
          onAllEntries={() => change({ entry: undefined, hit: undefined })}
        />
      )}
    </div>
  );
}

/** How many hits wait for a person. */
function WaitingCount() {
  const count = useHits('open', undefined).data?.length ?? 0;
  return count === 0 ? null : <span className="hits-waiting">{count}</span>;
}
