import type { OpenViolations } from '#analyzers/ports.ts';
import type { OpenViolation } from '#analyzers/rules/hygiene-book.ts';
import type { CameraId } from '#ingest/media.ts';
import { type Database, toMs } from '../database.ts';

/** Violations without an end, as analysis needs them when it begins again. */
export class StoredOpenViolations implements OpenViolations {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  async openOf(cameraId: CameraId): Promise<readonly OpenViolation[]> {
    const rows = await this.#db
      .selectFrom('kitchen_violations')
      .select(['violation_id', 'item', 'rule_id', 'since', 'box'])
      .where('camera_id', '=', cameraId)
      .where('closed_at', 'is', null)
      .orderBy('opened_at')
      .execute();
    return rows.map((row) => ({
      violationId: row.violation_id,
      item: row.item,
      ruleId: row.rule_id,
      sinceMs: toMs(row.since),
      box: row.box,
    }));
  }
}
