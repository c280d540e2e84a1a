import type { KitchenTrial } from '#api/contract/kitchen-setup.ts';
import { formatClock } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { tickTimes, trialRows } from './trial-rows.ts';

interface TrialTimelineProps {
  readonly trial: KitchenTrial;
  nameOf: (item: string) => string;
  readonly openedId: string | undefined;
  onOpen: (violationId: string) => void;
}

const percent = (share: number): string => `${share * 100}%`;

/** The tried time from left to right: a row for each item that was found, hatched where nothing was recorded or read. */
export function TrialTimeline({ trial, nameOf, openedId, onOpen }: TrialTimelineProps) {
  const { say, pick } = useText();
  const { gaps, rows, doneTo } = trialRows(trial);
  const { ticks, hasSeconds } = tickTimes(trial);
  return (
    <div className="trial-timeline" role="group" aria-label={say('trial.timeline')} data-testid="trial-timeline">
      <div className="trial-ticks small muted" aria-hidden="true">
        <span />
        <div>
          {ticks.map(({ timeMs, left }) => (
            <span
              key={timeMs}
              style={{ left: percent(left) }}
              data-edge={left < 0.03 ? 'left' : left > 0.97 ? 'right' : undefined}
            >
              {hasSeconds ? formatClock(timeMs) : formatClock(timeMs).slice(0, 5)}
            </span>
          ))}
        </div>
      </div>
      {(rows.length === 0 ? [{ item: undefined, spans: [] }] : rows).map(({ item, spans }) => (
        <div key={item ?? 'none'} className="trial-row">
          <span className="one-line small">{item === undefined ? say('trial.recording') : nameOf(item)}</span>
          <div className="trial-bar">
            <span className="trial-seen" style={{ width: percent(doneTo) }} />
            {gaps.map(({ left, width, from, to, reason }) => (
              <span
                key={from}
                className="trial-gap"
                title={`${say('trial.gap', { from: formatClock(from), to: formatClock(to) })} ${pick(reason)}`}
                style={{ left: percent(left), width: percent(width) }}
              />
            ))}
            {spans.map(({ violationId, left, width, since }) => (
              <button
                key={violationId}
                type="button"
                className="trial-span"
                aria-label={`${item === undefined ? '' : nameOf(item)} ${formatClock(since)}`}
                title={formatClock(since)}
                aria-pressed={violationId === openedId}
                style={{ left: percent(left), width: percent(width) }}
                onClick={() => onOpen(violationId)}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
