import { sql } from 'kysely';
import type { VehicleCrossing } from '#analyzers/analysis-event.ts';
import type { CameraId } from '#ingest/media.ts';
import type { Database } from '../database.ts';

/** How often one rule counted one type of vehicle in one hour. */
export interface HourCount {
  /** When the hour begins; hours are counted from the beginning of the range. */
  readonly hourMs: number;
  readonly kind: 'line' | 'dwell';
  readonly ruleId: string;
  /** Of lines only. */
  readonly direction: VehicleCrossing['direction'] | undefined;
  readonly vehicleType: VehicleCrossing['vehicleType'];
  readonly count: number;
}

/** What a camera's lines and dwell zones counted. */
export class CrossingCounts {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  /** Oldest hour first; hours without anything are left out. Reads only the camera's own events of the range. */
  async perHour(camera: CameraId, fromMs: number, toMs: number): Promise<readonly HourCount[]> {
    const from = new Date(fromMs);
    const { rows } = await sql<{
      hour: Date;
      kind: string;
      rule_id: string;
      direction: VehicleCrossing['direction'] | null;
      vehicle_type: VehicleCrossing['vehicleType'];
      count: number;
    }>`
      SELECT date_bin('1 hour', time, ${from}::timestamptz) AS hour, kind, data->>'ruleId' AS rule_id,
        data->>'direction' AS direction, data->>'vehicleType' AS vehicle_type, count(*)::int AS count
      FROM events
      WHERE camera_id = ${camera} AND time >= ${from} AND time < ${new Date(toMs)}
        AND kind IN ('vehicle.crossing', 'zone.dwell')
      GROUP BY 1, 2, 3, 4, 5
      ORDER BY 1, 3, 4, 5`.execute(this.#db);
    return rows.map((row) => ({
      hourMs: row.hour.getTime(),
      kind: row.kind === 'zone.dwell' ? 'dwell' : 'line',
      ruleId: row.rule_id,
      direction: row.direction ?? undefined,
      vehicleType: row.vehicle_type,
      count: row.count,
    }));
  }
}
