import { type Transaction, sql } from 'kysely';
import type { Box } from '#analyzers/detection.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Database, Tables } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { queueAlert } from '../events/queue-alert.ts';
import type { Sealing } from '../sealing.ts';
import { type RemedyTicket, readRemedyToken, remedyToken } from './remedy-token.ts';

const DAY_MS = 86_400_000;
/** Receivers are told a little later, so that a step taken by mistake can be undone before. */
const TOLD_AFTER_MS = 10_000;

export interface AskedRemedy {
  readonly deadlineMs: number;
  readonly note?: string | undefined;
  /** Where pages are reached from outside, such as `https://video.example.org`. */
  readonly origin: string;
}

/** What a kitchen sees by its link. */
export interface Remedy {
  readonly linkId: string;
  readonly violationId: string;
  readonly kitchenName: string;
  readonly item: string;
  readonly sinceMs: number;
  readonly pictureKey: string | undefined;
  readonly box: Box;
  readonly deadlineMs: number | undefined;
  /** What the inspector wrote with it. */
  readonly note: string | undefined;
  readonly expiresAtMs: number;
  /** When it was answered by this link. */
  readonly receivedAtMs: number | undefined;
}

/** The address of the page that answers a link; the token stands behind `#`, which browsers send to no server. */
export function remedyUrl(sealing: Pick<Sealing, 'sign'>, link: RemedyTicket, origin: string): string {
  return `${origin}/remedy#${remedyToken(sealing, link)}`;
}

/** Links by which a kitchen answers without an account: one violation, one answer, signed, until a time, revocable. */
export class RemedyLinks {
  readonly #db: Database;
  readonly #sealing: Pick<Sealing, 'sign'>;
  readonly #clock: Clock;
  readonly #daysAfterDeadline: number;

  constructor(deps: {
    readonly db: Database;
    readonly sealing: Pick<Sealing, 'sign'>;
    readonly clock: Clock;
    readonly daysAfterDeadline: number;
  }) {
    this.#db = deps.db;
    this.#sealing = deps.sealing;
    this.#clock = deps.clock;
    this.#daysAfterDeadline = deps.daysAfterDeadline;
  }

