import type { Trajectory } from '#api/contract/sightings.ts';
import { ErrorNotice } from '../shared/error-notice.tsx';
import { formatDistance, formatDuration, formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { SkeletonRows } from '../shared/placeholders.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';

interface TrajectoryPanelProps {
  readonly plate: string;
  readonly trajectory: Trajectory | undefined;
  readonly error: unknown;
  readonly highlighted: string | undefined;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
  onClose: () => void;
  onRetry: () => void;
}

/** One plate's passes in order, with what lies between them; legs that no vehicle drives are marked. */
export function TrajectoryPanel(props: TrajectoryPanelProps) {
  const { say } = useText();
  const { trajectory } = props;
  const colour = trajectory?.sightings.findLast((sighting) => sighting.plate)?.plate?.colour ?? 'unknown';
  return (
    <section className="trajectory" aria-label={say('trajectory.title')} data-testid="trajectory">
      <header className="trajectory-head">
        <h2>{say('trajectory.title')}</h2>
        <PlateChip plate={{ text: props.plate, colour }} />
        <button
          type="button"
          className="button quiet icon small-button"
          aria-label={say('trajectory.close')}
          title={say('trajectory.close')}
          onClick={props.onClose}
        >
          <Icon name="close" size={17} />
        </button>
      </header>
      <p className="muted small trajectory-note">
        <Icon name="info" size={14} />
        {say('trajectory.straight')}
      </p>
      {props.error !== null && !trajectory && <ErrorNotice error={props.error} onRetry={props.onRetry} />}
      {!trajectory && props.error === null && <SkeletonRows count={5} heightPx={36} />}
      {trajectory?.sightings.length === 1 && <p className="muted small trajectory-note">{say('trajectory.one')}</p>}
      <ol className="trajectory-list">
        {trajectory?.sightings.map((sighting, index) => {
          const leg = trajectory.legs.find((candidate) => candidate.toSightingId === sighting.sightingId);
          return (
            <li key={sighting.sightingId}>
              {leg && (
                <div className={`leg small${leg.isImplausible ? ' implausible' : ''}`} data-testid="leg">
                  {leg.isImplausible && <Icon name="warning" size={14} />}
                  <span>
                    {[
                      formatDuration(leg.durationSeconds * 1000),
                      leg.distanceMetres === undefined ? undefined : formatDistance(leg.distanceMetres),
                    ]
                      .filter((part) => part !== undefined)
                      .join(' · ')}
                  </span>
                  {leg.isImplausible && <span>{say('trajectory.implausible')}</span>}
                </div>
              )}
              <button
                type="button"
                className={`stop${sighting.sightingId === props.highlighted ? ' highlighted' : ''}`}
                onPointerEnter={() => props.onHover(sighting.sightingId)}
                onPointerLeave={() => props.onHover(undefined)}
                onClick={() => props.onOpen(sighting.sightingId)}
              >
                <span className="stop-number">{index + 1}</span>
                <span className="one-line">{sighting.cameraName}</span>
                <time className="muted small">{formatTime(sighting.time)}</time>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
