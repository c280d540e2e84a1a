import { type Transaction, sql } from 'kysely';
import type { Tables } from '../database.ts';
import { ALERT_KINDS, type AlertKind } from '../outbox/alert-kinds.ts';
import type { EventKind, FeedItem } from './stored-event.ts';

/** A hit leaves before anybody has compared it with the picture, and says so to whoever acts on it. */
const UNCONFIRMED = {
  isConfirmed: false,
  notice: {
    en: 'Unconfirmed: a person has yet to compare the plate with the picture.',
    zh: '待核实：尚未经人工与图片比对。',
  },
} as const;

/** Puts an alert into the outbox for each event that someone has subscribed to, one delivery for each subscription. */
export async function queueAlerts(transaction: Transaction<Tables>, items: readonly FeedItem[]): Promise<void> {
  for (const { event, cameraName, ruleName } of items) {
    if (!isAlertKind(event.kind)) continue;
    // Locked, so that a subscription removed at this very moment cannot make the whole event look refused.
    const subscriptions = await sql<{ webhook_id: string }>`
      SELECT webhook_id FROM webhooks WHERE ${event.kind} = ANY(kinds) FOR KEY SHARE`.execute(transaction);
    if (subscriptions.rows.length === 0) continue;
    const time = new Date(event.timeMs).toISOString();
    const data = JSON.stringify({
      ...event,
      cameraName,
      ...(ruleName === undefined ? {} : { ruleName }),
      ...(event.kind === 'watchlist.hit' ? UNCONFIRMED : {}),
    });
    await sql`
      INSERT INTO alerts (alert_id, kind, time, data)
      VALUES (${event.eventId}, ${event.kind}, ${time}, ${data}::jsonb) ON CONFLICT DO NOTHING`.execute(transaction);
    // Due since it happened: at once, even where the clocks of database and dispatcher differ.
    await sql`
      INSERT INTO alert_deliveries (alert_id, webhook_id, next_try_at)
      SELECT ${event.eventId}::uuid, unnest(${subscriptions.rows.map((row) => row.webhook_id)}::text[]),
        least(now(), ${time}::timestamptz)
      ON CONFLICT DO NOTHING`.execute(transaction);
  }
}

function isAlertKind(kind: EventKind): kind is AlertKind {
  return ALERT_KINDS.some((known) => known === kind);
}
