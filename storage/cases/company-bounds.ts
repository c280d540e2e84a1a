import { storageErrors } from '../errors.ts';
import type { MapArea } from '../sightings/map-area.ts';

const LONGEST_MS = 24 * 3_600_000;
const LARGEST_KM2 = 25;
const KM_PER_DEGREE = 111.32;

/** What one camera is asked for. */
interface CameraTimes {
  readonly cameraIds: readonly string[];
  readonly fromMs: number;
  /** Inclusive. */
  readonly toMs: number;
}

/** On a sphere; near enough for areas of some kilometres. */
export function areaKm2({ west, south, east, north }: MapArea): number {
  const middle = (((south + north) / 2) * Math.PI) / 180;
  return (east - west) * Math.cos(middle) * (north - south) * KM_PER_DEGREE ** 2;
}

/** @throws {AppError} `CASE_QUESTION_TOO_WIDE` when it is empty, backwards or longer than 24 hours */
export function requireShort(range: { readonly fromMs: number; readonly toMs: number }, field: string): void {
  const lengthMs = range.toMs - range.fromMs;
  if (!(lengthMs > 0 && lengthMs <= LONGEST_MS)) throw storageErrors.CASE_QUESTION_TOO_WIDE({ field, lengthMs });
}

/** @throws {AppError} `CASE_QUESTION_TOO_WIDE` when it is empty, backwards or larger than 25 km² */
export function requireSmall(area: MapArea, field: string): void {
  const km2 = areaKm2(area);
  const isForwards = area.east > area.west && area.north > area.south;
  if (!(isForwards && km2 <= LARGEST_KM2)) throw storageErrors.CASE_QUESTION_TOO_WIDE({ field, km2 });
}

/**
 * Else one pass would count as two, and a single place, asked for twice, would list everybody who was there.
 * @throws {AppError} `CASE_PLACES_OVERLAP`
 */
export function requireApart(places: readonly CameraTimes[]): void {
  for (const [index, place] of places.entries())
    for (const other of places.slice(0, index)) {
      const isSameTime = place.fromMs <= other.toMs && other.fromMs <= place.toMs;
      const cameras = new Set(other.cameraIds);
      if (isSameTime && place.cameraIds.some((camera) => cameras.has(camera)))
        throw storageErrors.CASE_PLACES_OVERLAP({ field: `places.${index}` });
    }
}
