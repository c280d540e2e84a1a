import './report.css';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { DatasetExport, KitchenItem } from '#api/contract/kitchen-learning.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { downloadFile } from '../shared/download.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';

const datasetMs = 90 * 86_400_000;
const percent = (share: number): number => Math.round(share * 100);

/** How right each item has been in each kitchen, what the answers suggest, and what is on hold. */
export function QualityPage() {
  const { say } = useText();
  const mayExport = useMay('kitchen.export');
  const items = useQuery({
    queryKey: ['kitchen-items'],
    queryFn: ({ signal }) => getJson<KitchenItem[]>('/api/kitchen-items', signal),
  });
  return (
    <div className="page report">
      <header className="page-head">
        <Link className="button quiet icon" to="/kitchens" aria-label={say('page.kitchens')}>
          <Icon name="left" />
        </Link>
        <h1>{say('quality.title')}</h1>
      </header>
      <div className="page-body report-body">
        <article>
          <p className="muted small">{say('quality.about')}</p>
          {items.isError && <ErrorNotice error={items.error} onRetry={() => void items.refetch()} />}
          {items.isPending && !items.isError && <SkeletonRows count={5} heightPx={48} />}
          {items.data?.length === 0 && <EmptyState icon="filter" title={say('quality.none')} />}
          {items.data && items.data.length > 0 && (
            <div className="report-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{say('report.column.kitchen')}</th>
                    <th>{say('kitchens.item')}</th>
                    <th className="number">{say('quality.right')}</th>
                    <th>{say('quality.interval')}</th>
                    <th>{say('quality.threshold')}</th>
                    <th className="number">{say('quality.held')}</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {items.data.map((item) => (
                    <ItemRow key={`${item.cameraId} ${item.item}`} item={item} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {mayExport && <Dataset />}
        </article>
      </div>
    </div>
  );
}

function ItemRow({ item }: { item: KitchenItem }) {
  const { say } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const onSuccess = (): void => {
    for (const key of ['kitchen-items', 'kitchens']) void client.invalidateQueries({ queryKey: [key] });
  };
  const address = `/api/kitchen-items/${encodeURIComponent(item.cameraId)}/${encodeURIComponent(item.item)}`;
  const setThreshold = useMutation({
    mutationFn: (minScore: number | null) => sendJson('PUT', `${address}/threshold`, { minScore }),
    onSuccess: (_answer, minScore) => {
      const before = item.minScore ?? null;
      const text = minScore === null ? say('quality.cleared') : say('quality.set', { percent: percent(minScore) });
      showToast(text, { label: say('common.undo'), run: () => setThreshold.mutate(before) });
      onSuccess();
    },
    onError,
  });
  const release = useMutation({ mutationFn: () => sendJson('POST', `${address}/release`), onSuccess, onError });
  const { suggestion } = item;
  const share = item.answers === 0 ? 0 : item.confirmed / item.answers;
  return (
    <tr data-testid="quality-row" data-camera={item.cameraId} data-item={item.item}>
      <td>
        {item.kitchenName}
        <div className="muted small">{item.district}</div>
      </td>
      <td>
        <ItemName code={item.item} />
        {item.onHoldSince && (
          <div className="small is-over">{say('quality.onHold', { time: formatTime(item.onHoldSince) })}</div>
        )}
      </td>
      <td className="number">
        {item.answers === 0 ? '–' : `${percent(share)} %`}
        <div className="muted small">{say('quality.n', { confirmed: item.confirmed, answers: item.answers })}</div>
      </td>
      <td>
        <span className="quality-bar" aria-hidden="true">
          <span
            style={{
              left: `${percent(item.precisionLow)}%`,
              width: `${percent(item.precisionHigh) - percent(item.precisionLow)}%`,
            }}
          />
          {item.answers > 0 && <i style={{ left: `${percent(share)}%` }} />}
        </span>
        <div className="muted small">{`${percent(item.precisionLow)} – ${percent(item.precisionHigh)} %`}</div>
      </td>
      <td>
        {item.minScore === undefined ? <span className="muted">–</span> : `${percent(item.minScore)} %`}
        {suggestion && suggestion.minScore !== item.minScore && (
          <div className="muted small">
            {say('quality.suggestion', {
              percent: percent(suggestion.minScore),
              dismissed: suggestion.dismissedHeld,
              confirmed: suggestion.confirmedHeld,
            })}
          </div>
        )}
      </td>
      <td className="number">{item.held}</td>
      <td>
        <div className="quality-actions">
          {suggestion && suggestion.minScore !== item.minScore && (
            <button
              type="button"
              className="button small-button"
              data-testid="quality-accept"
              disabled={setThreshold.isPending}
              onClick={() => setThreshold.mutate(suggestion.minScore)}
            >
              {say('quality.accept', { percent: percent(suggestion.minScore) })}
            </button>
          )}
          {item.minScore !== undefined && (
            <button
              type="button"
              className="button small-button"
              disabled={setThreshold.isPending}
              onClick={() => setThreshold.mutate(null)}
            >
              {say('quality.clear')}
            </button>
          )}
          {item.onHoldSince && (
            <button
              type="button"
              className="button small-button"
              data-testid="quality-release"
              disabled={release.isPending}
              onClick={() => release.mutate()}
            >
              {say('quality.release')}
            </button>
          )}
        </div>
      </td>
    </tr>
  );
}

function Dataset() {
  const { say } = useText();
  const onError = useProblemToast();
  const [purpose, setPurpose] = useState('');
  const save = useMutation({
    mutationFn: () => {
      const nowMs = serverNow();
      const [from, to] = [new Date(nowMs - datasetMs).toISOString(), new Date(nowMs).toISOString()];
      const body: DatasetExport = { purpose: purpose.trim(), from, to };
      return downloadFile('/api/kitchen-dataset', body, 'kitchen-dataset.tar');
    },
    onError,
  });
  return (
    <section>
      <h3>{say('quality.dataset')}</h3>
      <p className="muted small">{say('quality.datasetAbout')}</p>
      <form
        className="quality-export"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <label className="field">
          {say('quality.purpose')}
          <input
            className="input"
            maxLength={200}
            minLength={2}
            required
            value={purpose}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={save.isPending || purpose.trim().length < 2}>
          <Icon name="download" size={18} />
          {say('quality.export')}
        </button>
      </form>
    </section>
  );
}
