import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraPipeline } from '#ingest/camera-pipeline.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { openStorage } from '#storage/storage.ts';

/**
 * A process that records the cameras of a registry until it is killed: `DATABASE_URL DATA_FOLDER RECORDINGS WRITER`. Writes a
 * line for each camera whose newest picture is number so and so: `<cameraId> <pictures>`. WRITER `off`: the database takes no rows.
 */
const [databaseUrl = '', dataFolder = '', recordingFolder = '', writer = ''] = process.argv.slice(2);
const clock = systemClock;
const storage = await openStorage({
  databaseUrl,
  dataFolder,
  config: readConfig('storage', storageConfigSchema, {}),
  log: silentLog,
  clock,
});
if (writer === 'on') storage.writer.start();
const config = readConfig(
  'ingest',
  ingestConfigSchema,
  {},
  {
    recordingFolder,
    segmentSeconds: 2,
    minimumFreeMb: 0,
    stallTimeoutMs: 120_000,
  },
);
const limiter = new ConnectLimiter(config.connectsPerSecond, clock);
const disk = new RecordingDisk({ config, clock });
for (const camera of await storage.cameras.list()) {
  const pipeline = new CameraPipeline({
    camera,
    config,
    limiter,
    disk,
    segments: storage.segmentLog,
    states: storage.cameraStates,
    clock,
    log: silentLog,
  });
  let pictures = 0;
  pipeline.hub('main')?.attach({
    name: 'counter',
    onAccessUnit: () => void process.stdout.write(`${camera.id} ${++pictures}\n`),
  });
  pipeline.start();
}
