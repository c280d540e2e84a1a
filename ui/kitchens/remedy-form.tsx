import { useState } from 'react';
import { formatDuration, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';

const hourMs = 3_600_000;
const choicesHours = [1, 4, 24, 48, 168] as const;

interface RemedyFormProps {
  /** Of the catalogue. */
  readonly usualHours: number;
  readonly isAgain: boolean;
  readonly isPending: boolean;
  onAsk: (asked: { readonly deadlineMs: number; readonly note?: string }) => void;
  onCancel: () => void;
}

/** Until when, and what to do; the usual deadline of the item is filled in. */
export function RemedyForm({ usualHours, isAgain, isPending, onAsk, onCancel }: RemedyFormProps) {
  const { say } = useText();
  const [deadlineMs, setDeadline] = useState(() => serverNow() + usualHours * hourMs);
  const [note, setNote] = useState('');
  const isPast = deadlineMs <= serverNow();
  return (
    <form
      className="remedy-form"
      data-testid="remedy-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPast) onAsk({ deadlineMs, ...(note.trim() === '' ? {} : { note: note.trim() }) });
      }}
    >
      <div className="remedy-hours" role="group" aria-label={say('remedy.deadline')}>
        {choicesHours.map((hours) => (
          <button
            key={hours}
            type="button"
            className="button small-button"
            aria-pressed={Math.abs(deadlineMs - serverNow() - hours * hourMs) < 60_000}
            onClick={() => setDeadline(serverNow() + hours * hourMs)}
          >
            {formatDuration(hours * hourMs)}
          </button>
        ))}
      </div>
      <label className="field">
        {say('remedy.deadline')}
        <TimeField
          kind="time"
          valueMs={deadlineMs}
          label={say('remedy.deadline')}
          testId="remedy-deadline"
          onChange={setDeadline}
        />
        {isPast && <span className="wrong">{say('remedy.past', { time: formatTime(deadlineMs) })}</span>}
      </label>
      <label className="field">
        {say('remedy.note')}
        <textarea
          className="input"
          data-testid="remedy-note"
          maxLength={500}
          // The one thing to fill in; the deadline has its usual value.
          autoFocus
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            if (event.key === 'Escape') onCancel();
          }}
        />
      </label>
      <div className="answers">
        <button type="submit" className="button primary" data-testid="remedy-send" disabled={isPending || isPast}>
          {say(isAgain ? 'remedy.sendBack' : 'remedy.ask')}
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          {say('common.cancel')}
        </button>
      </div>
    </form>
  );
}
