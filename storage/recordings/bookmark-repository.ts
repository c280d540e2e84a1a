import { randomUUID } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import type { CameraId } from '#ingest/media.ts';
import { cameraId } from '#ingest/media.ts';
import { type Database, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';

const MOST = 500;
const UNDO_MS = 86_400_000;

export interface Bookmark {
  readonly bookmarkId: string;
  readonly cameraId: CameraId;
  readonly timeMs: number;
  readonly note: string;
  readonly userId: string;
  readonly username: string;
}

/** Moments of cameras that people marked; everybody who may see recordings sees them. */
export class BookmarkRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Newest first, at most 500. @param query `toMs` is exclusive */
  async list(query: {
    readonly cameraId?: CameraId | undefined;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly Bookmark[]> {
    let select = this.#select()
      .where('b.removed_at', 'is', null)
      .where('b.time', '>=', new Date(query.fromMs))
      .where('b.time', '<', new Date(query.toMs))
      .orderBy('b.time', 'desc')
      .limit(MOST);
    if (query.cameraId !== undefined) select = select.where('b.camera_id', '=', query.cameraId);
    return (await select.execute()).map(toBookmark);
  }

  async add(input: {
    readonly cameraId: CameraId;
    readonly timeMs: number;
    readonly note: string;
    readonly userId: string;
  }): Promise<Bookmark> {
    const bookmarkId = randomUUID();
    await this.#db
      .insertInto('bookmarks')
      .values({
        bookmark_id: bookmarkId,
        camera_id: input.cameraId,
        time: new Date(input.timeMs),
        note: input.note,
        user_id: input.userId,
        created_at: new Date(this.#clock.nowMs()),
        removed_at: null,
      })
      .execute();
    return toBookmark(await this.#select().where('b.bookmark_id', '=', bookmarkId).executeTakeFirstOrThrow());
  }

  /** One's own only. Can be brought back for a day. @throws {AppError} `BOOKMARK_NOT_FOUND` */
  async remove(bookmarkId: string, userId: string): Promise<void> {
    await this.#mark(bookmarkId, userId, new Date(this.#clock.nowMs()));
  }

  /** @throws {AppError} `BOOKMARK_NOT_FOUND` */
  async restore(bookmarkId: string, userId: string): Promise<Bookmark> {
    await this.#mark(bookmarkId, userId, null);
    return toBookmark(await this.#select().where('b.bookmark_id', '=', bookmarkId).executeTakeFirstOrThrow());
  }

  /** For good: what was removed more than a day ago, and marks of moments that are older than every recording. */
  async deleteEnded(nowMs: number, oldestMs: number): Promise<void> {
    await this.#db
      .deleteFrom('bookmarks')
      .where('removed_at', '<', new Date(nowMs - UNDO_MS))
      .execute();
    await this.#db.deleteFrom('bookmarks').where('time', '<', new Date(oldestMs)).execute();
  }

  async #mark(bookmarkId: string, userId: string, removedAt: Date | null): Promise<void> {
    const changed = await this.#db
      .updateTable('bookmarks')
      .set({ removed_at: removedAt })
      .where('bookmark_id', '=', bookmarkId)
      .where('user_id', '=', userId)
      .where('removed_at', removedAt === null ? 'is not' : 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw storageErrors.BOOKMARK_NOT_FOUND({ bookmarkId });
  }

  #select() {
    return this.#db
      .selectFrom('bookmarks as b')
      .innerJoin('users as u', 'u.user_id', 'b.user_id')
      .select(['b.bookmark_id', 'b.camera_id', 'b.time', 'b.note', 'b.user_id', 'u.username']);
  }
}

function toBookmark(row: {
  readonly bookmark_id: string;
  readonly camera_id: string;
  readonly time: Date;
  readonly note: string;
  readonly user_id: string;
  readonly username: string;
}): Bookmark {
  return {
    bookmarkId: row.bookmark_id,
    cameraId: cameraId(row.camera_id),
    timeMs: toMs(row.time),
    note: row.note,
    userId: row.user_id,
    username: row.username,
  };
}
