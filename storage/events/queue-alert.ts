import { type Transaction, sql } from 'kysely';
import type { Tables } from '../database.ts';
import type { AlertKind } from '../outbox/alert-kinds.ts';

/**
 * Puts an alert into the outbox, one delivery for each subscription to its kind; nothing when there is none. The same id twice is one alert.
 * @param makeData called only when somebody has subscribed
 */
export async function queueAlert(
  transaction: Transaction<Tables>,
  alert: {
    readonly alertId: string;
    readonly kind: AlertKind;
    readonly timeMs: number;
    /** Not before then, UTC epoch milliseconds. */
    readonly notBeforeMs?: number;
    makeData(): object;
  },
): Promise<void> {
  // Locked, so that a subscription removed at this very moment cannot make the whole event look refused.
  const subscriptions = await sql<{ webhook_id: string }>`
    SELECT webhook_id FROM webhooks WHERE ${alert.kind} = ANY(kinds) FOR KEY SHARE`.execute(transaction);
  if (subscriptions.rows.length === 0) return;
  const time = new Date(alert.timeMs).toISOString();
  await sql`
    INSERT INTO alerts (alert_id, kind, time, data)
    VALUES (${alert.alertId}, ${alert.kind}, ${time}, ${JSON.stringify(alert.makeData())}::jsonb)
    ON CONFLICT DO NOTHING`.execute(transaction);
  // Due since it happened: at once, even where the clocks of database and dispatcher differ.
  const due =
    alert.notBeforeMs === undefined
      ? sql`least(now(), ${time}::timestamptz)`
      : sql`${new Date(alert.notBeforeMs).toISOString()}::timestamptz`;
  await sql`
    INSERT INTO alert_deliveries (alert_id, webhook_id, next_try_at)
    SELECT ${alert.alertId}::uuid, unnest(${subscriptions.rows.map((row) => row.webhook_id)}::text[]), ${due}
    ON CONFLICT DO NOTHING`.execute(transaction);
}
