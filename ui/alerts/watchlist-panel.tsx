import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { WatchlistEntry, WatchlistInput } from '#api/contract/sightings.ts';
import { sendJson } from '../shared/api-client.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { EmptyState, SkeletonRows } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import { useMay } from '../shared/queries.ts';
import { serverNow } from '../shared/server-clock.ts';
import { timeLeft } from '../shared/time-left.ts';
import { showToast, useProblemToast } from '../shared/toast.tsx';
import { type HitState, useWatchlist } from './hit-queries.ts';
import { WatchForm } from './watch-form.tsx';

/** Plates that are watched: by whom, why, until when, and how good its hits were. */
export function WatchlistPanel({ onHits }: { onHits: (entryId: string, state: HitState) => void }) {
  const { say } = useText();
  const client = useQueryClient();
  const onError = useProblemToast();
  const list = useWatchlist();
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
      {list.isPending && !list.isError && <SkeletonRows count={3} heightPx={64} />}
      {list.data?.length === 0 && (
        <EmptyState icon="alerts" title={say('watchlist.none')} detail={say('watchlist.noneDetail')} />
      )}
      <ul className="watched">
        {list.data?.map((entry) => (
          <WatchRow key={entry.id} entry={entry} onHits={onHits} onRemove={() => remove.mutate(entry)} />
        ))}
      </ul>
    </section>
  );
}

function WatchRow(props: {
  entry: WatchlistEntry;
  onHits: (entryId: string, state: HitState) => void;
  onRemove: () => void;
}) {
  const { say } = useText();
  const maySearch = useMay('vehicle.search');
  const { entry, onHits } = props;
  const leftMs = Date.parse(entry.expiresAt) - serverNow();
  const waiting = Math.max(0, entry.hits - entry.confirmedHits - entry.falseHits);
  const count = (name: HitState, value: number) => (
    <button
      type="button"
      className={`watch-count ${name}${value > 0 ? ' some' : ''}`}
      data-testid={`watch-${name}`}
      title={say('watchlist.showHits', { plate: entry.plate })}
      onClick={() => onHits(entry.id, name)}
    >
      <strong>{value}</strong>
      <span className="small">{say(`hit.state.${name}`)}</span>
    </button>
  );
  return (
    <li className="panel watch" data-testid="watchlist-row">
      <div className="watch-text">
        <span className="watch-first">
          <PlateChip plate={{ text: entry.plate, colour: 'unknown' }} />
          <span className="one-line" title={entry.reason}>
            {entry.reason}
          </span>
        </span>
        <span className="muted small">
          {`${entry.owner} · ${
            leftMs <= 0
              ? `${say('watchlist.expired')} ${formatTime(entry.expiresAt)}`
              : say('watchlist.until', { time: formatTime(entry.expiresAt), left: timeLeft(say, leftMs) })
          }`}
        </span>
      </div>
      <div className="watch-counts">
        {count('open', waiting)}
        {count('confirmed', entry.confirmedHits)}
        {count('false', entry.falseHits)}
      </div>
      {maySearch && (
        <Link
          className="button quiet icon"
          to={`/investigate?plate=${encodeURIComponent(entry.plate)}&range=7d`}
          aria-label={say('watchlist.search', { plate: entry.plate })}
          title={say('watchlist.search', { plate: entry.plate })}
        >
          <Icon name="investigate" size={18} />
        </Link>
      )}
      <button
        type="button"
        className="button quiet icon"
        aria-label={`${say('common.remove')} ${entry.plate}`}
        title={say('common.remove')}
        onClick={props.onRemove}
      >
        <Icon name="trash" size={18} />
      </button>
    </li>
  );
}
