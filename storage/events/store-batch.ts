import { type Transaction, sql } from 'kysely';
import Value from 'typebox/value';
import { AnalysisEvent } from '#analyzers/analysis-event.ts';
import type { RecordingGap, SegmentRecord } from '#ingest/media.ts';
import { appendToChain, type ChainInput } from '../audit/audit-log.ts';
import type { CameraStateChange } from '../cameras/camera-state-history.ts';
import type { Tables } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { insertSegments } from '../recordings/insert-segments.ts';
import type { SpoolEntry } from '../spool/event-spool.ts';
import type { SystemAlarmChange } from '../system/system-alarms.ts';
import { queueAlerts } from './derive-alerts.ts';
import { deriveHealth } from './derive-health.ts';
import { deriveSystemHealth } from './derive-system-health.ts';
import { applyViolations } from './derive-violations.ts';
import { deriveWatchlistHits } from './derive-watchlist-hits.ts';
import { insertSightings } from './insert-sightings.ts';
import { toFeedItem } from './event-repository.ts';
import type { FeedItem, StoredEvent } from './stored-event.ts';

/** Spool entries as what they are. */
export interface Batch {
  readonly events: readonly AnalysisEvent[];
  readonly segments: readonly SegmentRecord[];
  readonly openedGaps: readonly RecordingGap[];
  readonly closedGaps: readonly RecordingGap[];
  readonly stateChanges: readonly CameraStateChange[];
  readonly alarms: readonly SystemAlarmChange[];
  readonly looks: readonly ChainInput[];
}

export interface PlausibleTimes {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * @throws {AppError} `ENTRY_UNREADABLE` when an entry is not what its kind says; `EVENT_TIME_IMPLAUSIBLE`: no partition is
 * made for such a time
 */
export function decodeBatch(entries: readonly SpoolEntry[], times: PlausibleTimes): Batch {
  const values = entries.map(({ seq, kind, body }) => ({ seq, kind, value: parse(seq, body) }));
  const ofKind = (wanted: SpoolEntry['kind'], timeNames: readonly string[]): unknown[] =>
    values
      .filter(({ kind }) => kind === wanted)
      .map(({ seq, value }) => {
        for (const name of timeNames) requirePlausible(seq, value[name], times);
        return value;
      });
  return {
    events: ofKind('event', ['timeMs']).map((value) => {
      if (!Value.Check(AnalysisEvent, value)) throw storageErrors.ENTRY_UNREADABLE({ reason: 'schema' });
      return value;
    }),
    segments: ofKind('segment', ['startMs', 'endMs']) as SegmentRecord[],
    openedGaps: ofKind('gap.opened', ['startMs']) as RecordingGap[],
    closedGaps: ofKind('gap.closed', ['startMs', 'endMs']) as RecordingGap[],
    stateChanges: ofKind('camera.state', ['timeMs']) as CameraStateChange[],
    alarms: ofKind('system.alarm', ['timeMs']) as SystemAlarmChange[],
    looks: values.filter(({ kind }) => kind === 'audit').map(({ seq, value }) => toLook(seq, value)),
  };
}

function parse(seq: number, body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw storageErrors.ENTRY_UNREADABLE({ seq, reason: 'JSON' }, error);
  }
  throw storageErrors.ENTRY_UNREADABLE({ seq, reason: 'not an object' });
}

/** Any time will do: there are no partitions of looks, and no look must be lost for a clock that was wrong. */
function toLook(seq: number, value: Record<string, unknown>): ChainInput {
  const { timeMs, detail } = value as { timeMs?: unknown; detail?: unknown };
  if (typeof timeMs !== 'number' || typeof detail !== 'object')
    throw storageErrors.ENTRY_UNREADABLE({ seq, reason: 'look' });
  return value as unknown as ChainInput;
}

function requirePlausible(seq: number, timeMs: unknown, { fromMs, toMs }: PlausibleTimes): void {
  if (typeof timeMs !== 'number') throw storageErrors.ENTRY_UNREADABLE({ seq, reason: 'time' });
  if (!(timeMs >= fromMs && timeMs <= toMs)) throw storageErrors.EVENT_TIME_IMPLAUSIBLE({ seq, timeMs });
}

