import { randomUUID } from 'node:crypto';
import type { Insertable, Selectable } from 'kysely';
import type { Camera } from '#ingest/cameras/camera.ts';
import { type CameraId, cameraId } from '#ingest/media.ts';
import type { CameraCatalogue } from '#ingest/ports.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { type Database, type Tables, orUndefined } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { Sealing } from '../sealing.ts';

export type CameraInput = Omit<Camera, 'id'>;

/**
 * Changes of a camera. `password`, `transport`, `certificateSha256` or `kitchen` left out: keep what is there; undefined: forget it.
 */
export type CameraUpdate = Omit<CameraInput, 'password'> & { readonly password?: string | undefined };

/** `removed` carries the camera as it was. */
export type CameraChange = { readonly kind: 'created' | 'updated' | 'removed'; readonly camera: Camera };

/** A statement may have 65,535 parameters. */
const CREATED_AT_ONCE = 1000;

/** The registry of cameras. A removed one keeps its name for old events, and loses its password. */
export class CameraRepository implements CameraCatalogue {
  readonly #db: Database;
  readonly #sealing: Sealing;
  readonly #listeners = new Set<(change: CameraChange) => void>();

  constructor(deps: { readonly db: Database; readonly sealing: Sealing }) {
    this.#db = deps.db;
    this.#sealing = deps.sealing;
  }

  /** By name, then id. */
  async list(): Promise<readonly Camera[]> {
    const rows = await this.#db
      .selectFrom('cameras')
      .selectAll()
      .where('removed_at', 'is', null)
      .orderBy('name')
      .orderBy('camera_id')
      .execute();
    return rows.map((row) => this.#toCamera(row));
  }

  /** What changes whenever a camera does, by its id: cheap to ask again and again, to see what other processes changed. */
  async revisions(): Promise<ReadonlyMap<CameraId, number>> {
    const rows = await this.#db
      .selectFrom('cameras')
      .select(['camera_id', 'updated_at'])
      .where('removed_at', 'is', null)
      .execute();
    return new Map(rows.map((row) => [cameraId(row.camera_id), row.updated_at.getTime()]));
  }

  /** Those of these cameras that watch a kitchen, removed ones too: their recordings may still be there. */
  async kitchensAmong(ids: readonly CameraId[]): Promise<readonly CameraId[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db
      .selectFrom('cameras')
      .select('camera_id')
      .where('camera_id', 'in', ids)
      .where('scene', '=', 'kitchen')
      .execute();
    return rows.map((row) => cameraId(row.camera_id));
  }

  /** @throws {AppError} `CAMERA_NOT_FOUND` */
  async get(id: CameraId): Promise<Camera> {
    const row = await this.#db
      .selectFrom('cameras')
      .selectAll()
      .where('camera_id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (!row) throw storageErrors.CAMERA_NOT_FOUND({ cameraId: id });
    return this.#toCamera(row);
  }

  /**
   * @param id given by the caller (demo, import), else made
   * @throws {AppError} `CAMERA_EXISTS`
   */
  async create(input: CameraInput, id: CameraId = cameraId(randomUUID())): Promise<Camera> {
    const camera: Camera = { ...input, id };
    const values = {
      transport: 'auto' as const,
      certificate_sha256: null,
      kitchen: null,
      ...this.#toColumns(camera),
      password_sealed: this.#seal(id, input.password),
      removed_at: null,
      updated_at: new Date(),
    };
    const inserted = await this.#db
      .insertInto('cameras')
      .values({ camera_id: id, ...values })
      .onConflict((conflict) =>
        conflict.column('camera_id').doUpdateSet(values).where('cameras.removed_at', 'is not', null),
      )
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) throw storageErrors.CAMERA_EXISTS({ cameraId: id });
    this.#announce({ kind: 'created', camera });
    return camera;
  }

  /** Many new cameras at once, all or none. @throws {AppError} `CAMERA_EXISTS` when one of the ids is taken, also by a removed camera */
  async createAll(cameras: readonly Camera[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (let at = 0; at < cameras.length; at += CREATED_AT_ONCE) {
        const some = cameras.slice(at, at + CREATED_AT_ONCE);
        const inserted = await transaction
          .insertInto('cameras')
          .values(
            some.map((camera) => ({
              camera_id: camera.id,
              transport: 'auto' as const,
              certificate_sha256: null,
              kitchen: null,
              ...this.#toColumns(camera),
              password_sealed: this.#seal(camera.id, camera.password),
            })),
          )
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (inserted.numInsertedOrUpdatedRows !== BigInt(some.length))
          throw storageErrors.CAMERA_EXISTS({ cameraId: some[0]?.id });
      }
    });
    for (const camera of cameras) this.#announce({ kind: 'created', camera });
  }

