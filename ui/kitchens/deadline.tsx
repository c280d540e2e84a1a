import type { Violation } from '#api/contract/kitchen.ts';
import { formatDuration, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useNow } from '../shared/use-now.ts';

/** Until when a kitchen is to put it right; in words whether that is over. Where room is short, in one unit. */
export function Deadline(props: { violation: Pick<Violation, 'deadline' | 'stage'>; isShort?: boolean }) {
  const { violation, isShort = false } = props;
  const { say } = useText();
  const now = useNow(30_000);
  if (violation.deadline === undefined || violation.stage !== 'asked') return null;
  const leftMs = new Date(violation.deadline).getTime() - now;
  const duration = formatDuration(Math.abs(leftMs));
  const shown = isShort ? duration.split(' ').slice(0, 2).join(' ') : duration;
  return (
    <span className={`deadline small${leftMs < 0 ? ' is-over' : ''}`} title={formatTime(violation.deadline)}>
      <Icon name={leftMs < 0 ? 'warning' : 'playback'} size={14} />
      {say(leftMs < 0 ? 'remedy.overdueBy' : 'remedy.timeLeft', { duration: shown })}
    </span>
  );
}
