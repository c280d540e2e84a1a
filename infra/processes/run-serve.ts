import { createLogger } from '#infra/runtime/logger.ts';
import { startAllInOne } from './all-in-one.ts';
import { guardProcess } from './guard-process.ts';
import { readSettings } from './settings.ts';
import { endSoon, listenForStop, runUntilStopped } from './stop-signal.ts';

export async function runServe(options: {
  readonly portText: string | undefined;
  readonly bindAddress: string | undefined;
  readonly dataFolder: string | undefined;
}): Promise<void> {
  const settings = readSettings(process.env, {
    dataFolder: options.dataFolder,
    defaultDataFolder: 'data',
    overrides: {
      api: {
        ...(options.portText === undefined ? {} : { port: options.portText }),
        ...(options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress }),
      },
    },
  });
  const log = createLogger({ level: settings.logLevel, pretty: process.stderr.isTTY });
  guardProcess(log);
  const stop = listenForStop();
  const platform = await startAllInOne({ settings, isDemo: false, log, onProgress: (line) => log.info(line) });
  console.log(`Vantage: ${platform.url}`);
  if (platform.firstAdministrator) {
    const { username, password } = platform.firstAdministrator;
    console.log(`first administrator, shown this once: ${username} / ${password}`);
  }
  await runUntilStopped(stop);
  await platform.close();
  endSoon();
}
