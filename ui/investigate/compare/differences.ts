import type { Sighting } from '#api/contract/sightings.ts';

/** A colour seen with less than this is not held against another. */
const sureColour = 0.5;

export interface Comparison {
  /** Places in the plate at which not all have the same character. */
  readonly plateAt: readonly number[];
  readonly isTypeDifferent: boolean;
  readonly isColourDifferent: boolean;
  readonly isPlateColourDifferent: boolean;
}

const differs = (values: readonly (string | undefined)[]): boolean =>
  new Set(values.filter((value) => value !== undefined && value !== 'unknown')).size > 1;

/** In what the passes differ; what was not seen of one says nothing. */
export function compare(sightings: readonly Sighting[]): Comparison {
  const plates = sightings.flatMap((sighting) => (sighting.plate ? [Array.from(sighting.plate.text)] : []));
  const length = Math.max(0, ...plates.map((plate) => plate.length));
  return {
    plateAt: Array.from({ length }, (_, index) => index).filter(
      (index) => plates.length > 1 && new Set(plates.map((plate) => plate[index] ?? '')).size > 1,
    ),
    isTypeDifferent: differs(sightings.map((sighting) => sighting.vehicleType)),
    isColourDifferent: differs(
      sightings.map(({ vehicleColour }) =>
        vehicleColour && vehicleColour.confidence >= sureColour ? vehicleColour.name : undefined,
      ),
    ),
    isPlateColourDifferent: differs(sightings.map((sighting) => sighting.plate?.colour)),
  };
}
