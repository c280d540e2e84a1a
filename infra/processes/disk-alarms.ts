import type { SystemAlarmChange } from '#storage/system/system-alarms.ts';

const MINUTE_MS = 60_000;
/**
 * An alarm ends when its reason was away for this long. Room is made now and then, so its alarm stays for half an hour
 * after the last time; the others end when recording goes on for a minute.
 */
const QUIET_MS = {
  DISK_FULL: MINUTE_MS,
  DISK_SLOW: MINUTE_MS,
  DISK_WRITE_FAILED: MINUTE_MS,
  DISK_LOW: 30 * MINUTE_MS,
} as const;
type DiskAlarm = keyof typeof QUIET_MS;
const CODES: readonly DiskAlarm[] = ['DISK_FULL', 'DISK_SLOW', 'DISK_WRITE_FAILED', 'DISK_LOW'];

/** Turns what is seen of the disk again and again into one alarm that opens and closes. */
export class DiskAlarms {
  readonly #change: (change: SystemAlarmChange) => void;
  readonly #seenMs = new Map<DiskAlarm, number>();
  readonly #open = new Set<string>();
  /** Closed at least once: what the last run left open is closed too. */
  readonly #closed = new Set<string>();
  #startedMs: number | undefined;

  constructor(deps: { readonly change: (change: SystemAlarmChange) => void }) {
    this.#change = deps.change;
  }

  get open(): ReadonlySet<string> {
    return this.#open;
  }

  /**
   * @param faults codes that hold now; others than those of the disk are left aside
   * @throws what `change` throws; it is told again the next time
   */
  update(faults: ReadonlySet<string | undefined>, nowMs: number): void {
    this.#startedMs ??= nowMs;
    for (const code of CODES) {
      if (faults.has(code)) {
        this.#seenMs.set(code, nowMs);
        if (!this.#open.has(code)) this.#change({ code, phase: 'opened', timeMs: nowMs });
        this.#open.add(code);
        this.#closed.delete(code);
      } else if (nowMs - (this.#seenMs.get(code) ?? this.#startedMs) >= QUIET_MS[code] && !this.#closed.has(code)) {
        this.#change({ code, phase: 'closed', timeMs: nowMs });
        this.#open.delete(code);
        this.#closed.add(code);
      }
    }
  }
}
