import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { toStorageError } from '../errors.ts';

const DAY_MS = 86_400_000;
const COLUMNS = [
  'sighting_id',
  'time',
  'camera_id',
  'track_id',
  'first_seen',
  'last_seen',
  'vehicle_type',
  'score',
  'box',
  'plate_id',
  'plate_confidence',
  'plate_colour',
  'plate_evidence',
  'picture_key',
  'plate_crop_key',
  'vehicle_colour',
  'vehicle_colour_confidence',
  'direction',
  'speed_kmh',
  'length_metres',
].join(', ');
/** Bytes of text handed to the connection at once. */
const CHUNK_CHARACTERS = 1 << 18;

/**
 * Writes whole days of sightings by COPY, for imports and for the simulated city: past the spool, the events and the alerts. Where time is
 * cut by native partitions, a day that is not there yet is filled first and given its indexes after, which takes half the time.
 */
export class SightingBulkLoad {
  readonly #client: pg.Client;
  readonly #plateIds = new Map<string, number>();
  #isTimescale = false;

  constructor(databaseUrl: string) {
    this.#client = new pg.Client({ connectionString: databaseUrl });
  }

  /** @throws {AppError} `DATABASE_UNAVAILABLE` */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
      await this.#client.query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'");
      const { rows } = await this.#client.query(`SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'`);
      this.#isTimescale = rows.length > 0;
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /**
   * One UTC day, all of it at once.
   * @param sightings of that day, in the order in which they shall lie on disk
   * @throws {AppError} what PostgreSQL says: a row that is there already is refused, and then nothing of the day is kept
   */
  async writeDay(day: number, sightings: readonly VehicleSighting[]): Promise<void> {
    try {
      await this.#learnPlates(sightings);
      await this.#client.query('BEGIN');
      const partition = await this.#openPartition(day);
      await this.#copy(partition?.name ?? 'sightings', sightings);
      if (partition?.isNew) await this.#attach(partition.name, day);
      await this.#client.query('COMMIT');
    } catch (error) {
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw toStorageError(error);
    }
  }

  /** Lets the planner know what is there now. */
  async finish(): Promise<void> {
    await this.#client.query('ANALYZE sightings; ANALYZE plates');
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #openPartition(day: number): Promise<{ readonly name: string; readonly isNew: boolean } | undefined> {
    if (this.#isTimescale) return undefined;
    const name = `sightings_${isoOf(day * DAY_MS)
      .slice(0, 10)
      .replaceAll('-', '')}`;
    const { rows } = await this.#client.query('SELECT to_regclass($1) IS NULL AS is_new', [name]);
    const isNew = (rows[0] as { is_new: boolean } | undefined)?.is_new ?? true;
    if (isNew)
      await this.#client.query(`CREATE TABLE ${name} (LIKE sightings INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
    return { name, isNew };
  }

  async #attach(name: string, day: number): Promise<void> {
    const [from, to] = [isoOf(day * DAY_MS), isoOf((day + 1) * DAY_MS)];
    // With the check there already, attaching need not look through the rows again.
    await this.#client.query(
      `ALTER TABLE ${name} ADD CONSTRAINT of_the_day CHECK (time >= '${from}' AND time < '${to}')`,
    );
    await this.#client.query(`ALTER TABLE sightings ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
    await this.#client.query(`ALTER TABLE ${name} DROP CONSTRAINT of_the_day`);
  }

  async #learnPlates(sightings: readonly VehicleSighting[]): Promise<void> {
    const texts = new Set<string>();
    for (const { plate } of sightings) if (plate && !this.#plateIds.has(plate.text)) texts.add(plate.text);
    if (texts.size === 0) return;
    await this.#client.query('INSERT INTO plates (text) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
      [...texts],
    ]);
    const { rows } = await this.#client.query('SELECT plate_id, text FROM plates WHERE text = ANY($1::text[])', [
      [...texts],
    ]);
    for (const { plate_id, text } of rows as { plate_id: string; text: string }[])
      this.#plateIds.set(text, Number(plate_id));
  }

  async #copy(table: string, sightings: readonly VehicleSighting[]): Promise<void> {
    const stream = this.#client.query(copyFrom(`COPY ${table} (${COLUMNS}) FROM STDIN`));
    const plateIds = this.#plateIds;
    await pipeline(function* () {
      let text = '';
      for (const sighting of sightings) {
        text += copyLine(sighting, plateIds);
        if (text.length > CHUNK_CHARACTERS) {
          yield text;
          text = '';
        }
      }
      if (text !== '') yield text;
    }, stream);
  }
}

/** One row in the text format of COPY. @see https://www.postgresql.org/docs/current/sql-copy.html */
function copyLine(sighting: VehicleSighting, plateIds: ReadonlyMap<string, number>): string {
  const { plate, vehicleColour, box } = sighting;
  const evidence = plate && {
    alternatives: plate.alternatives,
    characterConfidences: plate.characterConfidences,
    framesRead: plate.framesRead,
    framesAgreeing: plate.framesAgreeing,
  };
  return `${[
    sighting.eventId,
    isoOf(sighting.timeMs),
    quoted(sighting.cameraId),
    quoted(sighting.trackId),
    isoOf(sighting.firstSeenMs),
    isoOf(sighting.lastSeenMs),
    sighting.vehicleType,
    sighting.score,
    JSON.stringify(box),
    (plate && plateIds.get(plate.text)) ?? NULL,
    plate?.confidence ?? NULL,
    plate?.colour ?? NULL,
    evidence ? quoted(JSON.stringify(evidence)) : NULL,
    quoted(sighting.pictureKey),
    sighting.plateCropKey === undefined ? NULL : quoted(sighting.plateCropKey),
    vehicleColour?.name ?? NULL,
    vehicleColour?.confidence ?? NULL,
    sighting.direction ?? NULL,
    sighting.speedKmh ?? NULL,
    sighting.lengthMetres ?? NULL,
  ].join('\t')}\n`;
}

const NULL = '\\N';
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function quoted(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character) : text;
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
