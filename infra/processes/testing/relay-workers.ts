import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { streamingConfigSchema } from '#streaming/config.ts';
import { MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { findMediasoupWorker } from '../../setup/mediasoup-worker/worker-binary.ts';

/** Starts real relay processes. To be closed by the test. */
export async function startRelayWorkers(rtcWorkers: number): Promise<MediaWorkers> {
  const finding = findMediasoupWorker();
  if (!('path' in finding)) throw new Error('the relay program must be there for this test: ./vantage test builds it');
  const config = readConfig('streaming', streamingConfigSchema, {}, { rtcWorkers });
  const workers = new MediaWorkers({ config, workerBinary: finding.path, clock: systemClock, log: silentLog });
  await workers.start();
  return workers;
}
