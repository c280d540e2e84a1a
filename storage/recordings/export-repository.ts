import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type CameraId, cameraId } from '#ingest/media.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { ExportFile } from './export-file.ts';

const LISTED = 100;
/** Rows of exports that have ended stay as a memory of what was asked for; who asked is in the audit log for ever. */
const KEPT_MS = 30 * 86_400_000;

export type ExportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'expired';

export interface ExportInput {
  readonly userId: string;
  readonly purpose: string;
  readonly cameraIds: readonly CameraId[];
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA name: how times are written for people. */
  readonly timeZone: string;
}

export interface ClipExport extends ExportInput {
  readonly exportId: string;
  readonly username: string;
  readonly state: ExportState;
  readonly errorCode: string | undefined;
  readonly files: readonly ExportFile[];
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
}

/** Recordings that were asked for as files. */
export class ExportRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  async create(input: ExportInput): Promise<ClipExport> {
    const exportId = randomUUID();
    await this.#db
      .insertInto('clip_exports')
      .values({
        export_id: exportId,
        user_id: input.userId,
        purpose: input.purpose,
        camera_ids: JSON.stringify(input.cameraIds),
        from_time: new Date(input.fromMs),
        to_time: new Date(input.toMs),
        time_zone: input.timeZone,
        state: 'waiting',
        error_code: null,
        files: '[]',
        created_at: new Date(this.#clock.nowMs()),
        ended_at: null,
        expires_at: null,
      })
      .execute();
    return this.#get(exportId);
  }

  /** A user's own, newest first, at most 100. */
  async list(userId: string): Promise<readonly ClipExport[]> {
    const rows = await this.#select()
      .where('e.user_id', '=', userId)
      .orderBy('e.created_at', 'desc')
      .limit(LISTED)
      .execute();
    return rows.map(toExport);
  }

  /** @throws {AppError} `EXPORT_NOT_FOUND`, also for another user's */
  async get(exportId: string, userId: string): Promise<ClipExport> {
    const row = await this.#select()
      .where('e.export_id', '=', exportId)
      .where('e.user_id', '=', userId)
      .executeTakeFirst();
    if (!row) throw storageErrors.EXPORT_NOT_FOUND({ exportId });
    return toExport(row);
  }

  async setRunning(exportId: string): Promise<void> {
    await this.#set(exportId, { state: 'running' });
  }

  async end(
    exportId: string,
    outcome:
      | { readonly state: 'done'; readonly files: readonly ExportFile[]; readonly expiresAtMs: number }
      | { readonly state: 'failed'; readonly errorCode: string }
      | { readonly state: 'cancelled' | 'expired' },
  ): Promise<void> {
    await this.#set(exportId, {
      state: outcome.state,
      ended_at: new Date(this.#clock.nowMs()),
      error_code: outcome.state === 'failed' ? outcome.errorCode : null,
      ...(outcome.state === 'done'
        ? { files: JSON.stringify(outcome.files), expires_at: new Date(outcome.expiresAtMs) }
        : { files: '[]', expires_at: null }),
    });
  }

  /** Ended by a restart of the server. @returns their ids */
  async failOpen(errorCode: string): Promise<readonly string[]> {
    const rows = await this.#db
      .updateTable('clip_exports')
      .set({ state: 'failed', error_code: errorCode, ended_at: new Date(this.#clock.nowMs()) })
      .where('state', 'in', ['waiting', 'running'])
      .returning('export_id')
      .execute();
    return rows.map((row) => row.export_id);
  }

  /** Done ones whose time is over. */
  async listExpired(nowMs: number): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom('clip_exports')
      .select('export_id')
      .where('state', '=', 'done')
      .where('expires_at', '<=', new Date(nowMs))
      .execute();
    return rows.map((row) => row.export_id);
  }

  async deleteOld(nowMs: number): Promise<void> {
    await this.#db
      .deleteFrom('clip_exports')
      .where('ended_at', '<', new Date(nowMs - KEPT_MS))
      .where('state', '!=', 'done')
      .execute();
  }

  async #set(exportId: string, change: object): Promise<void> {
    await this.#db.updateTable('clip_exports').set(change).where('export_id', '=', exportId).execute();
  }

  async #get(exportId: string): Promise<ClipExport> {
    return toExport(await this.#select().where('e.export_id', '=', exportId).executeTakeFirstOrThrow());
  }

  #select() {
    return this.#db
      .selectFrom('clip_exports as e')
      .innerJoin('users as u', 'u.user_id', 'e.user_id')
      .selectAll('e')
      .select('u.username');
  }
}

function toExport(row: Selectable<Tables['clip_exports']> & { readonly username: string }): ClipExport {
  return {
    exportId: row.export_id,
    userId: row.user_id,
    username: row.username,
    purpose: row.purpose,
    cameraIds: row.camera_ids.map(cameraId),
    fromMs: toMs(row.from_time),
    toMs: toMs(row.to_time),
    timeZone: row.time_zone,
    state: row.state as ExportState,
    errorCode: orUndefined(row.error_code),
    files: row.files,
    createdAtMs: toMs(row.created_at),
    endedAtMs: row.ended_at ? toMs(row.ended_at) : undefined,
    expiresAtMs: row.expires_at ? toMs(row.expires_at) : undefined,
  };
}
