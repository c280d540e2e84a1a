import { useQuery } from '@tanstack/react-query';
import type { Camera, CameraCounts } from '#api/contract/cameras.ts';
import { getJson, queryString } from '../../shared/api-client.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { startOfDay } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { serverNow } from '../../shared/server-clock.ts';
import { type CountSum, sumCounts } from './count-sums.ts';

/** What the lines and dwell zones of the camera counted since midnight, hour by hour. */
export function DayCounts({ camera }: { camera: Camera }) {
  const { say } = useText();
  const hasCounters = camera.rules.some(({ kind }) => kind === 'line' || kind === 'dwell');
  const query = useQuery({
    queryKey: ['camera-counts', camera.id],
    enabled: camera.scene === 'road',
    refetchInterval: 30_000,
    queryFn: ({ signal }) => {
      const nowMs = serverNow();
      // To the end of the second: a range must not be empty at midnight.
      const range = { from: new Date(startOfDay(nowMs)).toISOString(), to: new Date(nowMs + 1000).toISOString() };
      return getJson<CameraCounts>(`/api/cameras/${camera.id}/counts${queryString(range)}`, signal);
    },
  });
  if (camera.scene !== 'road') return null;
  const sums = query.data ? sumCounts(query.data, camera.rules) : [];
  const most = Math.max(1, ...sums.flatMap(({ hours }) => hours));
  return (
    <section data-testid="day-counts">
      <h3>{say('counts.title')}</h3>
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && sums.length === 0 && <p className="muted small">{say('counts.noLines')}</p>}
      {query.data && hasCounters && sums.every(({ total }) => total === 0) && (
        <p className="muted small">{say('counts.none')}</p>
      )}
      <ul className="counts small">
        {sums.map((sum) => (
          <CountLine key={sum.key} sum={sum} most={most} />
        ))}
      </ul>
    </section>
  );
}

function CountLine({ sum, most }: { sum: CountSum; most: number }) {
  const { say } = useText();
  const { name, direction, total, types, hours } = sum;
  const way = direction === undefined ? say('counts.dwell') : say(`direction.${direction}`);
  return (
    <li data-testid="count-line">
      <div className="count-head">
        <span className="one-line">{name ?? say('counts.removed')}</span>
        <span className="muted">{way}</span>
        <strong>{total}</strong>
      </div>
      {total > 0 && (
        <>
          <div className="count-bars" aria-hidden="true">
            {hours.map((count, hour) => (
              <span key={hour} title={say('counts.hour', { from: hour, to: hour + 1, count })}>
                <i style={{ height: `${count === 0 ? 0 : Math.max(8, (100 * count) / most)}%` }} />
              </span>
            ))}
          </div>
          <div className="count-hours muted" aria-hidden="true">
            <span>0</span>
            <span>6</span>
            <span>12</span>
            <span>18</span>
            <span>24</span>
          </div>
          <div className="muted">{types.map(([type, count]) => `${say(`vehicle.${type}`)} ${count}`).join(' · ')}</div>
        </>
      )}
    </li>
  );
}
