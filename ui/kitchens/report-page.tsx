import './report.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { KitchenReport, ReportExport, ReportFigures, ReportQuery } from '#api/contract/kitchen-reports.ts';
import { getJson, queryString } from '../shared/api-client.ts';
import { downloadFile } from '../shared/download.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatDay, formatTime } from '../shared/format.ts';
import { type TextKey, useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { SkeletonRows } from '../shared/placeholders.tsx';
import { serverNow } from '../shared/server-clock.ts';
import { readTime, TimeField } from '../shared/time-field.tsx';
import { useProblemToast } from '../shared/toast.tsx';
import { useUrlState } from '../shared/url-state.ts';

const dayMs = 86_400_000;
const columns: readonly (readonly [name: keyof ReportFigures, label: TextKey])[] = [
  ['raised', 'report.raised'],
  ['confirmed', 'report.confirmed'],
  ['dismissed', 'report.dismissed'],
  ['unreviewed', 'report.unreviewed'],
  ['open', 'report.open'],
  ['outstanding', 'report.outstanding'],
  ['overdue', 'report.overdue'],
  ['closed', 'report.closed'],
  ['medianRemedyHours', 'report.medianHours'],
];

/** A day or a week of the kitchens; it prints as it is, and so becomes a PDF. */
export function ReportPage() {
  const { say, language } = useText();
  const [search, change] = useUrlState();
  const period = search.get('period') === 'week' ? 'week' : 'day';
  const by = search.get('by') === 'district' ? 'district' : 'kitchen';
  const day = search.get('day') ?? formatDay(serverNow());
  const district = search.get('district') ?? undefined;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query: ReportQuery = { period, day, timeZone, by, ...(district === undefined ? {} : { district }) };
  const report = useQuery({
    queryKey: ['kitchen-report', query],
    queryFn: ({ signal }) => getJson<KitchenReport>(`/api/kitchen-reports${queryString(query)}`, signal),
  });
  const onError = useProblemToast();
  const save = useMutation({
    mutationFn: () => {
      const body: ReportExport = { ...query, language: language === 'en' ? 'en' : 'zh' };
      return downloadFile('/api/kitchen-reports/export', body, `kitchens-${period}-${day}.csv`);
    },
    onError,
  });
  const dayStartMs = readTime(day) ?? serverNow();
  const move = (by: 1 | -1): void =>
    // Noon, so that a day of 23 or 25 hours is not missed.
    change({ day: formatDay(dayStartMs + dayMs / 2 + by * (period === 'week' ? 7 : 1) * dayMs) });
  const { data } = report;
  return (
    <div className="page report">
      <header className="page-head report-controls">
        <Link className="button quiet icon" to="/kitchens" aria-label={say('page.kitchens')}>
          <Icon name="left" />
        </Link>
        <h1>{say('report.title')}</h1>
        <div className="segmented" role="group" aria-label={say('report.period')}>
          {(['day', 'week'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={period === name}
              data-testid={`report-${name}`}
              onClick={() => change({ period: name === 'day' ? undefined : name })}
            >
              {say(`report.${name}`)}
            </button>
          ))}
        </div>
        <span className="report-day">
          <button type="button" className="button icon" aria-label={say('report.before')} onClick={() => move(-1)}>
            <Icon name="left" size={18} />
          </button>
          <TimeField
            kind="day"
            valueMs={dayStartMs}
            label={say('report.day')}
            onChange={(timeMs) => change({ day: formatDay(timeMs) })}
          />
          <button type="button" className="button icon" aria-label={say('report.after')} onClick={() => move(1)}>
            <Icon name="right" size={18} />
          </button>
        </span>
        <div className="segmented" role="group" aria-label={say('report.by')}>
          {(['kitchen', 'district'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={by === name}
              data-testid={`report-by-${name}`}
              onClick={() => change({ by: name === 'kitchen' ? undefined : name })}
            >
              {say(`report.by.${name}`)}
            </button>
          ))}
        </div>
        <span className="spread" />
        <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate()}>
          <Icon name="download" size={18} />
          CSV
        </button>
        <button type="button" className="button" onClick={() => window.print()}>
          <Icon name="audit" size={18} />
          {say('report.print')}
        </button>
      </header>
      <div className="page-body report-body">
        {report.isError && <ErrorNotice error={report.error} onRetry={() => void report.refetch()} />}
        {report.isPending && !report.isError && <SkeletonRows count={6} heightPx={40} />}
        {data && (
          <article data-testid="report">
            <h2>{say(period === 'day' ? 'report.ofDay' : 'report.ofWeek', { district: district ?? '' })}</h2>
            <p className="muted small">
              {say('report.range', { from: formatTime(data.from), to: formatTime(data.to), zone: timeZone })}
            </p>
            <Totals total={data.total} />
            <div className="report-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{say(`report.column.${by}`)}</th>
                    {by === 'kitchen' ? <th>{say('kitchens.district')}</th> : <th>{say('report.kitchens')}</th>}
                    {columns.map(([name, label]) => (
                      <th key={name} className="number">
                        {say(label)}
                      </th>
                    ))}
                    <th className="number">{say('report.score')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.rows.map((row) => (
                    <tr key={row.cameraId ?? row.name} data-testid="report-row" data-camera={row.cameraId}>
                      <td>{row.name}</td>
                      <td className="muted">{by === 'kitchen' ? row.district : row.kitchens}</td>
                      <Figures of={row} />
                      <td className="number">{row.score}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <h3>{say('report.byItem')}</h3>
            <div className="report-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{say('kitchens.item')}</th>
                    {columns.map(([name, label]) => (
                      <th key={name} className="number">
                        {say(label)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((item) => (
                    <tr key={item.item}>
                      <td>
                        <ItemName code={item.item} />
                      </td>
                      <Figures of={item} />
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p className="muted small">{say('report.about')}</p>
          </article>
        )}
      </div>
    </div>
  );
}

function Figures({ of }: { of: ReportFigures }) {
  return (
    <>
      {columns.map(([name]) => (
        <td key={name} className={`number${name === 'overdue' && of.overdue > 0 ? ' is-over' : ''}`} data-figure={name}>
          {of[name] ?? '–'}
        </td>
      ))}
    </>
  );
}

function Totals({ total }: { total: ReportFigures }) {
  const { say } = useText();
  return (
    <dl className="report-totals">
      {columns.map(([name, label]) => (
        <div key={name}>
          <dt className="muted small">{say(label)}</dt>
          <dd className={name === 'overdue' && total.overdue > 0 ? 'is-over' : ''}>{total[name] ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}
