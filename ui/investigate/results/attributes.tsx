import type { Sighting, SightingPage } from '#api/contract/sightings.ts';
import { type Say, useText } from '../../shared/i18n.ts';

/** A colour of less than this has a question mark. */
const sureColour = 0.5;

/** `白色 面包车` */
function looksText(say: Say, { vehicleColour, vehicleType }: Sighting): string {
  if (!vehicleColour || vehicleColour.name === 'unknown') return say(`vehicle.${vehicleType}`);
  const doubt = vehicleColour.confidence < sureColour ? '?' : '';
  return `${say(`paint.${vehicleColour.name}`)}${doubt} ${say(`vehicle.${vehicleType}`)}`;
}

/** `驶离 · 46 km/h` */
export function motionText(say: Say, { direction, speedKmh }: Sighting): string {
  return [direction ? say(`travel.${direction}`) : '', speedKmh === undefined ? '' : `${Math.round(speedKmh)} km/h`]
    .filter((part) => part !== '')
    .join(' · ');
}

/** All that was seen of the vehicle. */
export function attributeText(say: Say, sighting: Sighting): string {
  return [looksText(say, sighting), motionText(say, sighting)].filter((part) => part !== '').join(' · ');
}

export function Looks({ sighting }: { sighting: Sighting }) {
  const { say } = useText();
  const { vehicleColour } = sighting;
  return (
    <span className="one-line looks">
      {vehicleColour && vehicleColour.name !== 'unknown' && (
        <span className={`paint ${vehicleColour.name}`} aria-hidden="true" />
      )}
      {looksText(say, sighting)}
    </span>
  );
}

export type FoundPlate = SightingPage['plates'][number];
