import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import Type from 'typebox';
import Value from 'typebox/value';
import { backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, orUndefined, toMs } from '../database.ts';
import { isUuid } from '../events/event-repository.ts';
import { storageErrors } from '../errors.ts';
import { remedyUrl } from '../kitchen/remedy-links.ts';
import type { Sealing } from '../sealing.ts';
import type { AlertKind } from './alert-kinds.ts';

const BACKOFF = { initialMs: 5_000, maxMs: 3_600_000, jitter: 0.2 };
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** Who claimed a delivery has this long; then it is due again. */
const CLAIM_MS = 60_000;
const ERROR_CHARACTERS = 300;

const StoredLink = Type.Object({ linkId: Type.String(), expiresAtMs: Type.Number(), origin: Type.String() });

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly AlertKind[];
  readonly createdBy: string;
}

export interface Webhook extends WebhookInput {
  readonly webhookId: string;
  readonly createdAtMs: number;
  readonly pending: number;
  readonly delivered: number;
  /** Given up after a day. */
  readonly failed: number;
  readonly lastError: string | undefined;
}

/** One message to one receiver. */
export interface WebhookDelivery {
  /** Same on every retry. */
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly url: string;
  readonly secret: string;
  /** `WebhookBody` of the contract, as JSON; the same bytes on every retry. */
  readonly body: string;
  /** 1 = first. */
  readonly attempt: number;
}

