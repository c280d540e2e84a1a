import { readFile } from 'node:fs/promises';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { Box } from '#analyzers/detection.ts';
import { type AccessUnit, type CameraId, type SegmentRecord } from '#ingest/media.ts';
import { Recorder } from '#ingest/recorder/recorder.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { loadClip } from '#ingest/simulator/clip.ts';
import { audioFramesOf, encodeSound } from '#ingest/testdata/encode-sound.ts';

export const KITCHEN = new URL('../../../ingest/simulator/clips/kitchen.mp4', import.meta.url).pathname;

/** What our recorder makes of the shipped kitchen, with a sound added, in files of about `segmentSeconds`. */
export async function recordKitchen(options: {
  readonly cameraId: CameraId;
  readonly folder: string;
  readonly startMs: number;
  readonly segmentSeconds: number;
}): Promise<readonly SegmentRecord[]> {
  const { cameraId, folder, startMs, segmentSeconds } = options;
  const { pictures, format } = await loadClip(KITCHEN, { ffmpegPath: 'ffmpeg', cacheFolder: '/nonexistent' });
  const segments: SegmentRecord[] = [];
  const clock = new SimulatedClock(startMs);
  const recorder = new Recorder({
    ...{ cameraId, stream: 'main', folder, segmentSeconds, clock, log: silentLog },
    disk: new RecordingDisk({ config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64 }, clock }),
    segments: {
      appendSegment: (segment: SegmentRecord) => void segments.push(segment),
      openGap: () => undefined,
      closeGap: () => undefined,
    },
  });
  const sound = audioFramesOf(encodeSound('aac', 30), 0, startMs);
  for (const { nalUnits, isKeyFrame, pts90k } of pictures) {
    while (sound[0] && sound[0].pts90k <= pts90k) recorder.onAudioFrame(sound.shift()!);
    const unit: AccessUnit = {
      ...{ format, pts90k, wallMs: startMs + pts90k / 90, arrivedMs: pts90k / 90, isKeyFrame, nalUnits },
      sizeBytes: nalUnits.reduce((sum, { length }) => sum + length, 0),
      damaged: false,
    };
    recorder.onAccessUnit(unit);
  }
  await recorder.close('service_stopped');
  return segments.toSorted((a, b) => a.startMs - b.startMs);
}

/** Where the persons of the shipped kitchen are who are not hidden by something: as it was rendered, not as it was seen. */
export async function kitchenPersons(): Promise<
  readonly { readonly timeMs: number; readonly persons: readonly Box[] }[]
> {
  const truth: unknown = JSON.parse(await readFile(KITCHEN.replace('.mp4', '.truth.json'), 'utf8'));
  const { frames } = truth as {
    frames: { timeMs: number; objects: { type: string; box: Box; occludedRatio: number }[] }[];
  };
  return frames.map(({ timeMs, objects }) => ({
    timeMs,
    persons: objects
      .filter(({ type, occludedRatio }) => type === 'person' && occludedRatio <= 0.6)
      .map(({ box }) => box),
  }));
}
