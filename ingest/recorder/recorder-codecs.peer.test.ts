import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, type AudioFrame, cameraId, type SegmentRecord } from '../media.ts';
import { isRaslPicture } from '../rtp/h265-nal.ts';
import { accessUnitsOf } from '../testdata/access-units.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { audioFramesOf, encodeSound } from '../testdata/encode-sound.ts';
import { Recorder } from './recorder.ts';
import { RecordingDisk } from './recording-disk.ts';
import { parseSegmentPath } from './segment-path.ts';
import { recoverOpenSegment } from './segment-recovery.ts';

const H265 = { codec: 'h265' } as const;
const ticksPerFrame = 3600;

let folder = '';
let segments: SegmentRecord[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-codecs-'));
  segments = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const log = {
  appendSegment: (segment: SegmentRecord) => void segments.push(segment),
  openGap: () => undefined,
  closeGap: () => undefined,
};

/** Pictures and sound in the order of their times, the sound `soundLag90k` after its pictures. */
async function record(
  units: readonly AccessUnit[],
  sound: readonly AudioFrame[] = [],
  { segmentSeconds = 60, soundLag90k = 0 } = {},
): Promise<void> {
  const clock = new SimulatedClock();
  const recorder = new Recorder({
    cameraId: cameraId('cam-1'),
    stream: 'main',
    folder,
    segmentSeconds,
    disk: new RecordingDisk({ config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64 }, clock }),
    segments: log,
    clock,
    log: silentLog,
  });
  const waiting = [...sound];
  // The sound is known before the first key frame, as it mostly is when a camera is joined.
  for (const unit of units) {
    while (waiting[0] && waiting[0].pts90k + soundLag90k <= unit.pts90k) recorder.onAudioFrame(waiting.shift()!);
    recorder.onAccessUnit(unit);
  }
  for (const frame of waiting) recorder.onAudioFrame(frame);
  await recorder.close();
}

interface Stream {
  readonly codec_name: string;
  readonly codec_tag_string: string;
  readonly nb_read_frames: string;
}

interface Packet {
  readonly codec_type: string;
  readonly pts: number;
  readonly dts: number;
  readonly pts_time: string;
  /** ffprobe leaves it out for the very first packet of AAC. */
  readonly duration_time?: string;
  readonly flags: string;
}

/** What ffprobe and ffmpeg say of a file; fails when they complain. */
function inspect(file: string): { streams: Stream[]; video: Packet[]; sound: Packet[] } {
  const decoded = spawnSync('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  expect([decoded.stderr, decoded.status]).toEqual(['', 0]);
  const entries =
    'stream=codec_name,codec_tag_string,nb_read_frames:packet=codec_type,pts,dts,pts_time,duration_time,flags';
  const probed = spawnSync('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'json', file], {
    encoding: 'utf8',
  });
  expect(probed.stderr).toBe('');
  const { streams, packets } = JSON.parse(probed.stdout) as { streams: Stream[]; packets: Packet[] };
  return {
    streams,
    video: packets.filter((packet) => packet.codec_type === 'video'),
    sound: packets.filter((packet) => packet.codec_type === 'audio'),
  };
}

function fileOf(index: number): string {
  return path.join(folder, segments[index]!.path);
}

function steps(packets: readonly Packet[]): number[] {
  const pts = packets.map((packet) => packet.pts).sort((a, b) => a - b);
  return [...new Set(pts.slice(1).map((one, index) => one - pts[index]!))];
}

function endSeconds(packets: readonly Packet[]): number {
  return Math.max(...packets.map((packet) => Number(packet.pts_time) + Number(packet.duration_time ?? 0)));
}

