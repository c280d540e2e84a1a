import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Webhook, WebhookCreated, WebhookInput, WebhookKind } from '#api/contract/alerts.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { showToast } from '../shared/toast.tsx';

const kinds: readonly WebhookKind[] = [
  'kitchen.violation',
  'kitchen.remedy',
  'watchlist.hit',
  'camera.health',
  'system.health',
];

export function WebhookPanel() {
  const { say } = useText();
  const [isAdding, setAdding] = useState(false);
  const [created, setCreated] = useState<WebhookCreated>();
  const hooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => getJson<Webhook[]>('/api/webhooks', signal),
    refetchInterval: 10_000,
  });
  return (
    <section className="alerts-section">
      <header className="alerts-head">
        <div>
          <h2>{say('webhooks.title')}</h2>
          <p className="muted small">{say('webhooks.about')}</p>
        </div>
        <button type="button" className="button" data-testid="webhook-add" onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} />
          {say('webhooks.add')}
        </button>
      </header>
      {hooks.isError && !hooks.data && <ErrorNotice error={hooks.error} onRetry={() => void hooks.refetch()} />}
      {hooks.isPending && !hooks.isError && <SkeletonRows count={2} heightPx={72} />}
      {hooks.data?.length === 0 && <EmptyState icon="alerts" title={say('webhooks.none')} />}
      <ul className="hooks">
        {hooks.data?.map((hook) => (
          <li key={hook.id} className="panel hook" data-testid="webhook-row">
            <div className="hook-text">
              <strong>{hook.name}</strong>
              <code className="small">{hook.url}</code>
              <span className="muted small">{hook.kinds.map((kind) => say(`kind.${kind}`)).join(' · ')}</span>
              <span className="muted small">
                {say('webhook.created', { name: hook.createdBy, time: formatTime(hook.createdAt) })}
              </span>
              {hook.lastError && (
                <span className="hook-error small">
                  <Icon name="warning" size={14} />
                  {say('webhook.lastError', { error: hook.lastError })}
                </span>
              )}
            </div>
            <dl className="hook-counts">
              {(['delivered', 'pending', 'failed'] as const).map((name) => (
                <div key={name} className={name === 'failed' && hook.failed > 0 ? 'failed' : ''}>
                  <dt className="muted small">{say(`webhook.${name}`)}</dt>
                  <dd data-testid={`webhook-${name}`}>{hook[name]}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {isAdding && (
        <AddWebhookDialog
          onClose={() => setAdding(false)}
          onCreated={(answer) => {
            setAdding(false);
            setCreated(answer);
          }}
        />
      )}
      {created && <SecretDialog created={created} onClose={() => setCreated(undefined)} />}
    </section>
  );
}

function AddWebhookDialog({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (created: WebhookCreated) => void;
}) {
  const { say } = useText();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('https://');
  const [chosen, setChosen] = useState<readonly WebhookKind[]>(['kitchen.violation', 'watchlist.hit']);
  const add = useMutation({
    mutationFn: (body: WebhookInput) => sendJson<WebhookCreated>('POST', '/api/webhooks', body),
    onSuccess: (answer) => {
      void client.invalidateQueries({ queryKey: ['webhooks'] });
      onCreated(answer);
    },
  });
  const isComplete = name.trim() !== '' && /^https?:\/\/\S+$/.test(url.trim()) && chosen.length > 0;
  return (
    <Dialog title={say('webhooks.add')} isNarrow onClose={onClose}>
      <form
        className="alerts-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) add.mutate({ name: name.trim(), url: url.trim(), kinds: [...chosen] });
        }}
      >
        <label className="field">
          {say('webhook.name')}
          <input
            className="input"
            data-testid="webhook-name"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          {say('webhook.url')}
          <input
            className="input"
            data-testid="webhook-url"
            type="url"
            maxLength={500}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <fieldset className="alerts-kinds">
          <legend className="small">{say('webhook.kinds')}</legend>
          {kinds.map((kind) => (
            <label key={kind} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(kind)}
                onChange={() =>
                  setChosen(chosen.includes(kind) ? chosen.filter((other) => other !== kind) : [...chosen, kind])
                }
              />
              {say(`kind.${kind}`)}
            </label>
          ))}
        </fieldset>
        {add.isError && <ErrorNotice error={add.error} />}
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {say('common.cancel')}
          </button>
          <button
            type="submit"
            className="button primary"
            data-testid="webhook-save"
            disabled={!isComplete || add.isPending}
          >
            {say('webhooks.add')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function SecretDialog({ created, onClose }: { created: WebhookCreated; onClose: () => void }) {
  const { say } = useText();
  const copy = async () => {
    await navigator.clipboard.writeText(created.secret);
    showToast(say('common.copied'));
  };
  return (
    <Dialog title={`${say('webhook.secretTitle')} · ${created.webhook.name}`} isNarrow onClose={onClose}>
      <p className="small">{say('webhook.secretOnce')}</p>
      <div className="secret">
        <input
          className="input"
          readOnly
          data-testid="webhook-secret"
          value={created.secret}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button" onClick={() => void copy().catch(() => undefined)}>
          {say('common.copy')}
        </button>
      </div>
      <div className="dialog-foot">
        <button type="button" className="button primary" onClick={onClose}>
          {say('common.close')}
        </button>
      </div>
    </Dialog>
  );
}
