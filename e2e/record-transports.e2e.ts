import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordRequest, type RecordSummary, recordStreams } from '#infra/cli/record-streams.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { TransportChoice } from '#ingest/cameras/camera.ts';
import { probeCamera } from '#ingest/cameras/camera-probe.ts';
import { makeCertificate } from '#ingest/testdata/certificate.ts';

const SERVER = path.join(import.meta.dirname, 'peers/gst-camera.py');
const PYTHON = '/usr/bin/python3';
const FPS = 25;
/** Longer than any recording here: a clip that ends is a gap. */
const CLIP_SECONDS = 24;
const SECONDS = 3;
const CREDENTIALS = { username: 'viewer', password: 'over "there": ü' };

const hasPeer = spawnSync(PYTHON, ['-c', "import gi; gi.require_version('GstRtspServer', '1.0')"]).status === 0;

type Codec = 'h264' | 'h265';
interface Camera {
  readonly codec?: Codec;
  readonly offers?: 'tcp' | 'udp' | 'all';
  readonly scheme?: 'basic' | 'digest';
  readonly tls?: readonly [certificate: string, key: string] | readonly [];
}

let folder = '';
let clips: Readonly<Record<Codec, string>>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-transports-'));
  clips = { h264: path.join(folder, 'h264.mp4'), h265: path.join(folder, 'h265.mp4') };
  const source = `-f lavfi -i testsrc2=size=640x360:rate=${FPS} -t ${CLIP_SECONDS}`;
  const encodings = {
    h264: '-c:v libx264 -bf 0 -g 25 -b:v 2M',
    h265: '-c:v libx265 -b:v 600k -x265-params log-level=none:keyint=25:bframes=0:open-gop=0',
  };
  for (const codec of ['h264', 'h265'] as const) {
    const words = `-v error ${source} ${encodings[codec]} -preset ultrafast -pix_fmt yuv420p -y ${clips[codec]}`;
    const encoded = spawnSync('ffmpeg', words.split(' '), { encoding: 'utf8' });
    expect(encoded.stderr).toBe('');
  }
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** @returns host and port of a camera of its own */
async function serve({ codec = 'h264', offers = 'all', scheme = 'digest', tls = [] }: Camera): Promise<string> {
  const { username, password } = CREDENTIALS;
  const child = spawn(PYTHON, [SERVER, clips[codec], codec, offers, scheme, username, password, ...tls], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return `127.0.0.1:${Number(String(line))}`;
}

async function record(url: string, changes: Partial<RecordRequest>): Promise<RecordSummary> {
  const [summary] = await recordStreams({
    urls: [url],
    folder: await mkdtemp(path.join(folder, 'out-')),
    seconds: SECONDS,
    segmentSeconds: 10,
    credentials: CREDENTIALS,
    env: { VANTAGE_LOG_LEVEL: 'silent', VANTAGE_INGEST_MINIMUM_FREE_MB: '0' },
    ...changes,
  });
  return summary!;
}

/** Every picture from the first to the last is in the file, which ffmpeg decodes without a complaint. */
function expectWhole(summary: RecordSummary): void {
  expect([summary.errorCode, summary.gaps]).toEqual([undefined, []]);
  expect(summary.frames).toBeGreaterThan(SECONDS * FPS * 0.8);
  const [segment] = summary.segments;
  const file = path.join(summary.folder, '..', segment!.path);
  const decoded = spawnSync('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  expect([decoded.stderr, decoded.status]).toEqual(['', 0]);
  const probed = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'frame=pts', '-of', 'csv=p=0', file], {
    encoding: 'utf8',
  });
  const times = probed.stdout
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter(Number.isFinite);
  expect(times).toHaveLength(segment!.frames);
  const period = 90_000 / FPS;
  expect(times.map((time) => Math.round((time - times[0]!) / period))).toEqual(times.map((_, index) => index));
}

describe.skipIf(!hasPeer)('GStreamer’s RTSP server with a password', { timeout: 60_000 }, () => {
  test('is recorded whole over TCP and UDP, H.264 and H.265, with Digest and Basic, and by itself over what it offers', async () => {
    const cases: readonly (readonly [TransportChoice, Camera])[] = [
      ['tcp', {}],
      ['udp', {}],
      ['auto', { offers: 'tcp' }],
      ['auto', { offers: 'udp' }],
      ['tcp', { codec: 'h265' }],
      ['udp', { codec: 'h265' }],
      ['tcp', { scheme: 'basic' }],
      ['udp', { scheme: 'basic' }],
    ];
    const summaries = await Promise.all(
      cases.map(async ([transport, camera]) => record(`rtsp://${await serve(camera)}/cam`, { transport })),
    );
    for (const summary of summaries) expectWhole(summary);
  });

  test('says that the transport is refused when it is not offered', async () => {
    const [overTcp, overUdp] = await Promise.all([
      record(`rtsp://${await serve({ offers: 'udp' })}/cam`, { transport: 'tcp' }),
      record(`rtsp://${await serve({ offers: 'tcp' })}/cam`, { transport: 'udp' }),
    ]);
    expect([overTcp.errorCode, overUdp.errorCode]).toEqual(['RTSP_TRANSPORT_REFUSED', 'RTSP_TRANSPORT_REFUSED']);
  });

  test('is recorded over TLS by its fingerprint or its authority, and by nothing else', async () => {
    const { key, cert, sha256 } = makeCertificate();
    const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    await Promise.all([writeFile(keyFile, key), writeFile(certFile, cert)]);
    const tls = [certFile, keyFile] as const;
    const url = `rtsps://${await serve({ tls })}/cam`;
    const probed = await probeCamera({ url, credentials: CREDENTIALS, connectTimeoutMs: 5000, clock: systemClock });
    expect(probed.steps.at(-1)).toMatchObject({
      step: 'reached',
      ok: false,
      errorCode: 'CAMERA_CERTIFICATE_UNTRUSTED',
    });
    expect(probed.steps.at(-1)?.detail).toContain(sha256);
    const env = {
      VANTAGE_LOG_LEVEL: 'silent',
      VANTAGE_INGEST_MINIMUM_FREE_MB: '0',
      VANTAGE_INGEST_TLS_CA_FILE: certFile,
    };
    // A server each: a second viewer sets this one's film back to its beginning.
    const another = `rtsps://${await serve({ tls })}/cam`;
    const h265 = `rtsps://${await serve({ tls, codec: 'h265' })}/cam`;
    const all = await Promise.all([
      record(url, { certificateSha256: sha256 }),
      record(another, { env }),
      record(h265, { certificateSha256: sha256 }),
    ]);
    for (const summary of all) expectWhole(summary);
  });
});
