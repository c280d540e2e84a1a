import { formatClock } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { ItemName } from '../shared/item-name.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';
import type { WallAlert } from './alert-board.ts';

/** Why a tile came forward, in one line. */
export function AlertLine({ alert, onAcknowledge }: { alert: WallAlert; onAcknowledge: () => void }) {
  const { say } = useText();
  const { event, count, kind } = alert;
  return (
    <div className="alert-line" role="alert" data-testid="tile-alert" data-kind={kind}>
      <Icon name="warning" size={15} />
      <span className="one-line">
        <strong>{say(`kind.${kind}`)}</strong>
        {event.item && (
          <>
            {' '}
            <ItemName code={event.item} />
          </>
        )}
        {!event.item && event.ruleName && ` ${event.ruleName}`}
        {kind === 'watchlist.hit' && ` ${say(`hit.state.${event.verdict ?? 'open'}`)}`}
      </span>
      {event.plate && <PlateChip plate={event.plate} />}
      {count > 1 && <span className="alert-count">×{count}</span>}
      <time>{formatClock(event.time)}</time>
      <button
        type="button"
        className="tile-button"
        aria-label={say('alert.acknowledge')}
        title={`${say('alert.acknowledge')} (A)`}
        data-testid="acknowledge"
        onClick={onAcknowledge}
      >
        <Icon name="check" size={16} />
      </button>
    </div>
  );
}
