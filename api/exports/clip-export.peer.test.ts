import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, type AudioFrame, cameraId, type SegmentRecord } from '#ingest/media.ts';
import { Recorder } from '#ingest/recorder/recorder.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { accessUnitsOf } from '#ingest/testdata/access-units.ts';
import { encodeClip } from '#ingest/testdata/encode-clip.ts';
import { audioFramesOf, encodeSound } from '#ingest/testdata/encode-sound.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import { type ClipPart, type ClipSource, planClip } from './clip-plan.ts';
import { readKeyFrame } from './recorded-picture.ts';
import { readRecordedFile } from './recorded-file.ts';
import { subtitlesFile, timesFile, timeWords } from './time-sidecar.ts';
import { writeClip } from './write-clip.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What our recorder makes of them, in files of about this length. */
async function record(
  units: readonly AccessUnit[],
  { sound = [], segmentSeconds = 2 }: { sound?: readonly AudioFrame[]; segmentSeconds?: number } = {},
): Promise<readonly SegmentRecord[]> {
  const segments: SegmentRecord[] = [];
  const clock = new SimulatedClock();
  const recorder = new Recorder({
    cameraId: cameraId('cam-1'),
    stream: 'main',
    folder,
    segmentSeconds,
    disk: new RecordingDisk({ config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64 }, clock }),
    segments: {
      appendSegment: (segment: SegmentRecord) => void segments.push(segment),
      openGap: () => undefined,
      closeGap: () => undefined,
    },
    clock,
    log: silentLog,
  });
  const waiting = [...sound];
  for (const unit of units) {
    while (waiting[0] && waiting[0].pts90k <= unit.pts90k) recorder.onAudioFrame(waiting.shift()!);
    recorder.onAccessUnit(unit);
  }
  await recorder.close('service_stopped');
  return segments.toSorted((a, b) => a.startMs - b.startMs);
}

async function sourcesOf(segments: readonly SegmentRecord[]): Promise<ClipSource[]> {
  return await Promise.all(
    segments.map(async (segment) => {
      const file = path.join(folder, segment.path);
      const recorded = await readRecordedFile(file);
      if (!recorded) throw new Error('not read');
      return { path: file, startMs: segment.startMs, file: recorded };
    }),
  );
}

async function write(part: ClipPart): Promise<string> {
  const file = path.join(folder, 'out.mp4');
  await rm(file, { force: true });
  let told = 0;
  await writeClip(part, file, {
    signal: new AbortController().signal,
    onBytes: (sizeBytes) => {
      told += sizeBytes;
    },
  });
  expect(told + part.head.length).toBe(part.sizeBytes);
  return file;
}

test.each([
  ['H.264', { codec: 'h264' as const }],
  ['H.264 with B-pictures', { codec: 'h264' as const, bFrames: 2 }],
  ['H.265', { codec: 'h265' as const }],
])('%s: three recorded files become one, with every picture in it, at even steps', async (_name, options) => {
  const segments = await record(accessUnitsOf(encodeClip({ ...options, frames: 150 }), { codec: options.codec }));
  expect(segments.length).toBeGreaterThan(1);
  const [part, ...others] = planClip(await sourcesOf(segments), { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  if (!part) throw new Error('nothing planned');
  expect(others).toEqual([]);
  expect(part.frames).toBe(segments.reduce((sum, { frames }) => sum + frames, 0));
  const { frames, pts, keyFirst } = inspectSegment(await write(part));
  expect([frames, keyFirst]).toEqual([part.frames, true]);
  const steps = new Set(pts.slice(1).map((time, index) => time - (pts[index] ?? 0)));
  expect([...steps]).toEqual([3600]);
  // ffprobe counts pictures that come out of order from the first that is decoded; so it does in the recording itself.
  expect(pts[0]).toBe(inspectSegment(path.join(folder, segments[0]?.path ?? '')).pts[0]);
});

test('a range is cut to whole groups of pictures, and says where it truly begins and ends', async () => {
  const units = accessUnitsOf(encodeClip({ frames: 150, gop: 10 }));
  const segments = await record(units);
  const startMs = segments[0]?.startMs ?? 0;
  const [part] = planClip(await sourcesOf(segments), { fromMs: startMs + 1_500, toMs: startMs + 3_300 });
  if (!part) throw new Error('nothing planned');
  // Groups of 400 ms: the one of 1.2 s holds the start, the one of 3.2 s the end.
  expect(part.startMs - startMs).toBeCloseTo(1_200, 0);
  expect(part.endMs - startMs).toBeCloseTo(3_600, 0);
  const file = await write(part);
  expect(inspectSegment(file).frames).toBe(60);
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file]);
  expect(Number(probed.stdout.toString())).toBeCloseTo(2.4, 2);
});