describe('H.265', () => {
  test('is recorded as hvc1, parameter sets in the head alone, with every frame', async () => {
    const units = accessUnitsOf(encodeClip({ ...H265, frames: 60, gop: 10 }), H265);
    await record(units, [], { segmentSeconds: 2 });
    expect(segments.map((segment) => segment.frames)).toEqual([50, 10]);
    for (const [index, segment] of segments.entries()) {
      const { streams, video } = inspect(fileOf(index));
      expect(streams).toMatchObject([
        { codec_name: 'hevc', codec_tag_string: 'hvc1', nb_read_frames: String(segment.frames) },
      ]);
      expect(video[0]!.flags).toMatch(/^K/);
      expect(steps(video)).toEqual([ticksPerFrame]);
      expect(segment.codecString).toMatch(/^hvc1\.1\.6\.L\d+/);
    }
    const bytes = await readFile(fileOf(0));
    const sps = Buffer.from(units[0]!.format.sps);
    expect(bytes.indexOf(sps)).toBeGreaterThan(0);
    expect(bytes.indexOf(sps, bytes.indexOf('moof'))).toBe(-1);
  });

  test('keeps the order and the times of pictures that come out of order', async () => {
    const units = accessUnitsOf(encodeClip({ ...H265, frames: 50, gop: 25, bFrames: 3 }), H265);
    await record(units);
    const { streams, video } = inspect(fileOf(0));
    expect(streams[0]!.nb_read_frames).toBe('50');
    expect(steps(video)).toEqual([ticksPerFrame]);
    expect(video.some((packet) => packet.pts !== packet.dts)).toBe(true);
  });

  test('leaves out what leans over the first key frame of a file, and nothing else', async () => {
    const units = accessUnitsOf(encodeClip({ ...H265, frames: 96, gop: 12, bFrames: 2, openGop: true }), H265);
    const leaning = units.filter(isRaslPicture).length;
    expect(leaning).toBeGreaterThan(10);
    await record(units, [], { segmentSeconds: 1 });
    expect(segments.length).toBeGreaterThan(2);
    let lost = 0;
    for (const [index, segment] of segments.entries()) {
      const { streams, video } = inspect(fileOf(index));
      expect(streams[0]!.nb_read_frames).toBe(String(segment.frames));
      expect(steps(video)).toEqual([ticksPerFrame]);
      expect(video.every((packet, at) => at === 0 || packet.dts > video[at - 1]!.dts)).toBe(true);
      // No picture's time runs into that of the next one.
      const inOrder = [...video].sort((a, b) => a.dts - b.dts);
      for (const [at, packet] of inOrder.slice(0, -1).entries()) {
        expect(Number(packet.duration_time) * 90_000).toBeCloseTo(inOrder[at + 1]!.dts - packet.dts, -1);
      }
      if (index > 0) lost += 2;
    }
    expect(segments.reduce((sum, segment) => sum + segment.frames, 0)).toBe(units.length - lost);
  });
});

