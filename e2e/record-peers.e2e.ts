import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordSummary, recordStreams } from '#infra/cli/record-streams.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { probeCamera } from '#ingest/cameras/camera-probe.ts';

/** GStreamer's RTSP server, kept beside the repository; without it (or GStreamer) the tests are skipped. */
const SERVER = path.resolve(import.meta.dirname, '../../shared/tools/gst-rtsp-server.py');
const PYTHON = '/usr/bin/python3';
const FPS = 25;

const hasPeer =
  existsSync(SERVER) && spawnSync(PYTHON, ['-c', "import gi; gi.require_version('GstRtspServer', '1.0')"]).status === 0;

let folder = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-peers-'));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function encode(name: string, seconds: number, bFrames: number): string {
  const file = path.join(folder, name);
  const source = `testsrc2=size=640x360:rate=${FPS}`;
  const result = spawnSync(
    'ffmpeg',
    // prettier-ignore
    [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      source,
      '-t',
      String(seconds),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-bf',
      String(bFrames),
      '-g',
      '50',
      '-b:v',
      '1M',
      '-y',
      file,
    ],
    { encoding: 'utf8' },
  );
  expect(result.stderr).toBe('');
  return file;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

async function serve(file: string, paths: number): Promise<string> {
  const port = await freePort();
  const child = spawn(PYTHON, [SERVER, file, String(FPS), String(port), String(paths)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return `rtsp://127.0.0.1:${port}`;
}

async function record(urls: readonly string[], seconds: number): Promise<readonly RecordSummary[]> {
  const out = await mkdtemp(path.join(folder, 'out-'));
  return recordStreams({
    urls,
    folder: out,
    seconds,
    segmentSeconds: 5,
    credentials: undefined,
    env: { VANTAGE_LOG_LEVEL: 'silent', VANTAGE_INGEST_MINIMUM_FREE_MB: '0' },
  });
}

/** Presentation times of a file's frames in order; fails when ffmpeg or ffprobe complain. */
function framesOf(file: string): number[] {
  const decoded = spawnSync('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  expect([decoded.stderr, decoded.status]).toEqual(['', 0]);
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'frame=pts', '-of', 'csv=p=0', file], {
    encoding: 'utf8',
  });
  expect(probed.stderr).toBe('');
  return probed.stdout
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter(Number.isFinite);
}

/** Every frame from the first to the last is there, none twice. */
function expectWhole(summary: RecordSummary, seconds: number): void {
  expect(summary.gaps).toEqual([]);
  expect(summary.segments.length).toBeGreaterThanOrEqual(Math.floor(seconds / 6));
  for (const [index, segment] of summary.segments.entries()) {
    const pts = framesOf(path.join(summary.folder, '..', segment.path));
    expect(pts).toHaveLength(segment.frames);
    const [first = 0] = pts;
    const last = pts.at(-1) ?? 0;
    expect(Math.round(((last - first) / 90_000) * FPS) + 1).toBe(pts.length);
    expect(pts.every((one, at) => at === 0 || one > (pts[at - 1] ?? 0))).toBe(true);
    const next = summary.segments[index + 1];
    // Wall time is corrected by at most 5 % of the time that passes.
    if (next) expect(Math.abs(next.startMs - segment.endMs)).toBeLessThan(300);
  }
  expect(summary.frames).toBeGreaterThan(seconds * FPS * 0.95);
}

describe.skipIf(!hasPeer)('against GStreamer’s RTSP server', () => {
  test('records 20 s with every frame that was sent, in files that ffmpeg takes without complaint', async () => {
    const server = await serve(encode('plain.mp4', 60, 0), 2);
    const summaries = await record([`${server}/cam0`, `${server}/cam1`], 20);
    for (const summary of summaries) expectWhole(summary, 20);
  });

  test('keeps B-pictures in order', async () => {
    const server = await serve(encode('reordered.mp4', 30, 2), 1);
    const [summary] = await record([`${server}/cam0`], 8);
    expectWhole(summary!, 8);
  });

  test('records a clip to its very last frame, and a gap when it is over', async () => {
    const seconds = 6;
    const server = await serve(encode('short.mp4', seconds, 0), 1);
    const [summary] = await record([`${server}/cam0`], seconds + 3);
    const [first] = summary!.segments;
    const until = summary!.gaps[0]?.startMs ?? 0;
    const frames = summary!.segments
      .filter((segment) => segment.startMs < until)
      .reduce((sum, one) => sum + one.frames, 0);
    expect(first).toBeDefined();
    expect(frames).toBe(seconds * FPS);
  });

  test('records a server whose time stamps stand still', async () => {
    const server = await serve(encode('raw.h264', 20, 0), 1);
    const [summary] = await record([`${server}/cam0`], 6);
    for (const segment of summary!.segments) {
      expect(framesOf(path.join(summary!.folder, '..', segment.path))).toHaveLength(segment.frames);
    }
    expect(summary!.frames).toBeGreaterThan(6 * FPS * 0.9);
  });

  test('probes it, and says what is wrong with a path that is not there', async () => {
    const server = await serve(encode('probe.mp4', 20, 0), 1);
    const options = { credentials: undefined, connectTimeoutMs: 5000, clock: systemClock };
    const good = await probeCamera({ ...options, url: `${server}/cam0` });
    expect(good.steps.at(-1)).toMatchObject({ step: 'picture', ok: true });
    const bad = await probeCamera({ ...options, url: `${server}/nothing` });
    expect(bad.steps.at(-1)).toMatchObject({ step: 'profile', ok: false, errorCode: 'RTSP_STREAM_NOT_FOUND' });
  });
});
