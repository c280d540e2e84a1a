import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { openStorage } from '#storage/storage.ts';
import { repairRecordings } from '../recording-repair.ts';

/**
 * A process that puts recordings right and then records the cameras of a registry on its ingest threads, with spool and
 * database, until it is killed: `DATABASE_URL DATA_FOLDER RECORDINGS`. Says `ready` when its threads run.
 */
const [databaseUrl = '', dataFolder = '', recordingFolder = ''] = process.argv.slice(2);
const clock = systemClock;
const storage = await openStorage({
  databaseUrl,
  dataFolder,
  config: readConfig('storage', storageConfigSchema, {}),
  log: silentLog,
  clock,
});
await repairRecordings({ storage, folder: recordingFolder, clock, log: silentLog });
storage.writer.start();
const pool = new IngestWorkerPool({
  config: readConfig('ingest', ingestConfigSchema, {}, { recordingFolder, segmentSeconds: 4, minimumFreeMb: 0 }),
  cameras: await storage.cameras.list(),
  segments: storage.segmentLog,
  states: storage.cameraStates,
  clock,
  log: silentLog,
});
await pool.start();
process.stdout.write('ready\n');
