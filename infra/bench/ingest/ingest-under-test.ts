import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import type { IngestConfig } from '#ingest/config.ts';
import type { CameraStateSink, SegmentLog } from '#ingest/ports.ts';
import { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';

export interface IngestUnderTest {
  /** Ends sessions, closes files and announces them. */
  close(): Promise<void>;
}

export interface IngestUnderTestDeps {
  readonly cameras: readonly Camera[];
  readonly config: IngestConfig;
  readonly segments: SegmentLog;
  readonly states: CameraStateSink;
}

/** What the bench measures: the ingest threads of a camera node, nobody watching. */
export async function startIngest(deps: IngestUnderTestDeps): Promise<IngestUnderTest> {
  const log = createLogger({ level: 'error', pretty: false });
  const pool = new IngestWorkerPool({ ...deps, clock: systemClock, log });
  await pool.start();
  return pool;
}