test.each(['aac', 'pcma'] as const)('sound (%s) goes with its pictures over the seams', async (codec) => {
  const units = accessUnitsOf(encodeClip({ frames: 150 }));
  const sound = audioFramesOf(encodeSound(codec, 6), units[0]?.pts90k, units[0]?.wallMs);
  const segments = await record(units, { sound });
  const parts = planClip(await sourcesOf(segments), { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  const part = parts.at(-1);
  if (!part) throw new Error('nothing planned');
  const file = await write(part);
  expect(inspectSegment(file).frames).toBe(part.frames);
  const shown = ['-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0', file];
  const probed = spawnSync('ffprobe', ['-v', 'error', '-select_streams', 'a', ...shown], { encoding: 'utf8' });
  expect(probed.stderr).toBe('');
  const packets = probed.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(',').map(Number));
  expect(packets.length).toBeGreaterThan(50);
  for (const [index, [time = 0]] of packets.entries()) {
    const [beforeTime = 0, beforeLong = 0] = packets[index - 1] ?? [];
    if (index > 0) expect(time).toBeGreaterThanOrEqual(beforeTime + beforeLong - 0.001);
  }
  const [endTime = 0, endLong = 0] = packets.at(-1) ?? [];
  expect(Math.abs(endTime + endLong - part.duration90k / 90_000)).toBeLessThan(0.3);
});

test('a gap begins a new file, and so does another format', async () => {
  const first = await record(accessUnitsOf(encodeClip({ frames: 50 })), { segmentSeconds: 60 });
  const sources = await sourcesOf(first);
  const [one] = sources;
  if (!one) throw new Error('nothing recorded');
  const later = { ...one, startMs: one.startMs + 60_000 };
  const other = await sourcesOf(
    await record(accessUnitsOf(encodeClip({ frames: 50, size: '320x176' })), { segmentSeconds: 60 }),
  );
  const next = { ...other[0]!, startMs: later.startMs + 2_000 };
  const parts = planClip([one, later, next], { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  expect(parts.map((part) => part.startMs)).toEqual([one.startMs, later.startMs, next.startMs]);
  for (const part of parts) expect(inspectSegment(await write(part)).frames).toBe(50);
  expect(planClip([one], { fromMs: one.startMs + 2_000, toMs: one.startMs + 3_000 })).toEqual([]);
});

test('the times beside it and the subtitles say when each moment was', async () => {
  const segments = await record(accessUnitsOf(encodeClip({ frames: 150 })));
  const [part] = planClip(await sourcesOf(segments), { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  if (!part) throw new Error('nothing planned');
  const about = {
    ...{ cameraId: 'cam-1', cameraName: '大门', purpose: 'case 7', username: 'anna' },
    ...{ fromMs: 0, toMs: 1, exportedAtMs: 2 },
  };
  const times = JSON.parse(timesFile(part, about)) as {
    frames: number;
    groups: { mediaSeconds: number; time: string; frames: number }[];
  };
  expect(times.frames).toBe(150);
  expect(times.groups).toHaveLength(15);
  for (const { mediaSeconds, time } of times.groups)
    expect(Math.abs(Date.parse(time) - (part.startMs + mediaSeconds * 1000))).toBeLessThan(5);
  const vtt = path.join(folder, 'out.vtt');
  await writeFile(vtt, subtitlesFile(part, '大门', timeWords('Asia/Shanghai')));
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', vtt]);
  expect(probed.stderr.toString()).toBe('');
  expect(probed.stdout.toString().split('\n').filter(Boolean).length).toBeGreaterThanOrEqual(6);
});

test('the key frame at or before a moment can be taken out alone', async () => {
  const units = accessUnitsOf(encodeClip({ codec: 'h265', frames: 50, gop: 10 }), { codec: 'h265' });
  const [segment] = await record(units, { segmentSeconds: 60 });
  if (!segment) throw new Error('nothing recorded');
  const file = path.join(folder, segment.path);
  const found = await readKeyFrame(file, segment.startMs, segment.startMs + 900);
  const wanted = units.filter(({ isKeyFrame }) => isKeyFrame)[2];
  expect(found?.nalUnits.map((nal) => Buffer.from(nal))).toEqual(wanted?.nalUnits.map((nal) => Buffer.from(nal)));
  expect(Buffer.from(found?.format.sps ?? [])).toEqual(Buffer.from(wanted?.format.sps ?? []));
  expect(found?.format).toMatchObject({ codec: 'h265', widthPx: 160, heightPx: 96 });
});

test('an export that is called off leaves at once', async () => {
  const segments = await record(accessUnitsOf(encodeClip({ frames: 50 })));
  const [part] = planClip(await sourcesOf(segments), { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
  if (!part) throw new Error('nothing planned');
  const abort = new AbortController();
  const writing = writeClip(part, path.join(folder, 'cut.mp4'), { signal: abort.signal, onBytes: () => abort.abort() });
  await expect(writing).rejects.toThrow(/abort/i);
});
