import type { Sighting, SightingPage } from '#api/contract/sightings.ts';
import { type Say, useText } from '../../shared/i18n.ts';

/** `白色 面包车 · 驶离 · 46 km/h`: what was seen of the vehicle; a doubtful colour has a question mark. */
export function attributeText(say: Say, sighting: Sighting): string {
  const { vehicleColour, vehicleType, direction, speedKmh } = sighting;
  const isSure = vehicleColour && vehicleColour.name !== 'unknown' && vehicleColour.confidence >= 0.5;
  const colour =
    vehicleColour && vehicleColour.name !== 'unknown'
      ? `${say(`paint.${vehicleColour.name}`)}${isSure ? '' : '?'}`
      : '';
  return [
    [colour, say(`vehicle.${vehicleType}`)].filter((word) => word !== '').join(' '),
    direction ? say(`travel.${direction}`) : '',
    speedKmh === undefined ? '' : `${Math.round(speedKmh)} km/h`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

export function Attributes({ sighting }: { sighting: Sighting }) {
  const { say } = useText();
  const { vehicleColour } = sighting;
  return (
    <span className="muted small one-line attributes">
      {vehicleColour && vehicleColour.name !== 'unknown' && (
        <span className={`paint ${vehicleColour.name}`} aria-hidden="true" />
      )}
      {attributeText(say, sighting)}
    </span>
  );
}

export type FoundPlate = SightingPage['plates'][number];
