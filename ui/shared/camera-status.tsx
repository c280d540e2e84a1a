import type { CameraStatus } from '#api/contract/cameras.ts';
import { useText } from './i18n.ts';

const tones: Record<CameraStatus, 'ok' | 'warn' | 'bad' | 'idle'> = {
  live: 'ok',
  connecting: 'warn',
  stalled: 'warn',
  offline: 'bad',
  rejected: 'bad',
  unsupported: 'bad',
  disabled: 'idle',
};

/** Problems first: what needs a hand, then what is about to come, then what works. */
const order: readonly CameraStatus[] = [
  'rejected',
  'offline',
  'unsupported',
  'stalled',
  'connecting',
  'live',
  'disabled',
];

export function byTrouble(a: CameraStatus, b: CameraStatus): number {
  return order.indexOf(a) - order.indexOf(b);
}

/** Dot (its form differs with the state, not only its colour) and, unless the place is too small, the word. */
export function CameraStatusMark({ status, isDotOnly = false }: { status: CameraStatus; isDotOnly?: boolean }) {
  const { say } = useText();
  const word = say(`status.${status}`);
  return (
    <span className="state" title={word}>
      <span className={`state-dot ${tones[status]}`} />
      {isDotOnly ? <span className="hidden-visually">{word}</span> : word}
    </span>
  );
}
