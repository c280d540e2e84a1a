import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { openStorage } from '#storage/storage.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { GapFiller } from '../gap-filler.ts';
import { gapFillerSettings } from './gap-filler-settings.ts';

/** A process that fills gaps until it is killed: `DATABASE_URL DATA_FOLDER RECORDINGS`. */
const [databaseUrl = '', dataFolder = '', recordingFolder = ''] = process.argv.slice(2);
const storage = await openStorage({
  databaseUrl,
  dataFolder,
  config: readConfig('storage', storageConfigSchema, {}),
  log: silentLog,
  clock: systemClock,
});
const settings = gapFillerSettings(recordingFolder);
new GapFiller({ storage, settings, clock: systemClock, log: silentLog, pollMs: 200 }).start();