describe('sound', () => {
  const units = accessUnitsOf(encodeClip({ frames: 150, gop: 25 }));

  test('as AAC is a track of its own, in step with the pictures, with every frame of it', async () => {
    const sound = audioFramesOf(encodeSound('aac', 6));
    await record(units, sound, { segmentSeconds: 2 });
    expect(segments.map((segment) => segment.frames)).toEqual([50, 50, 50]);
    let frames = 0;
    for (const index of segments.keys()) {
      const { streams, video, sound: packets } = inspect(fileOf(index));
      expect(streams).toMatchObject([{ codec_name: 'h264' }, { codec_name: 'aac', codec_tag_string: 'mp4a' }]);
      expect(segments[index]!.codecString).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
      expect(Math.abs(endSeconds(packets) - endSeconds(video))).toBeLessThan(0.13);
      frames += packets.length;
    }
    expect(frames).toBe(sound.filter((frame) => frame.pts90k < 150 * ticksPerFrame).length);
  });

  test.each([
    ['pcma', 'pcm_alaw', 'alaw'],
    ['pcmu', 'pcm_mulaw', 'mulaw'],
  ] as const)('as %s is kept byte for byte', async (codec, name, raw) => {
    const encoded = encodeSound(codec, 6);
    await record(units, audioFramesOf(encoded));
    const { streams } = inspect(fileOf(0));
    expect(streams[1]).toMatchObject({ codec_name: name });
    expect(segments[0]!.codecString).toMatch(new RegExp(`,${codec}$`));
    const copied = spawnSync('ffmpeg', ['-v', 'error', '-i', fileOf(0), '-map', '0:a', '-c', 'copy', '-f', raw, '-']);
    expect(copied.stdout.equals(Buffer.concat(encoded.frames))).toBe(true);
  });

  test('that comes late is still in the file of its pictures', async () => {
    const sound = audioFramesOf(encodeSound('pcma', 6));
    await record(units, sound, { segmentSeconds: 2, soundLag90k: 20_000 });
    const counts = segments.map((_, index) => inspect(fileOf(index)).sound.length);
    // 100 packets of 20 ms in 2 s; the first file begins before any sound came, and is cut when it does.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(250);
    expect(counts.slice(1, -1).every((count) => Math.abs(count - 100) <= 1)).toBe(true);
    expect(segments.reduce((sum, segment) => sum + segment.frames, 0)).toBe(150);
  });

  test.each([0.995, 1.005])('stays with the pictures when its clock runs at %d of theirs', async (speed) => {
    const long = [...Array(4).keys()].flatMap((round) =>
      units.map((unit) => ({ ...unit, pts90k: unit.pts90k + round * 150 * ticksPerFrame })),
    );
    // As the aligner gives them out: the time on the line of the pictures, and samples that do not add up to it.
    const sound = audioFramesOf(encodeSound('pcma', 24)).map((frame) => ({
      ...frame,
      pts90k: Math.round(frame.pts90k / speed),
    }));
    await record(long, sound);
    const { video, sound: packets } = inspect(fileOf(0));
    expect(Math.abs(endSeconds(packets) - Math.min(endSeconds(video), 24 / speed))).toBeLessThan(0.12);
    expect(packets.every((packet, at) => at === 0 || packet.dts > packets[at - 1]!.dts)).toBe(true);
  });

  test('that is missing for a while leaves a hole of that length, not a shift', async () => {
    const sound = audioFramesOf(encodeSound('aac', 6)).filter(({ pts90k }) => pts90k < 180_000 || pts90k > 270_000);
    await record(units, sound);
    const { sound: packets } = inspect(fileOf(0));
    expect(packets).toHaveLength(sound.filter(({ pts90k }) => pts90k < 540_000).length);
    expect(endSeconds(packets)).toBeGreaterThan(5.9);
    expect(packets.some((packet) => Math.abs(Number(packet.pts_time) - 3.008) < 0.01)).toBe(true);
  });

  test('begins with a new file where a camera starts to send it, and ends with one', async () => {
    const sound = audioFramesOf(encodeSound('aac', 6)).filter(({ pts90k }) => pts90k > 100_000);
    await record(units, sound);
    expect(segments.map(({ codecString }) => codecString.includes('mp4a'))).toEqual([false, true]);
    expect(segments.map(({ frames }) => frames)).toEqual([50, 100]);
  });
});

test('saves a file of H.265 with sound that a crash left open', async () => {
  const units = accessUnitsOf(encodeClip({ ...H265, frames: 50, gop: 10 }), H265);
  await record(units, audioFramesOf(encodeSound('aac', 2)));
  const [whole] = segments;
  const bytes = await readFile(fileOf(0));
  const lastFragment = bytes.lastIndexOf('moof') - 4;
  await writeFile(`${fileOf(0)}.part`, bytes.subarray(0, bytes.lastIndexOf('free') - 14));
  await rm(fileOf(0));
  const part = `${segments[0]!.path}.part`;
  const segment = await recoverOpenSegment(folder, part, parseSegmentPath(part)!);
  expect(segment).toMatchObject({ frames: 40, codecString: whole!.codecString, widthPx: 160, heightPx: 96 });
  expect(segment!.sizeBytes).toBe(lastFragment);
  expect(segment!.endMs - segment!.startMs).toBe(1600);
  expect(inspect(fileOf(0)).streams[0]!.nb_read_frames).toBe('40');
});