/** Alerts leave the database here: written with the event, claimed by dispatchers, tried again for a day. */
export class Outbox {
  readonly #db: Database;
  readonly #sealing: Sealing;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly sealing: Sealing; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#sealing = deps.sealing;
    this.#clock = deps.clock;
  }

  /** Takes what is due, oldest first, for one minute; other dispatchers pass over it. */
  async claimDue(limit: number): Promise<readonly WebhookDelivery[]> {
    const now = new Date(this.#clock.nowMs());
    const claimedUntil = new Date(this.#clock.nowMs() + CLAIM_MS);
    const { rows } = await sql<{
      alert_id: string;
      webhook_id: string;
      attempts: number;
      url: string;
      secret_sealed: Buffer;
      kind: string;
      time: Date;
      data: object;
    }>`
      WITH due AS (
        SELECT alert_id, webhook_id FROM alert_deliveries
        WHERE delivered_at IS NULL AND failed_at IS NULL AND next_try_at <= ${now}
        ORDER BY next_try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), claimed AS (
        UPDATE alert_deliveries d SET attempts = d.attempts + 1, next_try_at = ${claimedUntil} FROM due
        WHERE d.alert_id = due.alert_id AND d.webhook_id = due.webhook_id
        RETURNING d.alert_id, d.webhook_id, d.attempts
      )
      SELECT c.*, w.url, w.secret_sealed, a.kind, a.time, a.data
      FROM claimed c JOIN webhooks w USING (webhook_id) JOIN alerts a USING (alert_id)
      ORDER BY a.time`.execute(this.#db);
    return rows.map((row) => ({
      deliveryId: `${row.alert_id}.${row.webhook_id}`,
      webhookId: row.webhook_id,
      url: row.url,
      secret: this.#sealing.unseal(row.secret_sealed, sealPurpose(row.webhook_id)),
      body: JSON.stringify({
        id: row.alert_id,
        kind: row.kind,
        time: row.time.toISOString(),
        data: this.#withLink(row.data),
      }),
      attempt: row.attempts,
    }));
  }

  /** The database knows only which link is meant; its token is made here. */
  #withLink(data: object): object {
    if (!('remedyLink' in data)) return data;
    const { remedyLink, ...others } = data;
    if (!Value.Check(StoredLink, remedyLink)) return others;
    return { ...others, link: remedyUrl(this.#sealing, remedyLink, remedyLink.origin) };
  }

  async markDelivered(deliveryId: string): Promise<void> {
    const { alertId, webhookId } = splitDeliveryId(deliveryId);
    await this.#db
      .updateTable('alert_deliveries')
      .set({ delivered_at: new Date(this.#clock.nowMs()), last_error: null })
      .where('alert_id', '=', alertId)
      .where('webhook_id', '=', webhookId)
      .execute();
  }

  /** Due again after 5 s, 10 s, … 1 h; given up a day after the alert was made. */
  async markFailed(deliveryId: string, reason: string): Promise<void> {
    const { alertId, webhookId } = splitDeliveryId(deliveryId);
    const nowMs = this.#clock.nowMs();
    const row = await this.#db
      .selectFrom('alert_deliveries')
      .innerJoin('alerts', 'alerts.alert_id', 'alert_deliveries.alert_id')
      .select(['attempts', 'created_at'])
      .where('alert_deliveries.alert_id', '=', alertId)
      .where('webhook_id', '=', webhookId)
      .executeTakeFirst();
    if (!row) return;
    const nextTryMs = nowMs + backoffDelayMs(row.attempts - 1, BACKOFF);
    const isGivenUp = nextTryMs - toMs(row.created_at) > GIVE_UP_AFTER_MS;
    await this.#db
      .updateTable('alert_deliveries')
      .set({
        last_error: reason.slice(0, ERROR_CHARACTERS),
        next_try_at: new Date(nextTryMs),
        failed_at: isGivenUp ? new Date(nowMs) : null,
      })
      .where('alert_id', '=', alertId)
      .where('webhook_id', '=', webhookId)
      .execute();
  }

  /** Newest first, with what became of their messages. */
  async listWebhooks(): Promise<readonly Webhook[]> {
    const { rows } = await sql<{
      webhook_id: string;
      name: string;
      url: string;
      kinds: AlertKind[];
      created_at: Date;
      created_by: string;
      pending: number;
      delivered: number;
      failed: number;
      last_error: string | null;
    }>`
      SELECT w.webhook_id, w.name, w.url, w.kinds, w.created_at, w.created_by,
        count(d.*) FILTER (WHERE d.delivered_at IS NULL AND d.failed_at IS NULL) AS pending,
        count(d.delivered_at) AS delivered, count(d.failed_at) AS failed,
        (array_agg(d.last_error ORDER BY d.next_try_at DESC) FILTER (WHERE d.last_error IS NOT NULL))[1] AS last_error
      FROM webhooks w LEFT JOIN alert_deliveries d USING (webhook_id)
      GROUP BY w.webhook_id ORDER BY w.created_at DESC`.execute(this.#db);
    return rows.map((row) => ({
      webhookId: row.webhook_id,
      name: row.name,
      url: row.url,
      kinds: row.kinds,
      createdAtMs: toMs(row.created_at),
      createdBy: row.created_by,
      pending: row.pending,
      delivered: row.delivered,
      failed: row.failed,
      lastError: orUndefined(row.last_error),
    }));
  }

  /** @returns the subscription and its secret, which is never shown again */
  async createWebhook(input: WebhookInput): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
    const webhookId = randomUUID();
    const secret = randomBytes(32).toString('base64url');
    const createdAtMs = this.#clock.nowMs();
    await this.#db
      .insertInto('webhooks')
      .values({
        webhook_id: webhookId,
        name: input.name,
        url: input.url,
        kinds: [...input.kinds],
        secret_sealed: this.#sealing.seal(secret, sealPurpose(webhookId)),
        created_at: new Date(createdAtMs),
        created_by: input.createdBy,
      })
      .execute();
    const webhook = { ...input, webhookId, createdAtMs, pending: 0, delivered: 0, failed: 0, lastError: undefined };
    return { webhook, secret };
  }

  /** Its waiting messages go with it. @throws {AppError} `WEBHOOK_NOT_FOUND` */
  async removeWebhook(webhookId: string): Promise<void> {
    const deleted = await this.#db.deleteFrom('webhooks').where('webhook_id', '=', webhookId).executeTakeFirst();
    if (deleted.numDeletedRows === 0n) throw storageErrors.WEBHOOK_NOT_FOUND({ webhookId });
  }

  /** Forgets alerts made before `beforeMs`, delivered or not. @returns how many */
  async deleteBefore(beforeMs: number): Promise<number> {
    const deleted = await this.#db.deleteFrom('alerts').where('created_at', '<', new Date(beforeMs)).executeTakeFirst();
    return Number(deleted.numDeletedRows);
  }
}

function sealPurpose(webhookId: string): string {
  return `webhook:${webhookId}`;
}

function splitDeliveryId(deliveryId: string): { readonly alertId: string; readonly webhookId: string } {
  const [alertId = '', webhookId = ''] = deliveryId.split('.');
  if (!isUuid(alertId)) throw storageErrors.WEBHOOK_NOT_FOUND({ deliveryId });
  return { alertId, webhookId };
}
