import { Link } from 'react-router';
import type { Sighting } from '#api/contract/sightings.ts';
import { formatClock } from '../../shared/format.ts';
import { useText } from '../../shared/i18n.ts';
import { Icon } from '../../shared/icon.tsx';
import { PlateChip } from '../../shared/plate-chip.tsx';

const percent = (share: number): string => (share < 0.005 ? '< 1 %' : `${(share * 100).toFixed(0)} %`);

/** The plate's crop and other readings, and what was measured of the vehicle, each with how sure it is. */
export function PassFacts({ sighting }: { sighting: Sighting }) {
  const { say } = useText();
  const { plate, vehicleColour, withheldPlateKind } = sighting;
  const facts: readonly (readonly [string, string])[] = [
    [say('pass.type'), `${say(`vehicle.${sighting.vehicleType}`)} · ${percent(sighting.score)}`],
    [
      say('pass.paint'),
      vehicleColour
        ? `${say(`paint.${vehicleColour.name}`)} · ${percent(vehicleColour.confidence)}`
        : say('pass.notSeen'),
    ],
    ...(plate?.kind === undefined ? [] : [[say('pass.plateKind'), say(`plate.kind.${plate.kind}`)] as const]),
    ...(withheldPlateKind === undefined
      ? []
      : [[say('pass.plateKind'), say('pass.withheld', { kind: say(`plate.kind.${withheldPlateKind}`) })] as const]),
    [say('pass.direction'), sighting.direction ? say(`travel.${sighting.direction}`) : say('pass.notSeen')],
    ...(sighting.speedKmh === undefined ? [] : [[say('pass.speed'), `${Math.round(sighting.speedKmh)} km/h`] as const]),
    ...(sighting.lengthMetres === undefined
      ? []
      : [[say('pass.length'), `${sighting.lengthMetres.toFixed(1)} m`] as const]),
    [say('pass.seen'), `${formatClock(sighting.firstSeen)} – ${formatClock(sighting.lastSeen)}`],
  ];
  return (
    <div className="pass-facts">
      <div className="pass-plate">
        {sighting.cropUrl && (
          <div className="pass-crop">
            <img src={sighting.cropUrl} alt={plate?.text ?? ''} data-testid="pass-crop" />
          </div>
        )}
        {plate && (
          <div className="small">
            {say('pass.confidence', { percent: (plate.confidence * 100).toFixed(0) })}
            <div className="muted">
              {say('pass.frames', { read: plate.framesRead, agreeing: plate.framesAgreeing })}
            </div>
          </div>
        )}
        {plate && plate.alternatives.length > 0 && (
          <div className="pass-alternatives">
            <h3>{say('pass.alternatives')}</h3>
            {plate.alternatives.slice(0, 4).map((alternative) => (
              <div key={alternative.text} className="alternative small">
                <PlateChip plate={{ text: alternative.text, colour: plate.colour }} />
                <span className="bar" aria-hidden="true">
                  <span style={{ width: `${alternative.confidence * 100}%` }} />
                </span>
                <span>{percent(alternative.confidence)}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      <div className="pass-seen">
        <dl className="pass-list small">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt className="muted">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Link
          className="button small-button"
          to={`/playback?camera=${sighting.cameraId}&time=${encodeURIComponent(sighting.time)}`}
        >
          <Icon name="playback" size={16} />
          {say('pass.openPlayback')}
        </Link>
      </div>
    </div>
  );
}