  /** @throws {AppError} `CAMERA_NOT_FOUND` */
  async update(id: CameraId, input: CameraUpdate): Promise<Camera> {
    const password = 'password' in input ? { password_sealed: this.#seal(id, input.password) } : {};
    const row = await this.#db
      .updateTable('cameras')
      .set({ ...this.#toColumns(input), ...password, updated_at: new Date() })
      .where('camera_id', '=', id)
      .where('removed_at', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw storageErrors.CAMERA_NOT_FOUND({ cameraId: id });
    const camera = this.#toCamera(row);
    this.#announce({ kind: 'updated', camera });
    return camera;
  }

  /** @throws {AppError} `CAMERA_NOT_FOUND` */
  async remove(id: CameraId): Promise<void> {
    const camera = await this.get(id);
    await this.#db
      .updateTable('cameras')
      .set({
        removed_at: new Date(),
        password_sealed: null,
        username: null,
        // What was recorded is kept as long as it was to be.
        recording: JSON.stringify({ ...camera.recording, mode: 'off' }),
      })
      .where('camera_id', '=', id)
      .execute();
    this.#announce({ kind: 'removed', camera });
  }

  /** Called after each change that this process made. @returns a function that ends the subscription */
  onChange(listener: (change: CameraChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(change: CameraChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #seal(id: CameraId, password: string | undefined): Buffer | null {
    return password === undefined ? null : this.#sealing.seal(password, sealPurpose(id));
  }

  #toColumns(camera: Omit<Camera, 'id' | 'password'>): Omit<Insertable<Tables['cameras']>, 'camera_id'> {
    return {
      name: camera.name,
      number: camera.number,
      area: camera.area,
      scene: camera.scene,
      latitude: camera.latitude ?? null,
      longitude: camera.longitude ?? null,
      streams: JSON.stringify(camera.streams),
      username: camera.username ?? null,
      ...('transport' in camera ? { transport: camera.transport ?? 'auto' } : {}),
      ...('certificateSha256' in camera ? { certificate_sha256: camera.certificateSha256 ?? null } : {}),
      recording: JSON.stringify(camera.recording),
      analysis: JSON.stringify(camera.analysis),
      rules: JSON.stringify(camera.rules),
      onvif: camera.onvif ? JSON.stringify(camera.onvif) : null,
      ...('kitchen' in camera ? { kitchen: camera.kitchen ? JSON.stringify(camera.kitchen) : null } : {}),
    };
  }

  #toCamera(row: Selectable<Tables['cameras']>): Camera {
    const id = cameraId(row.camera_id);
    return {
      id,
      name: row.name,
      number: row.number,
      area: row.area,
      scene: row.scene,
      latitude: orUndefined(row.latitude),
      longitude: orUndefined(row.longitude),
      streams: row.streams,
      username: orUndefined(row.username),
      password: row.password_sealed ? this.#sealing.unseal(row.password_sealed, sealPurpose(id)) : undefined,
      transport: row.transport,
      certificateSha256: orUndefined(row.certificate_sha256),
      recording: recordingPolicy(row.recording),
      analysis: row.analysis,
      rules: row.rules,
      ...(row.onvif ? { onvif: row.onvif } : {}),
      ...(row.kitchen ? { kitchen: row.kitchen } : {}),
    };
  }
}

function sealPurpose(id: CameraId): string {
  return `camera:${id}`;
}
