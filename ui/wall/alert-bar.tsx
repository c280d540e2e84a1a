import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import type { AlertBoard } from './alert-board.ts';

interface AlertBarProps {
  readonly board: AlertBoard;
  readonly isMuted: boolean;
  readonly isSilent: boolean;
  onMute: () => void;
}

/** How many alerts stand out and how many wait, and whether they are heard. Nothing of it is there while there are none. */
export function AlertBar({ board, isMuted, isSilent, onMute }: AlertBarProps) {
  const { say } = useText();
  const { shown, waiting } = board;
  if (shown.length + waiting.length === 0) return null;
  return (
    <div className="alert-bar small" role="status" data-testid="alert-bar">
      <Icon name="alerts" size={15} />
      <strong>{say('alert.shown', { count: shown.length })}</strong>
      {waiting.length > 0 && (
        <span data-testid="alerts-waiting">{say('alert.waiting', { count: waiting.length })}</span>
      )}
      <span className="muted">{say('alert.hint')}</span>
      {isSilent && <span className="alert-silent">{say('alert.silent')}</span>}
      <button
        type="button"
        className="tile-button"
        aria-pressed={isMuted}
        aria-label={say(isMuted ? 'alert.unmute' : 'alert.mute')}
        title={`${say(isMuted ? 'alert.unmute' : 'alert.mute')} (M)`}
        onClick={onMute}
      >
        <Icon name={isMuted ? 'mute' : 'sound'} size={16} />
      </button>
    </div>
  );
}
