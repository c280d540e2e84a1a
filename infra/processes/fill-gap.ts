import { stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { CameraCard, recordingsOf, type RecordingOnCard } from '#ingest/card/camera-card.ts';
import { CardRecorder } from '#ingest/card/card-recorder.ts';
import { fetchRange } from '#ingest/card/fetch-range.ts';
import { type KeyFrameInFile, readKeyFrames } from '#ingest/card/key-frame-mark.ts';
import { MARGIN_MS, ReplayTrimmer } from '#ingest/card/replay-trimmer.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import type { IngestConfig } from '#ingest/config.ts';
import { ingestErrors } from '#ingest/errors.ts';
import type { SegmentRecord } from '#ingest/media.ts';
import { checkRecordings } from '#ingest/recorder/recording-check.ts';
import { freeBytes, type RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { ScheduleClock } from '#ingest/recorder/recording-schedule.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { toStorageError } from '#storage/errors.ts';
import type { CardFill, RecordingCut } from '#storage/recordings/card-fill-repository.ts';
import type { Stretch } from '#storage/recordings/holes.ts';
import type { Storage } from '#storage/storage.ts';

export interface FillGapDeps {
  readonly storage: Pick<Storage, 'cardFills' | 'recordingIndex'>;
  readonly config: IngestConfig;
  readonly disk: RecordingDisk;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** A recording from the card is in the index. */
  onSegment(segment: SegmentRecord): void;
}

export interface FilledGap {
  readonly fill: CardFill;
  readonly missing: readonly Stretch[];
}

/** A file of the card that was left open may begin this long before the outage. */
const BEFORE_MS = 60_000;
const SEAM_MS = 50;

/**
 * Fetches what is missing of one outage from the card of its camera. May be broken off at any moment, and be done again: what is
 * recorded is not fetched a second time.
 *
 * @returns the outage, from its first to its last missing picture, and what of it the card does not have
 * @throws {AppError} what kept it from being fetched
 */
export async function fillGap(adopted: CardFill, camera: Camera, deps: FillGapDeps): Promise<FilledGap> {
  const { storage, config, clock, signal } = deps;
  await finishCut(adopted, deps);
  await tidy(adopted, deps);
  let { fill, missing } = await storage.cardFills.begin(adopted);
  if (missing.length === 0) return { fill, missing };
  // What is fetched is old, and would be the first to be deleted for room.
  if ((await freeBytes(config.recordingFolder)) < config.freeTargetMb * 1e6) throw ingestErrors.DISK_LOW();
  const { connectTimeoutMs, onvifVerifyTls: verifyTls, tlsCaFile } = config;
  const card = await CameraCard.open({ camera, connectTimeoutMs, verifyTls, tlsCaFile, clock }, signal);
  try {
    const found = recordingsOf(await card.recordings(signal), { fromMs: fill.startMs, toMs: fill.endMs });
    for (const recording of found)
      for (const hole of missing.filter((one) => overlaps(one, recording))) {
        if (signal.aborted) return { fill, missing };
        await fetchHole(hole, recording, { fill, camera, card, deps });
        ({ fill, missing } = await storage.cardFills.begin(fill));
      }
    return { fill, missing };
  } finally {
    card.close();
  }
}

async function fetchHole(
  hole: Stretch,
  recording: RecordingOnCard,
  { fill, camera, card, deps }: { fill: CardFill; camera: Camera; card: CameraCard; deps: FillGapDeps },
): Promise<void> {
  const { storage, config, disk, clock, signal } = deps;
  const neighbours = await storage.cardFills.neighbours(fill, hole);
  const [before, after] = await Promise.all([
    keyFramesOf(neighbours.before, deps).then((frames) => frames?.last),
    keyFramesOf(neighbours.after, deps).then((frames) => frames?.first),
  ]);
  const trimmer = new ReplayTrimmer({ fromMs: hole.startMs, toMs: hole.endMs, before, after });
  let isFirst = true;
  const recorder = new CardRecorder({
    cameraId: fill.cameraId,
    stream: fill.stream,
    folder: config.recordingFolder,
    segmentSeconds: camera.recording.segmentSeconds ?? config.segmentSeconds,
    disk,
    onSegment: async (segment) => {
      const cut = isFirst && trimmer.replacesGroup ? cutOf(neighbours.before, before, segment) : undefined;
      isFirst = false;
      await storage.cardFills.commit(fill, segment, cut).catch((error: unknown) => {
        throw toStorageError(error);
      });
      deps.onSegment(segment);
    },
  });
  const { mode, schedule } = camera.recording;
  const windows = mode === 'scheduled' && schedule ? new ScheduleClock(schedule) : undefined;
  const range = {
    fromMs: Math.min(hole.startMs, before?.atMs ?? hole.startMs) - MARGIN_MS,
    toMs: hole.endMs + MARGIN_MS,
  };
  const session = await card.replay(recording.token, range, signal);
  await fetchRange({
    session,
    deviceMinusOursMs: card.deviceMinusOursMs,
    trimmer,
    recorder,
    isWanted: (wallMs) => windows?.includes(wallMs) ?? true,
    maxMbps: config.cardFillMaxMbps,
    clock,
    signal,
  });
  await finishCut(fill, deps);
}

/** What is left of the recording before when its last group of pictures is in this one. @throws {AppError} `STREAM_ENDED` */
function cutOf(
  recording: SegmentRecord | undefined,
  last: KeyFrameInFile | undefined,
  by: SegmentRecord,
): RecordingCut | undefined {
  if (!recording || !last) return undefined;
  // It broke off so early that something would be lost.
  if (by.endMs < recording.endMs - SEAM_MS) throw ingestErrors.STREAM_ENDED({ reason: 'broke off at the seam' });
  const { framesBefore: frames, offsetBytes: sizeBytes, atMs } = last;
  return { segmentId: recording.segmentId, endMs: Math.round(atMs), frames, sizeBytes };
}

async function keyFramesOf(segment: SegmentRecord | undefined, { config, log }: FillGapDeps) {
  if (!segment) return undefined;
  try {
    return await readKeyFrames(config.recordingFolder, segment);
  } catch {
    log.debug({ path: segment.path }, 'a recording beside a gap could not be read; its times must do');
    return undefined;
  }
}

/** The file of a recording whose row was cut. A crash may have come between. */
async function finishCut(fill: CardFill, { storage, config }: FillGapDeps): Promise<void> {
  const recording = await storage.cardFills.cutRecording(fill);
  if (!recording) return;
  const file = path.join(config.recordingFolder, recording.path);
  const sizeBytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (sizeBytes > recording.sizeBytes) await truncate(file, recording.sizeBytes);
  await storage.cardFills.forgetCut(fill);
}

/** What an earlier try left open goes, and what it announced but could not name gets its name. */
async function tidy(fill: CardFill, { storage, config, clock, log }: FillGapDeps): Promise<void> {
  const { recordingIndex } = storage;
  await checkRecordings({
    folder: config.recordingFolder,
    index: {
      cameraIds: () => Promise.resolve([fill.cameraId]),
      filesOf: (query) => recordingIndex.filesOf(query),
      add: (segments) => recordingIndex.add(segments),
      remove: (segmentIds) => recordingIndex.remove(segmentIds),
    },
    fromMs: fill.startMs - BEFORE_MS,
    toMs: fill.endMs,
    openSinceMs: clock.nowMs(),
    isRepairing: true,
    log,
  });
}

function overlaps({ startMs, endMs }: Stretch, { fromMs, untilMs, isRecordingNow }: RecordingOnCard): boolean {
  return (fromMs ?? Number.NEGATIVE_INFINITY) < endMs && (isRecordingNow || (untilMs ?? Infinity) > startMs);
}
