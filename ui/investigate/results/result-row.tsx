import type { Sighting } from '#api/contract/sightings.ts';
import { formatTime } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';
import { Looks, motionText } from './attributes.tsx';

interface ResultRowProps {
  readonly sighting: Sighting;
  readonly isHighlighted: boolean;
  readonly isOpened: boolean;
  readonly isCompared: boolean;
  onHover: (sightingId: string) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string) => void;
  onCompare: (sightingId: string) => void;
}

/** One pass: picture, plate with its doubt, time, camera, what the vehicle looks like. */
export function ResultRow(props: ResultRowProps) {
  const { say } = useText();
  const { sighting } = props;
  const { plate } = sighting;
  return (
    <li
      className={`result${props.isHighlighted ? ' highlighted' : ''}${props.isOpened ? ' opened' : ''}`}
      data-testid="result-row"
      data-sighting={sighting.sightingId}
      data-plate={plate?.text ?? ''}
      onPointerEnter={() => props.onHover(sighting.sightingId)}
    >
      <button
        type="button"
        className="result-open"
        aria-label={`${plate?.text ?? say('plate.none')} ${formatTime(sighting.time)} ${sighting.cameraName}`}
        onFocus={() => props.onHover(sighting.sightingId)}
        onClick={() => props.onOpen(sighting.sightingId)}
      />
      <span className="result-picture">
        <img src={sighting.pictureUrl} alt="" loading="lazy" />
      </span>
      <span className="result-text">
        <span className="result-first">
          {plate ? <PlateChip plate={plate} /> : <span className="muted small">{say('plate.none')}</span>}
          <Likelihood value={sighting.likelihood} />
          <span className="result-tools">
            <button
              type="button"
              className="button quiet icon small-button"
              aria-pressed={props.isCompared}
              title={say('compare.add')}
              aria-label={say('compare.add')}
              onClick={() => props.onCompare(sighting.sightingId)}
            >
              <Icon name="columns" size={16} />
            </button>
            {plate && (
              <button
                type="button"
                className="button quiet icon small-button"
                data-testid="row-route"
                title={say('trajectory.show')}
                aria-label={`${say('trajectory.show')} ${plate.text}`}
                onClick={() => props.onPlate(plate.text)}
              >
                <Icon name="route" size={16} />
              </button>
            )}
          </span>
        </span>
        <span className="small result-where">
          <time dateTime={sighting.time}>{formatTime(sighting.time)}</time>
          <Looks sighting={sighting} />
        </span>
        <span className="muted small one-line">
          {[sighting.cameraName, motionText(say, sighting)].filter((part) => part !== '').join(' · ')}
        </span>
      </span>
    </li>
  );
}

/** How likely this is the plate asked for; nothing is said where the text is the same. */
export function Likelihood({ value }: { value: number | undefined }) {
  const { say } = useText();
  if (value === undefined || value >= 1) return null;
  return (
    <span className="likelihood" data-testid="likelihood" title={say('result.likelyAbout')}>
      {say('result.likely', { percent: Math.max(1, Math.round(value * 100)) })}
    </span>
  );
}
