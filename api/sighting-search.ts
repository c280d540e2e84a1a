import type { SightingSearch } from '#storage/sightings/sighting-repository.ts';
import type { SightingSearch as SearchBody } from './contract/sightings.ts';
import { apiErrors } from './errors.ts';
import { parseTimeRange } from './time-range.ts';

const MAX_RANGE_MS = 366 * 86_400_000;

/**
 * What is searched for, out of a body of the contract, without the page.
 * @throws {AppError} `RANGE_INVALID`; `REQUEST_INVALID` for an area upside down, and for wildcards in a fuzzy search
 */
export function toSightingSearch(
  body: Omit<SearchBody, 'limit' | 'cursor' | 'purpose' | 'caseId'>,
): Omit<SightingSearch, 'limit' | 'cursor'> {
  const { plate, from, to, isFuzzy = false, cameraIds, area, timeOfDay } = body;
  const { vehicleType, vehicleColour, direction, plateColour } = body;
  if (area && area.south > area.north) throw apiErrors.REQUEST_INVALID({ field: 'area' });
  if (isFuzzy && /[?*]/.test((plate ?? '').normalize('NFKC'))) throw apiErrors.REQUEST_INVALID({ field: 'isFuzzy' });
  return {
    plate: plate === '' ? undefined : plate,
    isFuzzy,
    ...parseTimeRange(from, to, MAX_RANGE_MS),
    cameraIds,
    area,
    timeOfDay,
    vehicleType,
    vehicleColour,
    direction,
    plateColour,
  };
}
