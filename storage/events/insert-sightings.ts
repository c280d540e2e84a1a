import { type Transaction, sql } from 'kysely';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import type { Tables } from '../database.ts';

export async function insertSightings(
  transaction: Transaction<Tables>,
  sightings: readonly VehicleSighting[],
): Promise<void> {
  if (sightings.length === 0) return;
  const plateIds = await ensurePlates(
    transaction,
    // A plate without text is an official vehicle's: it must not become one plate that all of them share.
    sightings.flatMap(({ plate }) => (plate && plate.text !== '' ? [plate.text] : [])),
  );
  const iso = (pick: (sighting: VehicleSighting) => number): string[] =>
    sightings.map((sighting) => new Date(pick(sighting)).toISOString());
  await sql`
    INSERT INTO sightings (sighting_id, time, camera_id, track_id, first_seen, last_seen, vehicle_type, score, box,
      plate_id, plate_confidence, plate_colour, plate_evidence, picture_key, plate_crop_key, vehicle_colour,
      vehicle_colour_confidence, direction, speed_kmh, length_metres)
    SELECT * FROM unnest(
      ${sightings.map(({ eventId }) => eventId)}::uuid[], ${iso(({ timeMs }) => timeMs)}::timestamptz[],
      ${sightings.map(({ cameraId }) => cameraId)}::text[], ${sightings.map(({ trackId }) => trackId)}::text[],
      ${iso(({ firstSeenMs }) => firstSeenMs)}::timestamptz[], ${iso(({ lastSeenMs }) => lastSeenMs)}::timestamptz[],
      ${sightings.map(({ vehicleType }) => vehicleType)}::text[], ${sightings.map(({ score }) => score)}::float8[],
      ${sightings.map(({ box }) => JSON.stringify(box))}::jsonb[],
      ${sightings.map(({ plate }) => (plate && plateIds.get(plate.text)) ?? null)}::bigint[],
      ${sightings.map(({ plate }) => plate?.confidence ?? null)}::float8[],
      ${sightings.map(({ plate }) => plate?.colour ?? null)}::text[],
      ${sightings.map(({ plate }) => (plate ? evidenceOf(plate) : null))}::jsonb[],
      ${sightings.map(({ pictureKey }) => pictureKey)}::text[],
      ${sightings.map(({ plateCropKey }) => plateCropKey ?? null)}::text[],
      ${sightings.map(({ vehicleColour }) => vehicleColour?.name ?? null)}::text[],
      ${sightings.map(({ vehicleColour }) => vehicleColour?.confidence ?? null)}::real[],
      ${sightings.map(({ direction }) => direction ?? null)}::text[],
      ${sightings.map(({ speedKmh }) => speedKmh ?? null)}::real[],
      ${sightings.map(({ lengthMetres }) => lengthMetres ?? null)}::real[])
    ON CONFLICT DO NOTHING`.execute(transaction);
}

/** Looks up before it inserts: an insert that conflicts would use up a number for each plate seen again. */
async function ensurePlates(
  transaction: Transaction<Tables>,
  texts: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...new Set(texts)].toSorted();
  const ids = new Map<string, number>();
  const lookUp = async (): Promise<void> => {
    const missing = wanted.filter((text) => !ids.has(text));
    if (missing.length === 0) return;
    const rows = await transaction
      .selectFrom('plates')
      .selectAll()
      .where('text', '=', sql<string>`ANY(${missing}::text[])`)
      .execute();
    for (const row of rows) ids.set(row.text, row.plate_id);
  };
  await lookUp();
  const missing = wanted.filter((text) => !ids.has(text));
  if (missing.length > 0)
    await sql`INSERT INTO plates (text) SELECT unnest(${missing}::text[]) ON CONFLICT DO NOTHING`.execute(transaction);
  await lookUp();
  return ids;
}

function evidenceOf(plate: NonNullable<VehicleSighting['plate']>): string {
  const { kind, alternatives, characterConfidences, framesRead, framesAgreeing } = plate;
  return JSON.stringify({ kind, alternatives, characterConfidences, framesRead, framesAgreeing });
}
