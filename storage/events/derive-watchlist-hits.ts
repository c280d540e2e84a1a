import { type Transaction, sql } from 'kysely';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import type { Tables } from '../database.ts';
import { type WatchlistHit, derivedEventId } from './stored-event.ts';

/** An alternative reading below this is noise: it would raise a hit for most vehicles that look alike. */
const POSSIBLE_FROM_CONFIDENCE = 0.2;

interface Reading {
  readonly text: string;
  readonly confidence: number;
  readonly match: WatchlistHit['match'];
}

/** Finds sightings of plates that are watched for: by their best reading, or by one of the likely others. */
export async function deriveWatchlistHits(
  transaction: Transaction<Tables>,
  sightings: readonly VehicleSighting[],
): Promise<readonly WatchlistHit[]> {
  const readings = sightings.map(readingsOf);
  const texts = [...new Set(readings.flat().map(({ text }) => text))];
  if (texts.length === 0) return [];
  const entries = await transaction
    .selectFrom('watchlist')
    .select(['entry_id', 'plate', 'expires_at'])
    .where('removed_at', 'is', null)
    .where('plate', '=', sql<string>`ANY(${texts}::text[])`)
    .execute();
  const hits = sightings.flatMap((sighting, index) =>
    entries.flatMap((entry) => {
      const reading = readings[index]?.find(({ text }) => text === entry.plate);
      const isRunning = entry.expires_at.getTime() > sighting.timeMs;
      return reading && isRunning ? [toHit(sighting, entry.entry_id, reading)] : [];
    }),
  );
  for (const hit of hits)
    await sql`
      INSERT INTO watchlist_hits (hit_id, entry_id, sighting_id, time, match, confidence)
      VALUES (${hit.eventId}, ${hit.entryId}, ${hit.sightingId}, ${new Date(hit.timeMs).toISOString()}, ${hit.match},
        ${hit.confidence})
      ON CONFLICT DO NOTHING`.execute(transaction);
  return hits;
}

function readingsOf({ plate }: VehicleSighting): readonly Reading[] {
  if (!plate) return [];
  const possible = plate.alternatives
    .filter(({ text, confidence }) => confidence >= POSSIBLE_FROM_CONFIDENCE && text !== plate.text)
    .map(({ text, confidence }) => ({ text, confidence, match: 'possible' as const }));
  return [{ text: plate.text, confidence: plate.confidence, match: 'exact' }, ...possible];
}

function toHit(sighting: VehicleSighting, entryId: string, { text, confidence, match }: Reading): WatchlistHit {
  const { eventId, timeMs, cameraId, vehicleType, box, pictureKey, plateCropKey, plate } = sighting;
  return {
    eventId: derivedEventId(timeMs, `watchlist.hit ${eventId} ${entryId}`),
    schemaVersion: 1,
    timeMs,
    cameraId,
    kind: 'watchlist.hit',
    entryId,
    plate: text,
    match,
    confidence,
    plateColour: plate?.colour ?? 'unknown',
    sightingId: eventId,
    vehicleType,
    box,
    pictureKey,
    ...(plateCropKey === undefined ? {} : { plateCropKey }),
  };
}
