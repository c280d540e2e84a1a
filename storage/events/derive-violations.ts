import { type Transaction, sql } from 'kysely';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { Tables } from '../database.ts';
import type { HeldReason } from '../kitchen/violation.ts';
import { orderClip } from '../kitchen/violation-clips.ts';

/**
 * Opens and closes the violations that the events tell of; in any order, as two spools may drain side by side. What an inspector has put on
 * hold, or scores below the threshold that one has set, is kept as held.
 * @returns ids of those that are held: nobody is told of them
 */
export async function applyViolations(
  transaction: Transaction<Tables>,
  events: readonly KitchenViolation[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const event of events) {
    const time = new Date(event.timeMs).toISOString();
    const closedAt = event.phase === 'closed' ? time : null;
    const reason = await heldReason(transaction, event);
    const { rows } = await sql<{ held: HeldReason | null }>`
      INSERT INTO kitchen_violations AS known (violation_id, camera_id, rule_id, item, item_version, score, box, since,
        opened_at, closed_at, picture_key, held)
      VALUES (${event.violationId}, ${event.cameraId}, ${event.ruleId}, ${event.item},
        ${hygieneItem(event.item)?.version ?? 1}, ${event.score}, ${JSON.stringify(event.box)}::jsonb,
        ${new Date(event.sinceMs).toISOString()}, ${time}, ${closedAt}, ${event.pictureKey ?? null}, ${reason})
      ON CONFLICT (violation_id) DO UPDATE SET
        opened_at = least(known.opened_at, excluded.opened_at),
        closed_at = coalesce(excluded.closed_at, known.closed_at),
        score = greatest(known.score, excluded.score),
        picture_key = coalesce(known.picture_key, excluded.picture_key)
      RETURNING held`.execute(transaction);
    if (event.phase === 'opened') await orderClip(transaction, event);
    if (rows[0]?.held) held.add(event.violationId);
  }
  return held;
}

async function heldReason(transaction: Transaction<Tables>, event: KitchenViolation): Promise<HeldReason | null> {
  const settings = await transaction
    .selectFrom('kitchen_items')
    .select(['min_score', 'on_hold_since'])
    .where('camera_id', '=', event.cameraId)
    .where('item', '=', event.item)
    .executeTakeFirst();
  if (!settings) return null;
  if (settings.on_hold_since !== null) return 'item_on_hold';
  return settings.min_score !== null && event.score < settings.min_score ? 'below_threshold' : null;
}