/**
 * Stores a batch and all that follows from it. What was stored before is left as it is, and nothing follows from it.
 * @returns what is told to pages and receivers: all that is new, but for held violations
 */
export async function storeBatch(transaction: Transaction<Tables>, batch: Batch): Promise<readonly FeedItem[]> {
  await insertSegments(transaction, batch.segments);
  await insertGaps(transaction, [...batch.openedGaps, ...batch.closedGaps]);
  const health = await deriveHealth(transaction, batch.stateChanges);
  const alarms = await deriveSystemHealth(transaction, batch.alarms);
  const fresh = await insertEvents(transaction, batch.events);
  const sightings = fresh.filter((event) => event.kind === 'vehicle.sighting');
  await insertSightings(transaction, sightings);
  const held = await applyViolations(
    transaction,
    fresh.filter((event) => event.kind === 'kitchen.violation'),
  );
  const hits = await deriveWatchlistHits(transaction, sightings);
  const derived: StoredEvent[] = [...health, ...alarms, ...hits];
  await insertEvents(transaction, derived);
  const told = fresh.filter((event) => event.kind !== 'kitchen.violation' || !held.has(event.violationId));
  const items = await describe(transaction, [...told, ...derived]);
  await queueAlerts(transaction, items);
  // Last, since it holds the chain until the commit.
  await appendToChain(transaction, batch.looks);
  return items;
}

/** @returns those that were not there before, in the given order */
async function insertEvents<E extends StoredEvent>(
  transaction: Transaction<Tables>,
  events: readonly E[],
): Promise<readonly E[]> {
  if (events.length === 0) return [];
  const { rows } = await sql<{ event_id: string }>`
    INSERT INTO events (event_id, time, camera_id, kind, data)
    SELECT * FROM unnest(
      ${events.map(({ eventId }) => eventId)}::uuid[], ${events.map(({ timeMs }) => isoTime(timeMs))}::timestamptz[],
      ${events.map(({ cameraId }) => cameraId)}::text[], ${events.map(({ kind }) => kind)}::text[],
      ${events.map((event) => JSON.stringify(event))}::jsonb[])
    ON CONFLICT DO NOTHING RETURNING event_id`.execute(transaction);
  const inserted = new Set(rows.map(({ event_id }) => event_id));
  return events.filter(({ eventId }) => inserted.delete(eventId.toLowerCase()));
}

/** A closing row carries the whole gap, so that it stands alone when the opening one was lost; the newest cause is the best known. */
async function insertGaps(transaction: Transaction<Tables>, gaps: readonly RecordingGap[]): Promise<void> {
  for (const gap of gaps)
    await sql`
      INSERT INTO recording_gaps (gap_id, camera_id, stream, start_time, end_time, cause, error_code)
      VALUES (${gap.gapId}, ${gap.cameraId}, ${gap.stream}, ${isoTime(gap.startMs)},
        ${gap.endMs === undefined ? null : isoTime(gap.endMs)}, ${gap.cause}, ${gap.errorCode ?? null})
      ON CONFLICT (gap_id) DO UPDATE SET end_time = coalesce(excluded.end_time, recording_gaps.end_time),
        cause = excluded.cause, error_code = excluded.error_code`.execute(transaction);
}

async function describe(
  transaction: Transaction<Tables>,
  events: readonly StoredEvent[],
): Promise<readonly FeedItem[]> {
  if (events.length === 0) return [];
  const cameras = await transaction
    .selectFrom('cameras')
    .select(['camera_id', 'name', 'rules'])
    .where('camera_id', 'in', [...new Set(events.map(({ cameraId }) => cameraId))])
    .execute();
  const byId = new Map(cameras.map((camera) => [camera.camera_id, camera]));
  return events.map((event) => toFeedItem(event, byId.get(event.cameraId)));
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
