import './alerts.css';
import { useText } from '../shared/i18n.ts';
import { useMay } from '../shared/queries.ts';
import { WatchlistPanel } from './watchlist-panel.tsx';
import { WebhookPanel } from './webhook-panel.tsx';

export function AlertsPage() {
  const { say } = useText();
  const mayManageWebhooks = useMay('webhook.manage');
  const mayManageWatchlist = useMay('watchlist.manage');
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say('page.alerts')}</h1>
      </div>
      <div className="page-body alerts-body">
        {mayManageWatchlist && <WatchlistPanel />}
        {mayManageWebhooks && <WebhookPanel />}
      </div>
    </div>
  );
}
