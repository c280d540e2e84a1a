import { sql } from 'kysely';
import type { Database } from './database.ts';

const PARTITIONED_TABLES = ['events', 'sightings'] as const;
const DAY_MS = 86_400_000;
const PARTITION_LOCK = 8_273_462;

/** Hides whether time is cut by TimescaleDB (chunks, which make themselves) or by native partitions of one day. */
export interface TimePartitions {
  readonly kind: 'timescale' | 'native';
  /** Makes room for rows of these times. Cheap when there is room already. */
  ensureFor(timesMs: readonly number[]): Promise<void>;
  /** Drops every partition that lies wholly before `beforeMs`. @returns how many */
  dropBefore(beforeMs: number): Promise<number>;
}

export async function openTimePartitions(db: Database): Promise<TimePartitions> {
  const extension = await sql`SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'`.execute(db);
  return extension.rows.length > 0 ? timescalePartitions(db) : nativePartitions(db);
}

function timescalePartitions(db: Database): TimePartitions {
  return {
    kind: 'timescale',
    ensureFor: () => Promise.resolve(),
    async dropBefore(beforeMs) {
      let dropped = 0;
      for (const table of PARTITIONED_TABLES) {
        const { rows } =
          await sql`SELECT drop_chunks(${table}::regclass, older_than => ${new Date(beforeMs)}::timestamptz)`.execute(
            db,
          );
        dropped += rows.length;
      }
      return dropped;
    },
  };
}

function nativePartitions(db: Database): TimePartitions {
  const knownDays = new Set<number>();
  return {
    kind: 'native',
    async ensureFor(timesMs) {
      const missing = new Set(
        timesMs.map((timeMs) => Math.floor(timeMs / DAY_MS)).filter((day) => !knownDays.has(day)),
      );
      if (missing.size === 0) return;
      await db.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK})`.execute(transaction);
        for (const day of missing)
          for (const table of PARTITIONED_TABLES) {
            const from = new Date(day * DAY_MS).toISOString();
            const to = new Date((day + 1) * DAY_MS).toISOString();
            await sql`CREATE TABLE IF NOT EXISTS ${sql.table(partitionName(table, day))} PARTITION OF ${sql.table(table)}
              FOR VALUES FROM (${sql.lit(from)}) TO (${sql.lit(to)})`.execute(transaction);
          }
      });
      for (const day of missing) knownDays.add(day);
    },
    async dropBefore(beforeMs) {
      const { rows } = await sql<{ name: string }>`
        SELECT c.relname AS name FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
        WHERE p.relname = ANY(${[...PARTITIONED_TABLES]}) AND c.relnamespace = p.relnamespace
          AND p.relnamespace = current_schema()::regnamespace`.execute(db);
      const expired = rows.filter(({ name }) => partitionEndMs(name) <= beforeMs);
      for (const { name } of expired) await sql`DROP TABLE ${sql.table(name)}`.execute(db);
      for (const day of knownDays) if ((day + 1) * DAY_MS <= beforeMs) knownDays.delete(day);
      return expired.length;
    },
  };
}

/** `events_20261123` */
function partitionName(table: string, day: number): string {
  return `${table}_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function partitionEndMs(name: string): number {
  const [, year, month, day] = /_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
  return year === undefined ? Number.POSITIVE_INFINITY : Date.UTC(Number(year), Number(month) - 1, Number(day) + 1);
}
