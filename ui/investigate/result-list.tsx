import { useEffect, useRef } from 'react';
import type { Sighting } from '#api/contract/sightings.ts';
import { formatTime } from '../shared/format.ts';
import { useText } from '../shared/i18n.ts';
import { Icon } from '../shared/icon.tsx';
import { PlateChip } from '../shared/plate-chip.tsx';

interface ResultListProps {
  readonly sightings: readonly Sighting[];
  readonly highlighted: string | undefined;
  readonly opened: string | undefined;
  onHover: (sightingId: string | undefined) => void;
  onOpen: (sightingId: string) => void;
  onPlate: (plate: string) => void;
}

/** The passes as rows: picture, plate, time, camera, type. */
export function ResultList({ sightings, highlighted, opened, onHover, onOpen, onPlate }: ResultListProps) {
  const { say } = useText();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const row = list.current?.querySelector(`[data-sighting="${opened ?? ''}"]`);
    row?.scrollIntoView({ block: 'nearest' });
  }, [opened]);
  return (
    <ul ref={list} className="results" onPointerLeave={() => onHover(undefined)}>
      {sightings.map((sighting) => (
        <li
          key={sighting.sightingId}
          className={`result${sighting.sightingId === highlighted ? ' highlighted' : ''}${sighting.sightingId === opened ? ' opened' : ''}`}
          data-testid="result-row"
          data-sighting={sighting.sightingId}
          data-plate={sighting.plate?.text ?? ''}
          onPointerEnter={() => onHover(sighting.sightingId)}
        >
          <button
            type="button"
            className="result-open"
            aria-label={formatTime(sighting.time)}
            onFocus={() => onHover(sighting.sightingId)}
            onClick={() => onOpen(sighting.sightingId)}
          />
          <span className="result-picture">
            <img src={sighting.pictureUrl} alt="" loading="lazy" />
          </span>
          <span className="result-text">
            <span className="result-first">
              {sighting.plate ? (
                <PlateChip plate={sighting.plate} />
              ) : (
                <span className="muted small">{say('plate.none')}</span>
              )}
              {sighting.plate && (
                <button
                  type="button"
                  className="button quiet icon small-button result-route"
                  title={say('trajectory.show')}
                  aria-label={`${say('trajectory.show')} ${sighting.plate.text}`}
                  onClick={() => sighting.plate && onPlate(sighting.plate.text)}
                >
                  <Icon name="route" size={17} />
                </button>
              )}
            </span>
            <time className="small" dateTime={sighting.time}>
              {formatTime(sighting.time)}
            </time>
            <span className="muted small one-line">{`${sighting.cameraName} · ${say(`vehicle.${sighting.vehicleType}`)}`}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
