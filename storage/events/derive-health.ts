import { type Transaction, sql } from 'kysely';
import type { CameraStatus } from '#ingest/cameras/camera.ts';
import type { CameraStateChange } from '../cameras/camera-state-history.ts';
import type { Tables } from '../database.ts';
import { type CameraHealth, derivedEventId } from './stored-event.ts';

const OUTAGES: ReadonlySet<CameraStatus> = new Set(['offline', 'rejected', 'unsupported', 'stalled']);
const ENDS_OUTAGE: ReadonlySet<CameraStatus> = new Set(['live', 'disabled']);

/** Keeps the history of states, and finds in it where an outage of a main stream begins and ends: one event each. */
export async function deriveHealth(
  transaction: Transaction<Tables>,
  changes: readonly CameraStateChange[],
): Promise<readonly CameraHealth[]> {
  const events: CameraHealth[] = [];
  for (const change of changes) {
    const time = new Date(change.timeMs).toISOString();
    const inserted = await sql`
      INSERT INTO camera_state_history (camera_id, stream, time, status, error_code, changes)
      VALUES (${change.cameraId}, ${change.stream}, ${time}, ${change.status},
        ${change.errorCode ?? null}, ${change.changes ?? 1})
      ON CONFLICT DO NOTHING RETURNING 1`.execute(transaction);
    if (inserted.rows.length === 0 || change.stream !== 'main') continue;
    if (OUTAGES.has(change.status)) {
      const opened = await sql`
        INSERT INTO camera_outages (camera_id, stream, status, since)
        VALUES (${change.cameraId}, ${change.stream}, ${change.status}, ${time})
        ON CONFLICT DO NOTHING RETURNING 1`.execute(transaction);
      if (opened.rows.length > 0) events.push(toEvent(change, 'opened'));
    } else if (ENDS_OUTAGE.has(change.status)) {
      const closed = await sql`
        DELETE FROM camera_outages WHERE camera_id = ${change.cameraId} AND stream = ${change.stream}
        RETURNING 1`.execute(transaction);
      if (closed.rows.length > 0) events.push(toEvent(change, 'closed'));
    }
  }
  return events;
}

function toEvent(
  { cameraId, timeMs, status, errorCode }: CameraStateChange,
  phase: CameraHealth['phase'],
): CameraHealth {
  return {
    eventId: derivedEventId(timeMs, `camera.health ${cameraId} ${timeMs} ${status} ${phase}`),
    schemaVersion: 1,
    timeMs,
    cameraId,
    kind: 'camera.health',
    phase,
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}
