import type { Box } from '#analyzers/detection.ts';
import type { Database } from '../database.ts';

/** A judged violation as an example to learn from: of the kitchen's state, with nothing about who judged it or who was there. */
export interface LabelledViolation {
  readonly violationId: string;
  readonly cameraId: string;
  readonly item: string;
  readonly itemVersion: number;
  readonly label: 'confirmed' | 'dismissed';
  /** Why it was dismissed: a picture that is not clear is no example of the contrary. */
  readonly reason: string | undefined;
  readonly score: number;
  /** Within the whole picture. */
  readonly box: Box;
  readonly openedAtMs: number;
  readonly pictureKey: string;
}

const PAGE = 200;

/** Those found in the range that have a picture, oldest first, a page at a time. */
export async function* labelledViolations(
  db: Database,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<LabelledViolation> {
  for (let after: { readonly openedAt: Date; readonly id: string } | undefined; ; ) {
    let query = db
      .selectFrom('kitchen_violations')
      .selectAll()
      .where('review_decision', 'is not', null)
      .where('picture_key', 'is not', null)
      .where('opened_at', '>=', new Date(fromMs))
      .where('opened_at', '<', new Date(toMs))
      .orderBy('opened_at')
      .orderBy('violation_id')
      .limit(PAGE);
    if (after) {
      const { openedAt, id } = after;
      query = query.where((where) =>
        where.or([
          where('opened_at', '>', openedAt),
          where.and([where('opened_at', '=', openedAt), where('violation_id', '>', id)]),
        ]),
      );
    }
    const rows = await query.execute();
    for (const row of rows) {
      if (row.picture_key === null) continue;
      yield {
        violationId: row.violation_id,
        cameraId: row.camera_id,
        item: row.item,
        itemVersion: row.item_version,
        label: row.review_decision === 'confirmed' ? 'confirmed' : 'dismissed',
        reason: row.review_reason ?? undefined,
        score: row.score,
        box: row.box,
        openedAtMs: row.opened_at.getTime(),
        pictureKey: row.picture_key,
      };
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = { openedAt: last.opened_at, id: last.violation_id };
  }
}
