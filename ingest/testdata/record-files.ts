import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { AccessUnit, CameraId, SegmentRecord } from '../media.ts';
import { Recorder } from '../recorder/recorder.ts';
import { RecordingDisk } from '../recorder/recording-disk.ts';
import { MemorySegmentLog } from './memory-segment-log.ts';

/** Records the units into the folder, in files of two seconds. @returns their rows */
export async function recordFiles(
  folder: string,
  cameraId: CameraId,
  units: readonly AccessUnit[],
): Promise<readonly SegmentRecord[]> {
  const log = new MemorySegmentLog();
  const clock = new SimulatedClock(units[0]?.wallMs);
  const recorder = new Recorder({
    cameraId,
    stream: 'main',
    folder,
    segmentSeconds: 2,
    disk: new RecordingDisk({ config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64 }, clock }),
    segments: log,
    clock,
    log: silentLog,
  });
  for (const unit of units) recorder.onAccessUnit(unit);
  await recorder.close();
  return log.segments;
}
