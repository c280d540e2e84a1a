import type { Clock } from '#infra/runtime/clock.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { EventSpool } from '../spool/event-spool.ts';
import type { AuditInput, ChainInput } from './audit-log.ts';

/**
 * Looks at pictures on their way into the audit log: first to local disk, then, by the event writer, to the end of the
 * chain. So a tile opens at once, also while the database is away or slow, and every look has its row in the end.
 */
export class LookLog {
  readonly #spool: EventSpool;
  readonly #clock: Clock;

  constructor(deps: { readonly spool: EventSpool; readonly clock: Clock }) {
    this.#spool = deps.spool;
    this.#clock = deps.clock;
  }

  /**
   * Resolves when the look is on disk: show the picture after that.
   * @throws {AppError} `SPOOL_FULL`, `SPOOL_FAILED`
   */
  async append(input: AuditInput): Promise<void> {
    const timeMs = this.#clock.nowMs();
    await this.#spool.append('audit', { ...input, timeMs, lookId: uuidv7(timeMs) } satisfies ChainInput);
  }
}
