import type { Clock } from '#infra/runtime/clock.ts';
import type { LookLog } from '#storage/audit/look-log.ts';
import type { SessionUser } from './plugins/auth.ts';

export interface Look {
  readonly action:
    | 'live.watch'
    | 'live.still'
    | 'evidence.open'
    | 'recording.play'
    | 'recording.still'
    | 'export.download'
    | 'snapshot.save'
    | 'watchlist.hits'
    | 'case.open';
  readonly target: string;
  readonly purpose?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who asks for the same again within `withinMs` has looked once. `key` tells one thing from another. */
export interface Once {
  readonly key: string;
  readonly withinMs: number;
}

const KNOWN_LIMIT = 50_000;

/** Writes down who looks at what; a picture is shown only after that. */
export class Looks {
  readonly #log: Pick<LookLog, 'append'>;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly notedMs: number; readonly written: Promise<void> }>();

  constructor(deps: { readonly log: Pick<LookLog, 'append'>; readonly clock: Clock }) {
    this.#log = deps.log;
    this.#clock = deps.clock;
  }

  /**
   * Resolves when the look is on disk.
   * @throws {AppError} `SPOOL_FULL`, `SPOOL_FAILED`: then nothing may be shown
   */
  async note(user: SessionUser, look: Look, once?: Once): Promise<void> {
    const write = (): Promise<void> => this.#log.append({ userId: user.id, username: user.username, ...look });
    if (!once) return await write();
    const key = `${user.id} ${look.action} ${once.key}`;
    const nowMs = this.#clock.nowMs();
    const known = this.#known.get(key);
    if (known && nowMs - known.notedMs < once.withinMs) return await known.written;
    if (this.#known.size >= KNOWN_LIMIT) this.#known.clear();
    const entry = { notedMs: nowMs, written: write() };
    this.#known.set(key, entry);
    try {
      await entry.written;
    } catch (error) {
      if (this.#known.get(key) === entry) this.#known.delete(key);
      throw error;
    }
  }
}
