import type { Database } from '../database.ts';
import { withOneUnknown } from './plate-pattern.ts';
import { type PlateFilter, type SightingFilter, countSightings } from './sighting-query.ts';

const WIDER_MS = 30 * 86_400_000;
/** Widenings are a hint: counting stops here. */
const COUNT_LIMIT = 1000;
const WIDENED_PLATES = 3;
/** A shorter text has too many neighbours to be of use. */
const LEAST_CHARACTERS = 5;

/** What would find something where nothing was found. */
export interface Widening {
  readonly kind: 'longer_time' | 'one_character_unknown' | 'all_cameras' | 'fuzzy' | 'any_attribute';
  /** At most 1000. */
  readonly count: number;
  readonly plate?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface WideningDeps {
  readonly db: Database;
  /** The hours that were asked for, in another range. */
  hoursIn(range: { readonly fromMs: number; readonly toMs: number }): SightingFilter['hours'];
  findPlates(typed: string): Promise<PlateFilter>;
  /** Plates that look like the one asked for; undefined when there was none, or it was a fuzzy search already. */
  findLookAlikes(): Promise<PlateFilter | undefined>;
  readonly monotonicMs: () => number;
}

/**
 * @param plate the plate asked for, normalised, when it was one plate without wildcards
 * @param filter what found nothing
 */
export async function findWidenings(
  deps: WideningDeps,
  plate: string | undefined,
  filter: SightingFilter,
): Promise<readonly Widening[]> {
  const count = (changed: Partial<SightingFilter>): Promise<number> =>
    countSightings(deps.db, { ...filter, ...changed }, COUNT_LIMIT, deps.monotonicMs);
  const found: Widening[] = [];
  const offer = (widening: Widening): void => void (widening.count > 0 && found.push(widening));
  const longer = { fromMs: filter.fromMs - WIDER_MS, toMs: filter.toMs + WIDER_MS };
  offer({ kind: 'longer_time', count: await count({ ...longer, hours: deps.hoursIn(longer) }), ...longer });
  if (filter.cameraIds) offer({ kind: 'all_cameras', count: await count({ cameraIds: undefined }) });
  if (Object.values(filter.attributes).some((value) => value !== undefined))
    offer({ kind: 'any_attribute', count: await count({ attributes: {} }) });
  const lookAlikes = await deps.findLookAlikes();
  if (lookAlikes) offer({ kind: 'fuzzy', count: await count({ plates: lookAlikes }) });
  if (plate === undefined || Array.from(plate).length < LEAST_CHARACTERS) return found;
  // A plate misread in one place is the most common mistake; the pattern that finds most comes first.
  const unknown: Widening[] = [];
  for (const pattern of withOneUnknown(plate)) {
    const hits = await count({ plates: await deps.findPlates(pattern) });
    if (hits > 0) unknown.push({ kind: 'one_character_unknown', count: hits, plate: pattern });
  }
  return [...found, ...unknown.toSorted((a, b) => b.count - a.count).slice(0, WIDENED_PLATES)];
}
