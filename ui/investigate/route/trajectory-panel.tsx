import type { Trajectory } from '#api/contract/sightings.ts';
import { ErrorNotice } from '../../shared/error-notice.tsx';
import { formatDay, formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { SkeletonRows } from '../../shared/placeholders.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { Likelihood } from '../results/result-row.tsx';
import { LegLine } from './leg-line.tsx';

interface TrajectoryPanelProps {
  readonly plate: string;
  readonly trajectory: Trajectory | undefined;
  readonly error: unknown;
  readonly isLikely: boolean;
  readonly highlighted: string | undefined;
  readonly opened: string | undefined;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
  onLikely: (isLikely: boolean) => void;
  onPlay: () => void;
  onClose: () => void;
  onRetry: () => void;
}

/** One plate's passes in order, with what lies between them: way, time, stops, and legs that no vehicle drives. */
export function TrajectoryPanel(props: TrajectoryPanelProps) {
  const { say } = useText();
  const { trajectory } = props;
  const colour = trajectory?.sightings.findLast((sighting) => sighting.plate)?.plate?.colour ?? 'unknown';
  const hasRoutes = trajectory?.legs.some((leg) => leg.route !== undefined) ?? false;
  const hasRecording = trajectory?.sightings.some((sighting) => sighting.isRecorded) ?? false;
  return (
    <section className="trajectory" aria-label={say('trajectory.title')} data-testid="trajectory">
      <header className="trajectory-head">
        <h2>{say('trajectory.title')}</h2>
        <PlateChip plate={{ text: props.plate, colour }} />
        <button
          type="button"
          className="button quiet icon small-button"
          aria-label={say('trajectory.close')}
          title={`${say('trajectory.close')} (Esc)`}
          onClick={props.onClose}
        >
          <Icon name="close" size={17} />
        </button>
      </header>
      <div className="trajectory-tools">
        <button
          type="button"
          className="button small-button"
          data-testid="route-play"
          disabled={!hasRecording}
          title={`${say('route.about')} (P)`}
          onClick={props.onPlay}
        >
          <Icon name="play" size={15} />
          {say('route.play')}
        </button>
        <label className="check" title={say('trajectory.likelyAbout')}>
          <input type="checkbox" checked={props.isLikely} onChange={(event) => props.onLikely(event.target.checked)} />
          {say('trajectory.likely')}
        </label>
        {trajectory && (
          <span className="muted small">{say('results.count', { count: trajectory.sightings.length })}</span>
        )}
      </div>
      {trajectory && trajectory.legs.length > 0 && (
        <p className="muted small trajectory-note">
          <Icon name="info" size={14} />
          {say(hasRoutes ? 'trajectory.routes' : 'trajectory.straight')}
        </p>
      )}
      {props.error !== null && !trajectory && (
        <div className="trajectory-note">
          <ErrorNotice error={props.error} onRetry={props.onRetry} />
        </div>
      )}
      {!trajectory && props.error === null && <SkeletonRows count={5} heightPx={36} />}
      {trajectory?.sightings.length === 0 && <p className="muted small trajectory-note">{say('trajectory.none')}</p>}
      {trajectory?.sightings.length === 1 && <p className="muted small trajectory-note">{say('trajectory.one')}</p>}
      <ol className="trajectory-list">
        {trajectory?.sightings.map((sighting, index) => {
          const leg = trajectory.legs.find((candidate) => candidate.toSightingId === sighting.sightingId);
          const before = trajectory.sightings[index - 1];
          const isNewDay = before && formatDay(before.time) !== formatDay(sighting.time);
          const isChosen = sighting.sightingId === props.highlighted || sighting.sightingId === props.opened;
          return (
            <li key={sighting.sightingId}>
              {leg && <LegLine leg={leg} isSamePlace={before?.cameraId === sighting.cameraId} />}
              {(isNewDay || index === 0) && <div className="trajectory-day small">{formatDay(sighting.time)}</div>}
              <button
                type="button"
                className={`stop${isChosen ? ' highlighted' : ''}`}
                data-testid="station"
                onPointerEnter={() => props.onHover(sighting.sightingId)}
                onPointerLeave={() => props.onHover(undefined)}
                onClick={() => props.onOpen(sighting.sightingId)}
              >
                <span className="stop-number">{index + 1}</span>
                <span className="one-line">{sighting.cameraName}</span>
                {sighting.likelihood !== undefined && sighting.likelihood < 1 && sighting.plate && (
                  <span className="stop-likely">
                    <PlateChip plate={sighting.plate} />
                    <Likelihood value={sighting.likelihood} />
                  </span>
                )}
                <time className="muted small">{formatTime(sighting.time).slice(11)}</time>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
