import path from 'node:path';
import { type AnalyzerConfig, analyzerConfigSchema } from '#analyzers/config.ts';
import { type ApiConfig, apiConfigSchema } from '#api/config.ts';
import { type IngestConfig, ingestConfigSchema } from '#ingest/config.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { type StorageConfig, storageConfigSchema } from '#storage/config.ts';
import { type StreamingConfig, streamingConfigSchema } from '#streaming/config.ts';
import { cacheFolder, REPOSITORY_ROOT } from '../setup/cache-folder.ts';

/** All settings of a process, read once. */
export interface Settings {
  readonly ingest: IngestConfig;
  readonly analyzers: AnalyzerConfig;
  readonly storage: StorageConfig;
  readonly streaming: StreamingConfig;
  readonly api: ApiConfig;
  readonly dataFolder: string;
  readonly cacheFolder: string;
  readonly modelFolder: string;
  /** Of one's own PostgreSQL; undefined: the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly logLevel: string;
}

type Overrides = {
  readonly [K in 'ingest' | 'analyzers' | 'storage' | 'streaming' | 'api']?: Readonly<Record<string, unknown>>;
};

/** @throws {AppError} `CONFIG_INVALID` with the variable's name */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  options: {
    readonly dataFolder: string | undefined;
    readonly defaultDataFolder: string;
    readonly overrides: Overrides;
  },
): Settings {
  const { overrides } = options;
  const dataFolder = path.resolve(
    options.dataFolder ?? (env['VANTAGE_DATA_DIR'] || path.join(REPOSITORY_ROOT, options.defaultDataFolder)),
  );
  const ingest = readConfig('ingest', ingestConfigSchema, env, overrides.ingest);
  const analyzers = readConfig('analyzers', analyzerConfigSchema, env, overrides.analyzers);
  const cache = cacheFolder();
  return {
    ingest: { ...ingest, recordingFolder: path.resolve(ingest.recordingFolder || path.join(dataFolder, 'recordings')) },
    analyzers,
    storage: readConfig('storage', storageConfigSchema, env, overrides.storage),
    streaming: readConfig('streaming', streamingConfigSchema, env, overrides.streaming),
    api: readConfig('api', apiConfigSchema, env, overrides.api),
    dataFolder,
    cacheFolder: cache,
    modelFolder: path.resolve(analyzers.modelFolder || path.join(cache, 'models')),
    databaseUrl: env['DATABASE_URL'] || undefined,
    logLevel: env['VANTAGE_LOG_LEVEL'] ?? 'info',
  };
}
