import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { FeedEvent } from '#api/contract/events.ts';
import type { WatchlistEntry, WatchlistInput } from '#api/contract/sightings.ts';
import { getJson, sendJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime, startOfDay } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { liveEvents } from '../shared/live-events.ts';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { TimeField } from '../shared/time-field.tsx';
import { showToast, useProblemToast } from '../shared/toast.tsx';

const dayMs = 86_400_000;
const longestDays = 90;
const usualDays = 30;

export function WatchlistPanel() {
  const { say } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const maySearch = useMay('vehicle.search');
  const list = useQuery({
    queryKey: ['watchlist'],
    queryFn: ({ signal }) => getJson<WatchlistEntry[]>('/api/watchlist', signal),
  });
  const hits = useQuery({
    queryKey: ['watchlist-hits'],
    queryFn: ({ signal }) => getJson<FeedEvent[]>('/api/events?kinds=watchlist.hit&limit=20', signal),
  });
  useEffect(
    () =>
      liveEvents.subscribe('event', (event) => {
        if (event.kind !== 'watchlist.hit') return;
        void client.invalidateQueries({ queryKey: ['watchlist'] });
        void client.invalidateQueries({ queryKey: ['watchlist-hits'] });
      }),
    [client],
  );
  const reload = () => void client.invalidateQueries({ queryKey: ['watchlist'] });
  const add = useMutation({
    mutationFn: (body: WatchlistInput) => sendJson<WatchlistEntry>('POST', '/api/watchlist', body),
    onSuccess: reload,
  });
  const remove = useMutation({
    mutationFn: (entry: WatchlistEntry) => sendJson('DELETE', `/api/watchlist/${entry.id}`),
    onSuccess: (_answer, entry) => {
      reload();
      const back = { plate: entry.plate, reason: entry.reason, expiresAt: entry.expiresAt };
      showToast(say('watchlist.removed', { plate: entry.plate }), {
        label: say('common.undo'),
        run: () => add.mutate(back),
      });
    },
    onError,
  });
  return (
    <section className="alerts-section">
      <header className="alerts-head">
        <div>
          <h2>{say('watchlist.title')}</h2>
          <p className="muted small">{say('watchlist.about')}</p>
        </div>
      </header>
      <WatchForm
        error={add.error}
        isPending={add.isPending}
        onAdd={(input, done) => add.mutate(input, { onSuccess: done })}
      />
      {list.isError && !list.data && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && !list.isError && <SkeletonRows count={3} heightPx={44} />}
      {list.data?.length === 0 && <EmptyState icon="alerts" title={say('watchlist.none')} />}
      <ul className="watched">
        {list.data?.map((entry) => {
          const isExpired = new Date(entry.expiresAt).getTime() < serverNow();
          return (
            <li key={entry.id} className="panel watch" data-testid="watchlist-row">
              <PlateChip plate={{ text: entry.plate, colour: 'unknown' }} />
              <div className="watch-text">
                <span>{entry.reason}</span>
                <span className="muted small">
                  {`${entry.owner} · ${isExpired ? say('watchlist.expired') : say('watchlist.expires')} ${formatTime(entry.expiresAt)}`}
                </span>
              </div>
              {maySearch ? (
                <Link
                  to={`/investigate?plate=${encodeURIComponent(entry.plate)}&range=7d`}
                  title={say('watchlist.showHits', { plate: entry.plate })}
                >
                  {`${say('watchlist.hits')} ${entry.hits}`}
                </Link>
              ) : (
                <span>{`${say('watchlist.hits')} ${entry.hits}`}</span>
              )}
              <button
                type="button"
                className="button quiet icon"
                aria-label={`${say('common.remove')} ${entry.plate}`}
                title={say('common.remove')}
                onClick={() => remove.mutate(entry)}
              >
                <Icon name="trash" size={18} />
              </button>
            </li>
          );
        })}
      </ul>
      <h3>{say('watchlist.recent')}</h3>
      {hits.data?.length === 0 && <p className="muted small">{say('watchlist.noHits')}</p>}
      <ul className="watched">
        {hits.data
          ?.filter((event) => event.kind === 'watchlist.hit')
          .map((event) => (
            <li key={event.eventId} className="watch small">
              {event.plate && <PlateChip plate={event.plate} />}
              <div className="watch-text">
                <span className="one-line">{event.cameraName}</span>
                <span className="muted">{formatTime(event.time)}</span>
              </div>
              {event.cropUrl && <img className="watch-crop" src={event.cropUrl} alt="" loading="lazy" />}
            </li>
          ))}
      </ul>
    </section>
  );
}

function WatchForm(props: {
  error: unknown;
  isPending: boolean;
  onAdd: (input: WatchlistInput, done: () => void) => void;
}) {
  const { say } = useText();
  const [plate, setPlate] = useState('');
  const [reason, setReason] = useState('');
  const [day, setDay] = useState(() => serverNow() + usualDays * dayMs);
  const normal = normalisePlateQuery(plate);
  const isPlateRight = normal.length >= 5 && normal.length <= 10 && !/[?*]/.test(normal);
  // The end of that day, and no later than the server takes.
  const expiresMs = Math.min(startOfDay(day) + dayMs - 1_000, serverNow() + longestDays * dayMs - 60_000);
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
