import { randomUUID } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { WallStep } from './wall-step.ts';

/** How long what was removed can be brought back. */
const UNDO_MS = 86_400_000;
const MOST_OF_ONE_USER = 200;

export interface WallLayoutInput {
  readonly name: string;
  readonly isShared: boolean;
  /** One: a layout; several: a tour. */
  readonly steps: readonly WallStep[];
  /** Of each step of a tour. */
  readonly dwellSeconds?: number | undefined;
}

export interface WallLayout extends WallLayoutInput {
  readonly layoutId: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly updatedAtMs: number;
}

/** Who asks; `mayEditShared`: also what others share. */
export interface WallUser {
  readonly userId: string;
  readonly mayEditShared: boolean;
}

/** Walls and tours that people keep for themselves or share. */
export class WallLayoutRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** One's own and what is shared, by name. */
  async list(userId: string): Promise<readonly WallLayout[]> {
    const rows = await this.#select()
      .where('l.removed_at', 'is', null)
      .where((or) => or.or([or('l.owner_id', '=', userId), or('l.is_shared', '=', true)]))
      .orderBy('l.name')
      .orderBy('l.layout_id')
      .execute();
    return rows.map(toLayout);
  }

  /** @throws {AppError} `WALL_LAYOUTS_FULL` */
  async create(userId: string, input: WallLayoutInput): Promise<WallLayout> {
    const { count } = await this.#db
      .selectFrom('wall_layouts')
      .select((all) => all.fn.countAll<number>().as('count'))
      .where('owner_id', '=', userId)
      .where('removed_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (Number(count) >= MOST_OF_ONE_USER) throw storageErrors.WALL_LAYOUTS_FULL({ limit: MOST_OF_ONE_USER });
    const layoutId = randomUUID();
    await this.#db
      .insertInto('wall_layouts')
      .values({ layout_id: layoutId, owner_id: userId, removed_at: null, ...this.#values(input) })
      .execute();
    return this.#get(layoutId);
  }

  /** @throws {AppError} `WALL_LAYOUT_NOT_FOUND`, also for one that this user may not change */
  async update(layoutId: string, user: WallUser, input: WallLayoutInput): Promise<WallLayout> {
    const before = await this.#changeable(layoutId, user);
    // Who may change what somebody shares may not take it from everybody else's eyes by keeping it private to its owner.
    const isShared = before.ownerId === user.userId ? input.isShared : before.isShared;
    await this.#db
      .updateTable('wall_layouts')
      .set(this.#values({ ...input, isShared }))
      .where('layout_id', '=', layoutId)
      .execute();
    return this.#get(layoutId);
  }

  /** Can be brought back for a day. @throws {AppError} `WALL_LAYOUT_NOT_FOUND` */
  async remove(layoutId: string, user: WallUser): Promise<WallLayout> {
    const layout = await this.#changeable(layoutId, user);
    await this.#db
      .updateTable('wall_layouts')
      .set({ removed_at: new Date(this.#clock.nowMs()) })
      .where('layout_id', '=', layoutId)
      .execute();
    return layout;
  }

  /** @throws {AppError} `WALL_LAYOUT_NOT_FOUND` when it was not removed within the last day */
  async restore(layoutId: string, user: WallUser): Promise<WallLayout> {
    await this.#changeable(layoutId, user, true);
    await this.#db.updateTable('wall_layouts').set({ removed_at: null }).where('layout_id', '=', layoutId).execute();
    return this.#get(layoutId);
  }

  /** For good, what was removed more than a day ago. */
  async deleteRemoved(nowMs: number): Promise<void> {
    await this.#db
      .deleteFrom('wall_layouts')
      .where('removed_at', '<', new Date(nowMs - UNDO_MS))
      .execute();
  }

  async #changeable(layoutId: string, user: WallUser, isRemoved = false): Promise<WallLayout> {
    const row = await this.#select()
      .where('l.layout_id', '=', layoutId)
      .where('l.removed_at', isRemoved ? 'is not' : 'is', null)
      .executeTakeFirst();
    if (row && (row.owner_id === user.userId || (row.is_shared && user.mayEditShared))) return toLayout(row);
    throw storageErrors.WALL_LAYOUT_NOT_FOUND({ layoutId });
  }

  async #get(layoutId: string): Promise<WallLayout> {
    return toLayout(await this.#select().where('l.layout_id', '=', layoutId).executeTakeFirstOrThrow());
  }

  #select() {
    return this.#db
      .selectFrom('wall_layouts as l')
      .innerJoin('users as u', 'u.user_id', 'l.owner_id')
      .select(['l.layout_id', 'l.owner_id', 'l.name', 'l.is_shared', 'l.steps', 'l.dwell_seconds', 'l.updated_at'])
      .select('u.username');
  }

  #values(input: WallLayoutInput) {
    return {
      name: input.name,
      is_shared: input.isShared,
      steps: JSON.stringify(input.steps),
      dwell_seconds: input.dwellSeconds ?? null,
      updated_at: new Date(this.#clock.nowMs()),
    };
  }
}

interface LayoutRow {
  readonly layout_id: string;
  readonly owner_id: string;
  readonly username: string;
  readonly name: string;
  readonly is_shared: boolean;
  readonly steps: readonly WallStep[];
  readonly dwell_seconds: number | null;
  readonly updated_at: Date;
}

function toLayout(row: LayoutRow): WallLayout {
  return {
    layoutId: row.layout_id,
    ownerId: row.owner_id,
    ownerName: row.username,
    name: row.name,
    isShared: row.is_shared,
    steps: row.steps,
    dwellSeconds: orUndefined(row.dwell_seconds),
    updatedAtMs: toMs(row.updated_at),
  };
}
