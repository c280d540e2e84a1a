import { useState } from 'react';
import type { Case, CaseInput } from '#api/contract/cases.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';

const dayMs = 86_400_000;
const usualDays = 90;
export const longestDays = 366;

/** The end of a chosen day, and no later than the server takes. */
export function endOfDay(day: number, mostDays: number): number {
  return Math.min(startOfDay(day) + dayMs - 1_000, serverNow() + mostDays * dayMs - 60_000);
}

/** Number, title, reason and end of a case; all are needed, as nothing is searched without a reason. */
export function CaseForm(props: {
  before?: Case;
  error: unknown;
  isPending: boolean;
  onSave: (input: CaseInput) => void;
  onCancel: () => void;
}) {
  const { say } = useText();
  const { before } = props;
  const [number, setNumber] = useState(before?.number ?? '');
  const [title, setTitle] = useState(before?.title ?? '');
  const [reason, setReason] = useState(before?.reason ?? '');
  const [day, setDay] = useState(() =>
    before ? new Date(before.expiresAt).getTime() : serverNow() + usualDays * dayMs,
  );
  const expiresMs = endOfDay(day, longestDays);
  const isComplete =
    number.trim() !== '' && title.trim() !== '' && reason.trim().length >= 4 && expiresMs > serverNow();
  return (
    <form
      className="case-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isComplete) return;
        props.onSave({
          number: number.trim(),
          title: title.trim(),
          reason: reason.trim(),
          expiresAt: new Date(expiresMs).toISOString(),
        });
      }}
    >
      <div className="case-form-row">
        <label className="field">
          {say('case.number')}
          <input
            className="input"
            autoFocus
            data-testid="case-number"
            maxLength={60}
            placeholder={say('case.numberExample')}
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        </label>
        <label className="field" title={say('case.expiresHint')}>
          {say('case.expires')}
          <TimeField kind="day" label={say('case.expires')} valueMs={expiresMs} onChange={setDay} />
        </label>
      </div>
      <label className="field">
        {say('case.title')}
        <input
          className="input"
          data-testid="case-title"
          maxLength={120}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <label className="field">
        {say('case.reason')}
        <textarea
          className="input"
          data-testid="case-reason"
          maxLength={500}
          rows={2}
          placeholder={say('case.reasonExample')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <p className="muted small">{say('case.expiresAbout')}</p>
      {props.error !== null && <ErrorNotice error={props.error} />}
      <div className="dialog-foot">
        <button type="button" className="button" onClick={props.onCancel}>
          {say('common.cancel')}
        </button>
        <button
          type="submit"
          className="button primary"
          data-testid="case-save"
          disabled={!isComplete || props.isPending}
        >
          {say(before ? 'common.save' : 'case.create')}
        </button>
      </div>
    </form>
  );
}