  /** Costs no query: who makes tokens up is refused before the database is asked. @throws {AppError} `REMEDY_LINK_INVALID` */
  read(token: string): RemedyTicket {
    const ticket = readRemedyToken(this.#sealing, token);
    if (!ticket) throw storageErrors.REMEDY_LINK_INVALID();
    return ticket;
  }

  /** @throws {AppError} `REMEDY_LINK_ENDED` when its time is over or it was revoked */
  async open({ linkId }: RemedyTicket): Promise<Remedy> {
    const row = await this.#db
      .selectFrom('remedy_links as l')
      .innerJoin('kitchen_violations as v', 'v.violation_id', 'l.violation_id')
      .leftJoin('cameras as c', 'c.camera_id', 'v.camera_id')
      .select(['l.violation_id', 'l.expires_at', 'l.revoked_at', 'l.used_at'])
      .select(['v.item', 'v.since', 'v.picture_key', 'v.box', 'v.deadline', 'v.camera_id', 'c.name'])
      .select(
        sql<string | null>`(SELECT note FROM violation_steps s WHERE s.violation_id = v.violation_id
          AND s.step IN ('asked', 'sent_back') ORDER BY revision DESC LIMIT 1)`.as('note'),
      )
      .where('l.link_id', '=', linkId)
      .executeTakeFirst();
    const isEnded =
      !row || row.revoked_at !== null || (row.used_at === null && row.expires_at.getTime() <= this.#clock.nowMs());
    if (isEnded) throw storageErrors.REMEDY_LINK_ENDED({ linkId });
    return {
      linkId,
      violationId: row.violation_id,
      kitchenName: row.name ?? row.camera_id,
      item: row.item,
      sinceMs: row.since.getTime(),
      pictureKey: row.picture_key ?? undefined,
      box: row.box,
      deadlineMs: row.deadline?.getTime(),
      note: row.note ?? undefined,
      expiresAtMs: row.expires_at.getTime(),
      receivedAtMs: row.used_at?.getTime(),
    };
  }

  /** The link that a kitchen may answer by now, to be handed on again. */
  async current(violationId: string, origin: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('remedy_links')
      .select(['link_id', 'expires_at'])
      .where('violation_id', '=', violationId)
      .where('revoked_at', 'is', null)
      .where('used_at', 'is', null)
      .where('expires_at', '>', new Date(this.#clock.nowMs()))
      .orderBy('created_at', 'desc')
      .executeTakeFirst();
    return row && this.urlOf({ linkId: row.link_id, expiresAtMs: row.expires_at.getTime() }, origin);
  }

  prepare(deadlineMs: number): RemedyTicket {
    const expiresAtMs = Math.ceil((deadlineMs + this.#daysAfterDeadline * DAY_MS) / 1000) * 1000;
    return { linkId: uuidv7(this.#clock.nowMs()), expiresAtMs };
  }

  urlOf(link: RemedyTicket, origin: string): string {
    return remedyUrl(this.#sealing, link, origin);
  }

  async insert(
    transaction: Transaction<Tables>,
    violationId: string,
    link: RemedyTicket,
    createdBy: string,
  ): Promise<void> {
    await transaction
      .insertInto('remedy_links')
      .values({
        link_id: link.linkId,
        violation_id: violationId,
        created_at: new Date(this.#clock.nowMs()),
        created_by: createdBy,
        expires_at: new Date(link.expiresAtMs),
      })
      .execute();
  }

  /** Marks it used. @returns its violation. @throws {AppError} `REMEDY_LINK_ENDED`, `REMEDY_ANSWERED` */
  async use(transaction: Transaction<Tables>, linkId: string, now: Date): Promise<string> {
    const row = await transaction
      .selectFrom('remedy_links')
      .selectAll()
      .where('link_id', '=', linkId)
      .forUpdate()
      .executeTakeFirst();
    if (!row || row.revoked_at !== null) throw storageErrors.REMEDY_LINK_ENDED({ linkId });
    if (row.used_at !== null) throw storageErrors.REMEDY_ANSWERED({ linkId });
    if (row.expires_at <= now) throw storageErrors.REMEDY_LINK_ENDED({ linkId });
    await transaction.updateTable('remedy_links').set({ used_at: now }).where('link_id', '=', linkId).execute();
    return row.violation_id;
  }

  async revoke(transaction: Transaction<Tables>, violationId: string, now: Date): Promise<void> {
    await transaction
      .updateTable('remedy_links')
      .set({ revoked_at: now })
      .where('violation_id', '=', violationId)
      .where('revoked_at', 'is', null)
      .where('used_at', 'is', null)
      .execute();
  }

  /** Those that a step at this time revoked are good again. */
  async restore(transaction: Transaction<Tables>, violationId: string, revokedAt: Date): Promise<void> {
    await transaction
      .updateTable('remedy_links')
      .set({ revoked_at: null })
      .where('violation_id', '=', violationId)
      .where('revoked_at', '=', revokedAt)
      .execute();
  }

  /** One that was made by mistake; who was not told of it yet is not told. */
  async forget(transaction: Transaction<Tables>, linkId: string, now: Date): Promise<void> {
    await transaction.updateTable('remedy_links').set({ revoked_at: now }).where('link_id', '=', linkId).execute();
    await sql`DELETE FROM alert_deliveries WHERE alert_id = ${linkId}::uuid AND attempts = 0`.execute(transaction);
  }
}

/** Tells receivers of `kitchen.remedy`. The token is put in when it is sent (see `Outbox`), so that it lies nowhere. */
export async function queueRemedy(
  transaction: Transaction<Tables>,
  violationId: string,
  link: RemedyTicket,
  asked: AskedRemedy & { readonly nowMs: number },
): Promise<void> {
  const about = await transaction
    .selectFrom('kitchen_violations as v')
    .leftJoin('cameras as c', 'c.camera_id', 'v.camera_id')
    .select(['v.camera_id', 'v.item', 'v.since', 'c.name', 'c.area'])
    .where('v.violation_id', '=', violationId)
    .executeTakeFirstOrThrow();
  await queueAlert(transaction, {
    alertId: link.linkId,
    kind: 'kitchen.remedy',
    timeMs: asked.nowMs,
    notBeforeMs: asked.nowMs + TOLD_AFTER_MS,
    makeData: () => ({
      violationId,
      cameraId: about.camera_id,
      kitchenName: about.name ?? about.camera_id,
      district: about.area ?? '',
      item: about.item,
      since: about.since.toISOString(),
      deadline: new Date(asked.deadlineMs).toISOString(),
      ...(asked.note === undefined ? {} : { note: asked.note }),
      remedyLink: { ...link, origin: asked.origin },
    }),
  });
}
