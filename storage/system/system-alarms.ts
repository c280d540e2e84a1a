import type { EventSpool } from '../spool/event-spool.ts';

/** What is kept of a change; the spool holds it as JSON. */
export interface SystemAlarmChange {
  /** Of docs/errors.md. */
  readonly code: string;
  readonly phase: 'opened' | 'closed';
  readonly timeMs: number;
}

/**
 * Alarms that concern no single camera. Each change goes through the spool; in the database an alarm that is open
 * already, or closed already, makes no second event, so that repeating either does no harm.
 */
export class SystemAlarms {
  readonly #spool: EventSpool;

  constructor(deps: { readonly spool: EventSpool }) {
    this.#spool = deps.spool;
  }

  /** @throws {AppError} `SPOOL_FULL` */
  change(change: SystemAlarmChange): void {
    this.#spool.appendSoon('system.alarm', change);
  }
}
