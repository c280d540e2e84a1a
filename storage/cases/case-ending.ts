import { sql } from 'kysely';
import type { BlobStore } from '#ingest/ports.ts';
import { appendToChain } from '../audit/audit-log.ts';
import type { Database } from '../database.ts';
import { CASE_END } from './case-repository.ts';

const RELEASED_TOGETHER = 500;

/**
 * Deletes cases whose time is over, with all that is kept in them; what was done in them stays in the audit log. Their pictures follow by
 * {@link releasePictures}.
 * @returns how many
 */
export async function endCases(db: Database, nowMs: number): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ case_id: string; number: string; reason: string; items: number }>`
      DELETE FROM cases c WHERE ${CASE_END} <= ${new Date(nowMs)}::timestamptz
      RETURNING case_id, number, reason, (SELECT count(*) FROM case_items i WHERE i.case_id = c.case_id) AS items`.execute(
      transaction,
    );
    await appendToChain(
      transaction,
      rows.map(({ case_id: caseId, number, reason, items }) => ({
        userId: 'system',
        username: 'system',
        action: 'case.end',
        target: number,
        purpose: `${number} ${reason}`,
        detail: { caseId, items },
        timeMs: nowMs,
        lookId: undefined,
      })),
    );
    return rows.length;
  });
}

/** Which of these pictures are kept in a case, or were and are not yet let go. */
export async function heldPictures(db: Database, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ picture_key: string }>`
    SELECT picture_key FROM held_pictures WHERE picture_key = ANY(${[...keys]}::text[])`.execute(db);
  return new Set(rows.map((row) => row.picture_key));
}

/**
 * Lets go of pictures whose item is gone. One that nothing else needs is deleted: its sighting's time is over, and no other case keeps it.
 * A picture that cannot be deleted now stays on the list.
 * @returns how many were deleted
 */
export async function releasePictures(deps: {
  readonly db: Database;
  readonly blobs: Pick<BlobStore, 'delete'>;
  readonly onFailure: (error: unknown) => void;
}): Promise<number> {
  let deleted = 0;
  let after = { item_id: '', picture_key: '' };
  for (;;) {
    const { rows } = await sql<{ picture_key: string; item_id: string; is_needed: boolean }>`
      SELECT h.picture_key, h.item_id, EXISTS (
          SELECT FROM sightings s WHERE s.sighting_id = h.sighting_id AND s.time = h.sighting_time
        ) OR EXISTS (
          SELECT FROM held_pictures o JOIN case_items i USING (item_id) WHERE o.picture_key = h.picture_key
        ) AS is_needed
      FROM held_pictures h
      WHERE (h.item_id, h.picture_key) > (${after.item_id}, ${after.picture_key})
        AND NOT EXISTS (SELECT FROM case_items i WHERE i.item_id = h.item_id)
      ORDER BY h.item_id, h.picture_key LIMIT ${RELEASED_TOGETHER}`.execute(deps.db);
    for (const { picture_key, item_id, is_needed } of rows)
      try {
        if (!is_needed) {
          await deps.blobs.delete(picture_key);
          deleted++;
        }
        await deps.db
          .deleteFrom('held_pictures')
          .where('picture_key', '=', picture_key)
          .where('item_id', '=', item_id)
          .execute();
      } catch (error) {
        deps.onFailure(error);
      }
    const last = rows.at(-1);
    if (!last || rows.length < RELEASED_TOGETHER) return deleted;
    after = last;
  }
}
