import type { WatchlistHit } from '#api/contract/sightings.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';

/** Until a person has confirmed it, a hit is only a suspicion, and says so. */
export function HitMark({ hit }: { hit: WatchlistHit }) {
  const { say } = useText();
  const verdict = hit.decision?.verdict ?? 'open';
  const icon = verdict === 'open' ? 'help' : verdict === 'confirmed' ? 'check' : 'close';
  return (
    <span className={`hit-mark small ${verdict}`} data-testid="hit-mark">
      <Icon name={icon} size={13} />
      {say(`hit.state.${verdict}`)}
    </span>
  );
}
