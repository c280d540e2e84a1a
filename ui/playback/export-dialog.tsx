import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClipExport, ExportInput } from '#api/contract/exports.ts';
import { sendJson } from '../shared/api-client.ts';
import { Dialog } from '../shared/dialog.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatDuration } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { readSetting, writeSetting } from '../shared/local-setting.ts';
import { TimeField } from '../shared/time-field.tsx';
import { ExportList } from './export-list.tsx';
import { exportsKey } from './export-queries.ts';

interface ExportDialogProps {
  readonly cameras: readonly { readonly id: string; readonly name: string }[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly nameOf: (cameraId: string) => string;
  onClose: () => void;
}

const longestMs = 24 * 3_600_000;

/** Asks for a range of the cameras as files; what was asked for before is listed below. */
export function ExportDialog(props: ExportDialogProps) {
  const { say } = useText();
  const queries = useQueryClient();
  const [fromMs, setFrom] = useState(props.fromMs);
  const [toMs, setTo] = useState(props.toMs);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(props.cameras.map(({ id }) => id)));
  const [purpose, setPurpose] = useState(readSetting('exportPurpose') ?? '');
  const start = useMutation({
    mutationFn: (body: ExportInput) => sendJson<ClipExport>('POST', '/api/exports', body),
    onSuccess: async () => {
      writeSetting('exportPurpose', purpose);
      await queries.invalidateQueries({ queryKey: exportsKey });
    },
  });
  const isRange = toMs > fromMs && toMs - fromMs <= longestMs;
  return (
    <Dialog title={say('export.title')} onClose={props.onClose}>
      <form
        className="export-form"
        data-testid="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate({
            cameraIds: [...chosen],
            from: new Date(fromMs).toISOString(),
            to: new Date(toMs).toISOString(),
            purpose: purpose.trim(),
            timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          });
        }}
      >
        <fieldset className="export-cameras">
          <legend className="small muted">{say('export.cameras')}</legend>
          {props.cameras.map(({ id, name }) => (
            <label key={id} className="check">
              <input
                type="checkbox"
                checked={chosen.has(id)}
                onChange={() => {
                  const next = new Set(chosen);
                  if (!next.delete(id)) next.add(id);
                  setChosen(next);
                }}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <div className="export-range">
          <label className="field">
            {say('export.from')}
            <TimeField
              kind="time"
              label={say('export.from')}
              valueMs={fromMs}
              testId="export-from"
              onChange={setFrom}
            />
          </label>
          <label className="field">
            {say('export.to')}
            <TimeField kind="time" label={say('export.to')} valueMs={toMs} testId="export-to" onChange={setTo} />
          </label>
          <span className="muted small">{isRange ? formatDuration(toMs - fromMs) : say('export.badRange')}</span>
        </div>
        <label className="field">
          {say('export.purpose')}
          <input
            className="input"
            data-testid="export-purpose"
            maxLength={200}
            value={purpose}
            placeholder={say('export.purposeHint')}
            onChange={(event) => setPurpose(event.target.value)}
          />
        </label>
        <p className="muted small">{say('export.about')}</p>
        {start.isError && <ErrorNotice error={start.error} />}
        <div className="dialog-foot">
          <button
            type="submit"
            className="button primary"
            data-testid="export-start"
            disabled={!isRange || chosen.size === 0 || purpose.trim().length < 2 || start.isPending}
          >
            {say('export.start')}
          </button>
        </div>
      </form>
      <ExportList nameOf={props.nameOf} />
    </Dialog>
  );
}
