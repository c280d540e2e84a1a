import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RecordSummary, recordStreams } from '#infra/cli/record-streams.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';

/*
 * Servers that others wrote, beside GStreamer's. ffmpeg itself cannot serve RTSP, it can only push (ANNOUNCE, RECORD): so its packets come through
 * Debian's RTSP::Server, which hands on what is pushed to it. Neither takes port 0.
 */
const FPS = 25;
/** VLC's time stamps break when it begins again: longer than any recording here. */
const CLIP_SECONDS = 30;
const SECONDS = 5;
/** VLC does not run as root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const hasVlc = spawnSync('vlc', ['--version'], NOBODY).status === 0;
const hasRelay = spawnSync('rtsp-server-perl', ['--help']).error === undefined;

type Codec = 'h264' | 'h265';
let folder = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-servers-'));
  await chmod(folder, 0o755);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A film, made once. */
function encode(codec: Codec): string {
  const file = path.join(folder, `${codec}.mp4`);
  if (existsSync(file)) return file;
  const sources = `-f lavfi -i testsrc2=size=640x360:rate=${FPS} -f lavfi -i sine=440:sample_rate=48000`;
  const video = {
    h264: '-c:v libx264 -bf 0 -g 25',
    h265: '-c:v libx265 -x265-params log-level=none:keyint=25:bframes=0:open-gop=0',
  }[codec];
  const words = `-v error ${sources} -t ${CLIP_SECONDS} ${video} -preset ultrafast -b:v 600k -pix_fmt yuv420p -c:a aac -y ${file}`;
  const encoded = spawnSync('ffmpeg', words.split(' '), { encoding: 'utf8' });
  expect(encoded.stderr).toBe('');
  return file;
}

/** Ports that are free now, one after the other from an even one. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const first = address.port + (address.port % 2);
    if (first + count < 65_536) return first;
  }
}

function start(command: string, args: readonly string[], options: { uid?: number; gid?: number } = {}): ChildProcess {
  const env = { ...process.env, HOME: folder };
  const child = spawn(command, args, { stdio: 'ignore', cwd: folder, env, ...options });
  children.push(child);
  return child;
}

async function untilListening(port: number): Promise<void> {
  const isUp = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  await expect.poll(isUp, { timeout: 30_000, interval: 100 }).toBe(true);
}

async function record(url: string, transport: 'tcp' | 'udp' | 'auto', seconds = SECONDS): Promise<RecordSummary> {
  const [summary] = await recordStreams({
    urls: [url],
    folder: await mkdtemp(path.join(folder, 'out-')),
    seconds,
    segmentSeconds: 60,
    credentials: undefined,
    transport,
    env: { VANTAGE_LOG_LEVEL: 'silent', VANTAGE_INGEST_MINIMUM_FREE_MB: '0' },
  });
  return summary!;
}

/** Every picture from the first to the last, with the sound beside them, in files that ffmpeg takes without a complaint. */
function expectWhole(summary: RecordSummary, codec: RegExp): void {
  expect([summary.errorCode, summary.gaps]).toEqual([undefined, []]);
  expect(summary.frames).toBeGreaterThan(SECONDS * FPS * 0.6);
  for (const segment of summary.segments) {
    const { frames, pts, keyFirst } = inspectSegment(path.join(summary.folder, '..', segment.path));
    expect([frames, keyFirst]).toEqual([segment.frames, true]);
    const period = 90_000 / FPS;
    expect(pts.map((time) => Math.round((time - pts[0]!) / period))).toEqual(pts.map((_, index) => index));
  }
  // The first file may have begun before any sound came.
  expect(summary.segments.at(-1)?.codecString).toMatch(codec);
}

const CODECS = [
  ['h264', /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/],
  ['h265', /^hvc1\.[0-9A-F.L]+,mp4a\.40\.2$/],
] as const;

describe.skipIf(!hasVlc)('VLC’s RTSP server, which has UDP only (skipped without VLC)', { timeout: 120_000 }, () => {
  test.each(CODECS)('%s with AAC is recorded whole, UDP asked for or found', async (codec, pattern) => {
    const port = await freePorts(1);
    const output = `#rtp{sdp=rtsp://127.0.0.1:${port}/cam}`;
    const flags = ['-I', 'dummy', '--no-sout-all', '--sout-keep', '--loop', '--rtsp-host', '127.0.0.1'];
    start('vlc', [...flags, encode(codec), '--sout', output], NOBODY);
    await untilListening(port);
    const url = `rtsp://127.0.0.1:${port}/cam`;
    const summaries = await Promise.all([record(url, 'udp'), record(url, 'auto'), record(url, 'tcp', 2)]);
    expectWhole(summaries[0], pattern);
    expectWhole(summaries[1], pattern);
    expect(summaries[2].errorCode).toBe('RTSP_TRANSPORT_REFUSED');
  });
});

describe.skipIf(!hasRelay)('ffmpeg’s packets through RTSP::Server (skipped without it)', { timeout: 120_000 }, () => {
  test.each(CODECS)('%s with AAC is recorded whole, UDP asked for or found', async (codec, pattern) => {
    const first = await freePorts(2);
    const [viewers, sources] = [first, first + 1];
    const ports = ['--clientport', `${viewers}`, '--serverport', `${sources}`];
    const onLoopback = '--client_listen_address 127.0.0.1 --source_listen_address 127.0.0.1'.split(' ');
    // It gives the sources UDP ports of its own counting.
    const rtp = ['--rtp_start_port', `${await freePorts(8)}`];
    start('rtsp-server-perl', [...ports, ...onLoopback, ...rtp, '--loglevel', '0']);
    await untilListening(sources);
    const push = `-v error -re -stream_loop -1 -i ${encode(codec)} -c copy -f rtsp rtsp://127.0.0.1:${sources}/cam`;
    let pushing = start('ffmpeg', push.split(' '));
    const url = `rtsp://127.0.0.1:${viewers}/cam`;
    const isThere = async (): Promise<boolean> => {
      // One of the UDP ports that the server counts up to may be another program's: the next ones are tried then.
      if (pushing.exitCode !== null) pushing = start('ffmpeg', push.split(' '));
      return (await record(url, 'udp', 2)).frames > 0;
    };
    await expect.poll(isThere, { timeout: 30_000, interval: 500 }).toBe(true);
    const summaries = await Promise.all([record(url, 'udp'), record(url, 'auto')]);
    for (const summary of summaries) expectWhole(summary, pattern);
  });
});
