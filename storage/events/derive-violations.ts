import { type Transaction, sql } from 'kysely';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import type { Tables } from '../database.ts';

/** Opens and closes the violations that the events tell of; in any order, as two spools may drain side by side. */
export async function applyViolations(
  transaction: Transaction<Tables>,
  events: readonly KitchenViolation[],
): Promise<void> {
  for (const event of events) {
    const time = new Date(event.timeMs).toISOString();
    const closedAt = event.phase === 'closed' ? time : null;
    await sql`
      INSERT INTO kitchen_violations AS known (violation_id, camera_id, rule_id, item, score, box, since, opened_at,
        closed_at, picture_key)
      VALUES (${event.violationId}, ${event.cameraId}, ${event.ruleId}, ${event.item}, ${event.score},
        ${JSON.stringify(event.box)}::jsonb, ${new Date(event.sinceMs).toISOString()}, ${time}, ${closedAt},
        ${event.pictureKey ?? null})
      ON CONFLICT (violation_id) DO UPDATE SET
        opened_at = least(known.opened_at, excluded.opened_at),
        closed_at = coalesce(excluded.closed_at, known.closed_at),
        score = greatest(known.score, excluded.score),
        picture_key = coalesce(known.picture_key, excluded.picture_key)`.execute(transaction);
  }
}
