import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { serverNow } from '../shared/server-clock.ts';
import { timeLeft } from '../shared/time-left.ts';

const soonMs = 7 * 86_400_000;

/** How long a case still lasts; within a week with a warning. */
export function ExpiryMark({ expiresAt }: { expiresAt: string }) {
  const { say } = useText();
  const leftMs = Date.parse(expiresAt) - serverNow();
  const isSoon = leftMs < soonMs;
  return (
    <span className={`expiry small${isSoon ? ' soon' : ''}`} title={formatTime(expiresAt)}>
      {isSoon && <Icon name="warning" size={13} />}
      {leftMs <= 0 ? say('case.over') : say('case.left', { left: timeLeft(say, leftMs) })}
    </span>
  );
}
