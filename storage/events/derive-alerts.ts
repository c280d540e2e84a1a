import type { Transaction } from 'kysely';
import type { Tables } from '../database.ts';
import { ALERT_KINDS, type AlertKind } from '../outbox/alert-kinds.ts';
import { queueAlert } from './queue-alert.ts';
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
    await queueAlert(transaction, {
      alertId: event.eventId,
      kind: event.kind,
      timeMs: event.timeMs,
      makeData: () => ({
        ...event,
        cameraName,
        ...(ruleName === undefined ? {} : { ruleName }),
        ...(event.kind === 'watchlist.hit' ? UNCONFIRMED : {}),
      }),
    });
  }
}

function isAlertKind(kind: EventKind): kind is AlertKind & EventKind {
  return ALERT_KINDS.some((known) => known === kind);
}
