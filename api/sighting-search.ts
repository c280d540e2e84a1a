import type { SightingSearch } from '#storage/sightings/sighting-repository.ts';
import type { SightingSearch as SearchBody } from './contract/sightings.ts';
import { apiErrors } from './errors.ts';
import { parseTimeRange } from './time-range.ts';

const MAX_RANGE_MS = 366 * 86_400_000;

/**
 * What is searched for, out of a body of the contract, without the page.
 * @throws {AppError} `RANGE_INVALID`; `REQUEST_INVALID` for a filter that searches do not know: more than was asked for is never given
 */
export function toSightingSearch(
  body: Omit<SearchBody, 'limit' | 'cursor' | 'purpose' | 'caseId'>,
): Omit<SightingSearch, 'limit' | 'cursor'> {
  const { plate, from, to, cameraIds, vehicleType, plateColour } = body;
  for (const field of ['area', 'timeOfDay', 'vehicleColour', 'direction'] as const)
    if (body[field] !== undefined) throw apiErrors.REQUEST_INVALID({ field });
  if (body.isFuzzy === true) throw apiErrors.REQUEST_INVALID({ field: 'isFuzzy' });
  return {
    plate: plate === '' ? undefined : plate,
    ...parseTimeRange(from, to, MAX_RANGE_MS),
    cameraIds,
    vehicleType,
    plateColour,
  };
}
