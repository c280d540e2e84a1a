import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ClipExport } from '#api/contract/exports.ts';
import { request } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatBytes, formatClock, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useProblemToast } from '../shared/toast.tsx';
import { exportsKey, isOpen, useExports } from './export-queries.ts';

/** What was asked for: how far it is, its files, and a way to call it off. */
export function ExportList({ nameOf }: { nameOf: (cameraId: string) => string }) {
  const { say } = useText();
  const exports = useExports(true);
  if (exports.isError && !exports.data) return <ErrorNotice error={exports.error} />;
  const shown = (exports.data ?? []).filter(({ state }) => state !== 'cancelled');
  if (shown.length === 0) return null;
  return (
    <section className="export-list">
      <h3>{say('export.list')}</h3>
      <ul>
        {shown.map((one) => (
          <ExportItem key={one.id} one={one} nameOf={nameOf} />
        ))}
      </ul>
    </section>
  );
}

function ExportItem({ one, nameOf }: { one: ClipExport; nameOf: (cameraId: string) => string }) {
  const { say, pick } = useText();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => request(`/api/exports/${one.id}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: exportsKey }),
    onError: useProblemToast(),
  });
  const label = say(isOpen(one) ? 'export.cancel' : 'export.remove');
  return (
    <li className="export-item" data-testid="export-item" data-state={one.state}>
      <div className="export-head">
        <span className="one-line">
          {one.cameraIds.map(nameOf).join('、')}
          <span className="muted small">
            {' '}
            {formatTime(one.from)} – {formatClock(one.to)} · {one.purpose}
          </span>
        </span>
        <span className="small">
          {say(`export.state.${one.state}`)}
          {one.state === 'running' && ` ${Math.round((one.progress ?? 0) * 100)} %`}
        </span>
        <button
          type="button"
          className="button quiet icon small-button"
          aria-label={label}
          title={label}
          disabled={end.isPending}
          onClick={() => end.mutate()}
        >
          <Icon name={isOpen(one) ? 'close' : 'trash'} size={15} />
        </button>
      </div>
      {isOpen(one) && <progress max={1} value={one.progress ?? 0} aria-label={say(`export.state.${one.state}`)} />}
      {one.reason && (
        <p className="small export-reason">
          {pick({ zh: one.reason.zh, en: one.reason.en })} {pick({ zh: one.reason.remedyZh, en: one.reason.remedyEn })}
        </p>
      )}
      {one.files.length > 0 && (
        <ul className="export-files">
          {one.files.map((file) => (
            <li key={file.url}>
              <a className="small" href={file.url} download={file.name} data-testid={`export-file-${file.kind}`}>
                <Icon name="download" size={15} />
                <span className="one-line">{file.name}</span>
              </a>
              <span className="muted small">
                {say(`export.kind.${file.kind}`)} · {formatBytes(file.sizeBytes)}
                {file.start !== undefined &&
                  file.end !== undefined &&
                  ` · ${say('export.truly', { from: formatClock(file.start), to: formatClock(file.end) })}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {one.expiresAt !== undefined && (
        <p className="muted small">{say('export.expires', { time: formatTime(one.expiresAt) })}</p>
      )}
    </li>
  );
}
