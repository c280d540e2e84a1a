import type { Storage } from '#storage/storage.ts';
import type { City } from '../../simulation/city.ts';
import type { Random } from '../../simulation/random.ts';
import type { Figures } from '../bench-report.ts';

const DAY_MS = 86_400_000;
const PAGE = 500;
/** Answers that an investigator would take for the plate. */
const LIKELY = 0.5;

export interface CityRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * For vehicles drawn at random: whether all passes in which anything was read of their plate are in the answer to the fuzzy search for it,
 * and what else is in it. Passes without a reading can be found by no search for a plate.
 */
export async function measureRecall(
  storage: Storage,
  city: City,
  range: CityRange,
  count: number,
  random: Random,
): Promise<readonly Figures[]> {
  const search = new Tally();
  const likely = new Tally();
  const trajectory = new Tally();
  const exact = new Tally();
  let misread = 0;
  let misreadFound = 0;
  for (let drawn = 0; drawn < count; drawn++) {
    const vehicle = city.vehicle(random.below(city.spec.vehicles));
    const all = Array.from({ length: city.spec.days }, (_, day) => city.sightingsOf(vehicle, day)).flat();
    const read = all.filter(({ plate }) => plate !== undefined);
    if (vehicle.clonedFrom !== undefined || read.length === 0) {
      drawn--;
      continue;
    }
    const truth = new Set(read.map(({ eventId }) => eventId));
    const query = { ...range, plate: vehicle.plate };
    const found: { readonly sightingId: string; readonly likelihood: number }[] = [];
    let cursor: string | undefined;
    do {
      const page = await storage.sightings.search({ ...query, isFuzzy: true, limit: PAGE, cursor });
      for (const { sightingId, likelihood = 0 } of page.sightings) found.push({ sightingId, likelihood });
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const ids = found.map(({ sightingId }) => sightingId);
    search.add(truth, ids);
    likely.add(
      truth,
      found.filter(({ likelihood }) => likelihood >= LIKELY).map(({ sightingId }) => sightingId),
    );
    exact.add(
      truth,
      found.filter(({ likelihood }) => likelihood === 1).map(({ sightingId }) => sightingId),
    );
    const joined = await storage.sightings.trajectory({ ...query, isFuzzy: true });
    trajectory.add(
      truth,
      joined.sightings.map(({ sightingId }) => sightingId),
    );
    const inAnswer = new Set(ids);
    for (const { eventId, plate } of read)
      if (plate?.text !== vehicle.plate) {
        misread++;
        if (inAnswer.has(eventId)) misreadFound++;
      }
  }
  return [
    { query: 'recall of the fuzzy search', ...search.figures(), misreadPasses: misread, misreadFound },
    { query: `recall of the fuzzy search, likelihood from ${LIKELY}`, ...likely.figures() },
    { query: 'recall of the fuzzy trajectory', ...trajectory.figures() },
    { query: 'recall of the exact search', ...exact.figures() },
  ];
}

/** Every day of the city by itself: how many of the plates that are suspected are on two vehicles. */
export async function measureClones(storage: Storage, city: City, range: CityRange, days: number): Promise<Figures> {
  const cloned = new Set<string>();
  for (let index = 0; index < city.spec.vehicles; index++) {
    const vehicle = city.vehicle(index);
    if (vehicle.clonedFrom !== undefined) cloned.add(vehicle.plate);
  }
  let suspected = 0;
  let right = 0;
  const found = new Set<string>();
  for (let day = 0; day < days; day++) {
    const fromMs = range.fromMs + day * DAY_MS;
    const suspicions = await storage.sightings.clones({ fromMs, toMs: fromMs + DAY_MS - 1, limit: 200 });
    suspected += suspicions.length;
    for (const { plate } of suspicions)
      if (cloned.has(plate)) {
        right++;
        found.add(plate);
      }
  }
  return {
    query: 'precision of the clone check',
    days,
    clonedPlates: cloned.size,
    suspicions: suspected,
    rightSuspicions: right,
    precision: ratio(right, suspected),
    clonedPlatesFound: found.size,
  };
}

class Tally {
  #plates = 0;
  #whole = 0;
  #true = 0;
  #found = 0;
  #answered = 0;

  add(truth: ReadonlySet<string>, answer: readonly string[]): void {
    const found = answer.filter((id) => truth.has(id)).length;
    this.#plates++;
    this.#true += truth.size;
    this.#found += found;
    this.#answered += answer.length;
    if (found === truth.size) this.#whole++;
  }

  figures(): Figures {
    return {
      plates: this.#plates,
      wholeTrajectories: this.#whole,
      wholeTrajectoriesRatio: ratio(this.#whole, this.#plates),
      passes: this.#true,
      recall: ratio(this.#found, this.#true),
      precision: ratio(this.#found, this.#answered),
    };
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
