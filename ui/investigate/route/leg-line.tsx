import type { Trajectory } from '#api/contract/sightings.ts';
import { formatDistance, formatDuration } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';

/** What lies between two passes: how long, how far, what the road takes at least; a stop, or that it cannot be. */
export function LegLine({ leg, isSamePlace }: { leg: Trajectory['legs'][number]; isSamePlace: boolean }) {
  const { say } = useText();
  if (isSamePlace) {
    return (
      <div className="leg small" data-testid="leg">
        {say('trajectory.again', { duration: formatDuration(leg.durationSeconds * 1000) })}
      </div>
    );
  }
  const metres = leg.route?.distanceMetres ?? leg.distanceMetres;
  const fastest = leg.route ? formatDuration(leg.route.fastestSeconds * 1000) : undefined;
  const parts = [
    formatDuration(leg.durationSeconds * 1000),
    metres === undefined ? undefined : formatDistance(metres),
    fastest === undefined ? undefined : say('trajectory.fastest', { duration: fastest }),
  ].filter((part) => part !== undefined);
  const kind = leg.isImplausible ? ' implausible' : leg.stopSeconds === undefined ? '' : ' stopped';
  return (
    <div className={`leg small${kind}`} data-testid="leg">
      {leg.isImplausible && <Icon name="warning" size={14} />}
      {!leg.isImplausible && leg.stopSeconds !== undefined && <Icon name="pause" size={13} />}
      <span>{parts.join(' · ')}</span>
      {leg.isImplausible && (
        <strong>{say(leg.route ? 'trajectory.implausibleRoute' : 'trajectory.implausible')}</strong>
      )}
      {!leg.isImplausible && leg.stopSeconds !== undefined && (
        <strong>{say('trajectory.stopped', { duration: formatDuration(leg.stopSeconds * 1000) })}</strong>
      )}
    </div>
  );
}
