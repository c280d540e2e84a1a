import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { CameraPipeline } from '#ingest/camera-pipeline.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import type { IngestConfig } from '#ingest/config.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import type { CameraStateSink, SegmentLog } from '#ingest/ports.ts';

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

/** What the bench measures, as a camera node runs it. This is the one place that says how cameras become pipelines. */
export function startIngest({ cameras, config, segments, states }: IngestUnderTestDeps): IngestUnderTest {
  const log = createLogger({ level: 'error', pretty: false });
  const limiter = new ConnectLimiter(config.connectsPerSecond, systemClock);
  const pipelines = cameras.map(
    (camera) => new CameraPipeline({ camera, config, limiter, segments, states, clock: systemClock, log }),
  );
  for (const pipeline of pipelines) pipeline.start();
  return {
    async close() {
      await Promise.all(pipelines.map((pipeline) => pipeline.close()));
    },
  };
}
