import { userInfo } from 'node:os';
import path from 'node:path';
import type { Camera } from '#ingest/cameras/camera.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger, type Log } from '#infra/runtime/logger.ts';
import { AuditLog } from '#storage/audit/audit-log.ts';
import { CameraRepository } from '#storage/cameras/camera-repository.ts';
import { openDatabase } from '#storage/database.ts';
import { EmbeddedPostgres } from '#storage/embedded-postgres.ts';
import { runningDatabaseUrl } from '#storage/embedded/running-database.ts';
import { toStorageError } from '#storage/errors.ts';
import { migrateDatabase } from '#storage/migrate.ts';
import { RecordingIndexRepository } from '#storage/recordings/recording-index-repository.ts';
import { openSealing } from '#storage/sealing.ts';
import { readSettings, type Settings } from './settings.ts';

export interface CameraRegistry {
  readonly cameras: CameraRepository;
  readonly recordingIndex: RecordingIndexRepository;
  readonly settings: Settings;
  readonly log: Log;
  /** Who changed a camera from the command line is written down as well. */
  noteInAudit(action: 'camera.create' | 'camera.remove', camera: Camera): Promise<void>;
  close(): Promise<void>;
}

/**
 * The registry alone, for the command line: in the database of `DATABASE_URL`, in the embedded one that a server runs on this data folder
 * now, or in one that is started for the moment.
 * @throws {AppError} `DATABASE_UNAVAILABLE`, and what the start of the embedded database throws
 */
export async function openCameraRegistry(
  env: Readonly<Record<string, string | undefined>>,
  dataFolder: string | undefined,
): Promise<CameraRegistry> {
  const settings = readSettings(env, { dataFolder, defaultDataFolder: 'data', overrides: {} });
  const log = createLogger({ level: env['VANTAGE_LOG_LEVEL'] ?? 'error', pretty: process.stderr.isTTY });
  const folder = path.join(settings.dataFolder, 'postgres');
  let url = settings.databaseUrl ?? (await runningDatabaseUrl(folder));
  let server: EmbeddedPostgres | undefined;
  if (url === undefined) {
    server = new EmbeddedPostgres({ folder, log, clock: systemClock });
    ({ url } = await server.start());
  }
  const { statementTimeoutMs } = settings.storage;
  const db = openDatabase({ url, connections: 2, statementTimeoutMs, log });
  const close = async (): Promise<void> => {
    await db.destroy();
    await server?.close();
  };
  try {
    await migrateDatabase(url, { log });
    const audit = new AuditLog({ db, clock: systemClock });
    return {
      recordingIndex: new RecordingIndexRepository({ db }),
      settings,
      log,
      cameras: new CameraRepository({ db, sealing: await openSealing(settings.dataFolder) }),
      noteInAudit: (action, { id, name }) =>
        audit.append({
          userId: 'command-line',
          username: `${userInfo().username} (command line)`,
          action,
          target: id,
          detail: { name },
        }),
      close,
    };
  } catch (error) {
    await close();
    throw toStorageError(error);
  }
}
