import { readConfig } from '#infra/runtime/config.ts';
import { type IngestConfig, ingestConfigSchema } from '#ingest/config.ts';

/** Small files, no waiting, and any disk will do. */
export function gapFillerSettings(recordingFolder: string): { readonly ingest: IngestConfig } {
  const changes = {
    recordingFolder,
    segmentSeconds: 2,
    minimumFreeMb: 0,
    freeTargetMb: 0,
    retryInitialMs: 100,
    retryMaxMs: 500,
    cardFillDelaySeconds: 0,
    cardFillsAtOnce: 10,
  };
  return { ingest: readConfig('ingest', ingestConfigSchema, {}, changes) };
}
