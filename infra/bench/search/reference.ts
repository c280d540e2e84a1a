import { sql } from 'kysely';
import type { Database } from '#storage/database.ts';
import type { ConfusionModel } from '#storage/sightings/confusion-model.ts';
import { type SurePass, judgePasses } from '#storage/sightings/contradictions.ts';
import { weighCandidates } from '#storage/sightings/fuzzy-plates.ts';
import { COUNTED_PASSES, type Reading } from '#storage/sightings/plate-likelihood.ts';
import type { Roads } from '#storage/sightings/travel.ts';
import { PLAIN, inTime } from './plain-table.ts';
import type { CityRange } from './recall.ts';

/**
 * Answers out of the plain table, found by looking at everything: no dictionary, no partitions, no index needed. Slow, and only there to be
 * compared with.
 */
export class Reference {
  readonly #db: Database;
  readonly #model: ConfusionModel;
  #texts: readonly string[] | undefined;

  constructor(deps: { readonly db: Database; readonly model: ConfusionModel }) {
    this.#db = deps.db;
    this.#model = deps.model;
  }

  /** Ids of all sightings of a fuzzy search, unordered. */
  async fuzzy(asked: string, range: CityRange): Promise<readonly string[]> {
    this.#texts ??= (
      await sql<{ plate: string }>`SELECT DISTINCT plate FROM ${PLAIN} WHERE plate IS NOT NULL`.execute(this.#db)
    ).rows.map(({ plate }) => plate);
    const near = this.#texts.filter((text) => isNear(asked, text, this.#model));
    const { rows } = await sql<Reading & { readonly id: string }>`
      SELECT sighting_id AS id, s.plate AS text, plate_confidence AS confidence,
        plate_evidence -> 'alternatives' AS alternatives
      FROM ${PLAIN} s WHERE s.plate = ANY(${near}::text[]) AND ${inTime(range)}
      ORDER BY s.time DESC, s.sighting_id DESC`.execute(this.#db);
    const byText = Map.groupBy(rows, ({ text }) => text);
    const candidates = near.map((text, plateId) => {
      const readings = (byText.get(text) ?? []).slice(0, COUNTED_PASSES + 1);
      return { plateId, text, passes: readings.length, readings };
    });
    const { filter } = await weighCandidates(asked, candidates, this.#model, async (texts) => {
      const counted = await sql<{ text: string; count: number }>`
        SELECT s.plate AS text, least(count(*), ${COUNTED_PASSES + 1}) AS count FROM ${PLAIN} s
        WHERE s.plate = ANY(${[...texts]}::text[]) AND ${inTime(range)} GROUP BY s.plate`.execute(this.#db);
      return counted.rows;
    });
    const kept = new Set(filter.ids.map((index) => near[index]));
    const most = new Map(
      filter.doubtful?.ids.map((index, place) => [near[index], filter.doubtful?.confidences[place] ?? 0]),
    );
    return rows
      .filter(({ text, confidence, alternatives }) => {
        const limit = most.get(text);
        const isNamed = alternatives.some((other) => other.text === asked);
        return kept.has(text) || (limit !== undefined && (isNamed || confidence <= limit));
      })
      .map(({ id }) => id);
  }

  /** Suspected plates, strongest first. */
  async clones(range: CityRange, roads: Roads | undefined): Promise<readonly string[]> {
    const { rows } = await sql<{
      id: string;
      plate: string;
      time: Date;
      camera_id: string;
      latitude: number;
      longitude: number;
      confidence: number;
      vehicle_type: string;
      score: number;
      colour: string | null;
      colour_confidence: number | null;
    }>`
      SELECT sighting_id AS id, plate, time, camera_id, c.latitude, c.longitude, plate_confidence AS confidence,
        vehicle_type, score, vehicle_colour AS colour, vehicle_colour_confidence AS colour_confidence
      FROM ${PLAIN} s JOIN cameras c USING (camera_id)
      WHERE ${inTime(range)} AND s.plate IS NOT NULL AND s.plate_confidence >= 0.9
      ORDER BY s.time, s.sighting_id`.execute(this.#db);
    const passes = rows.map((row) => ({
      plate: row.plate,
      sightingId: row.id,
      timeMs: row.time.getTime(),
      cameraId: row.camera_id,
      latitude: row.latitude,
      longitude: row.longitude,
      confidence: row.confidence,
      typeClass: row.score >= 0.5 && row.vehicle_type !== 'van' ? row.vehicle_type : undefined,
      colour: (row.colour_confidence ?? 0) >= 0.7 ? colourClass(row.colour) : undefined,
    }));
    return [...Map.groupBy(passes, ({ plate }) => plate)]
      .flatMap(([plate, ofPlate]) => {
        const verdict = isWorthALook(ofPlate) ? judgePasses(ofPlate, roads) : undefined;
        return verdict && verdict.logOdds > 0 ? [{ plate, logOdds: verdict.logOdds }] : [];
      })
      .toSorted((a, b) => b.logOdds - a.logOdds)
      .map(({ plate }) => plate);
  }
}

function colourClass(colour: string | null): string | undefined {
  if (colour === null || colour === 'unknown') return undefined;
  if (['white', 'silver', 'grey'].includes(colour)) return 'white';
  return ['orange', 'red', 'brown'].includes(colour) ? 'red' : colour;
}

/** A jump above 60 km/h over more than 1.5 km, or a second type or colour beyond what a classifier gets wrong. */
function isWorthALook(passes: readonly SurePass[]): boolean {
  const isJump = passes.some((to, place) => {
    const from = passes[place - 1];
    if (!from) return false;
    const degree = 111_195;
    const north = ((to.latitude ?? 0) - (from.latitude ?? 0)) * degree;
    const east =
      ((to.longitude ?? 0) - (from.longitude ?? 0)) * degree * Math.cos(((to.latitude ?? 0) * Math.PI) / 180);
    const metres = Math.hypot(north, east);
    return metres > 1500 && metres > (60 / 3.6) * Math.max(1, (to.timeMs - from.timeMs) / 1000);
  });
  return (
    isJump ||
    isSplit(
      passes.map(({ typeClass }) => typeClass),
      2,
      0.12,
    ) ||
    isSplit(
      passes.map(({ colour }) => colour),
      3,
      0.2,
    )
  );
}

function isSplit(kinds: readonly (string | undefined)[], least: number, share: number): boolean {
  const known = kinds.filter((kind) => kind !== undefined);
  const others =
    known.length - Math.max(0, ...[...Map.groupBy(known, (kind) => kind).values()].map(({ length }) => length));
  return others >= least && others >= share * known.length;
}

/** One character another, more or less; two that are confused; or one of these and one less. */
function isNear(asked: string, text: string, model: ConfusionModel): boolean {
  if (asked === text) return true;
  const [a, b] = [Array.from(asked), Array.from(text)];
  if (Math.abs(a.length - b.length) > 1) return false;
  if (a.length === b.length) {
    const different = a.flatMap((character, place) => (character === b[place] ? [] : [place]));
    if (different.length === 1) return true;
    return (
      different.length === 2 && different.every((place) => model.confusablesOf(a[place] ?? '').includes(b[place] ?? ''))
    );
  }
  const isWithout = (long: readonly string[], short: readonly string[]): boolean => {
    const at = short.findIndex((character, place) => character !== long[place]);
    return at < 0 || short.slice(at).join('') === long.slice(at + 1).join('');
  };
  if (a.length < b.length) return isWithout(b, a);
  const changed = a.flatMap((character, place) => model.confusablesOf(character).map((other) => a.with(place, other)));
  return [a, ...changed].some((long) => isWithout(long, b));
}
