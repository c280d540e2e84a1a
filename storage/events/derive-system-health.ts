import { type Transaction, sql } from 'kysely';
import type { Tables } from '../database.ts';
import type { SystemAlarmChange } from '../system/system-alarms.ts';
import { derivedEventId, type SystemHealth } from './stored-event.ts';

/** One event when an alarm begins and one when it ends, however often either is told. */
export async function deriveSystemHealth(
  transaction: Transaction<Tables>,
  changes: readonly SystemAlarmChange[],
): Promise<readonly SystemHealth[]> {
  const events: SystemHealth[] = [];
  for (const { code, phase, timeMs } of changes) {
    const change =
      phase === 'opened'
        ? sql`INSERT INTO system_alarms (code, since) VALUES (${code}, ${new Date(timeMs)})
            ON CONFLICT DO NOTHING RETURNING 1`
        : sql`DELETE FROM system_alarms WHERE code = ${code} RETURNING 1`;
    const { rows } = await change.execute(transaction);
    if (rows.length === 0) continue;
    const eventId = derivedEventId(timeMs, `system.health ${code} ${timeMs} ${phase}`);
    events.push({ eventId, schemaVersion: 1, timeMs, cameraId: '', kind: 'system.health', phase, code });
  }
  return events;
}
