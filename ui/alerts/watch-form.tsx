import { useState } from 'react';
import type { WatchlistInput } from '#api/contract/sightings.ts';
import { endOfDay } from '../cases/case-form.tsx';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { useText } from '../shared/i18n.ts';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';

const dayMs = 86_400_000;
const longestDays = 90;
const usualDays = 30;

/** Plate, reason and end of a watch; all are needed. */
export function WatchForm(props: {
  plate?: string;
  reason?: string;
  error: unknown;
  isPending: boolean;
  onAdd: (input: WatchlistInput, done: () => void) => void;
}) {
  const { say } = useText();
  const [plate, setPlate] = useState(props.plate ?? '');
  const [reason, setReason] = useState(props.reason ?? '');
  const [day, setDay] = useState(() => serverNow() + usualDays * dayMs);
  const normal = normalisePlateQuery(plate);
  const isPlateRight = normal.length >= 5 && normal.length <= 10 && !/[?*]/.test(normal);
  const expiresMs = endOfDay(day, longestDays);
  const isComplete = isPlateRight && reason.trim().length >= 4 && expiresMs > serverNow();
  return (
    <form
      className="watch-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isComplete) return;
        props.onAdd({ plate: normal, reason: reason.trim(), expiresAt: new Date(expiresMs).toISOString() }, () => {
          setPlate('');
          setReason('');
        });
      }}
    >
      <label className="field">
        {say('watchlist.plate')}
        <input
          className="input"
          data-testid="watch-plate"
          value={plate}
          aria-invalid={plate !== '' && !isPlateRight}
          title={say('watchlist.plateWrong')}
          onChange={(event) => setPlate(event.target.value)}
        />
      </label>
      <label className="field watch-reason">
        {say('watchlist.reason')}
        <input
          className="input"
          data-testid="watch-reason"
          maxLength={200}
          placeholder={say('search.purposePlaceholder')}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label className="field" title={say('watchlist.expiresHint')}>
        {say('watchlist.expires')}
        <TimeField kind="day" label={say('watchlist.expires')} valueMs={expiresMs} onChange={setDay} />
      </label>
      <button
        type="submit"
        className="button primary"
        data-testid="watch-add"
        disabled={!isComplete || props.isPending}
      >
        {say('watchlist.add')}
      </button>
      {props.error !== null && (
        <div className="watch-error">
          <ErrorNotice error={props.error} />
        </div>
      )}
    </form>
  );
}
