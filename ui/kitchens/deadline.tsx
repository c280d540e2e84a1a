import type { Violation } from '#api/contract/kitchen.ts';
import { formatDuration, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { useNow } from '../shared/use-now.ts';

/** Until when a kitchen is to put it right; in words whether that is over. */
export function Deadline({ violation }: { violation: Pick<Violation, 'deadline' | 'stage'> }) {
  const { say } = useText();
  const now = useNow(30_000);
  if (violation.deadline === undefined || violation.stage !== 'asked') return null;
  const leftMs = new Date(violation.deadline).getTime() - now;
  return (
    <span className={`deadline small${leftMs < 0 ? ' is-over' : ''}`} title={formatTime(violation.deadline)}>
      <Icon name={leftMs < 0 ? 'warning' : 'playback'} size={14} />
      {say(leftMs < 0 ? 'remedy.overdueBy' : 'remedy.timeLeft', { duration: formatDuration(Math.abs(leftMs)) })}
    </span>
  );
}
