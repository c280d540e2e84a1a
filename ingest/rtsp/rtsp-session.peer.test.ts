import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { AccessUnit } from '../media.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions, SDP } from '../testdata/fake-camera.ts';
import { ReadRounds } from './read-rounds.ts';
import { RtspSession, type RtspSessionOptions } from './rtsp-session.ts';

const CLIP = encodeClip({ frames: 40, gop: 10 });
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function camera(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 100, ...options });
  closers.push(() => fake.close());
  return fake;
}

function open(
  url: string,
  changes: Partial<RtspSessionOptions> = {},
): { session: RtspSession; units: AccessUnit[]; start: () => Promise<void> } {
  const units: AccessUnit[] = [];
  const session = new RtspSession({
    url,
    credentials: undefined,
    connectTimeoutMs: 2000,
    stallTimeoutMs: 2000,
    clock: systemClock,
    onAccessUnit: (unit) => units.push(unit),
    ...changes,
  });
  closers.push(() => session.close());
  return { session, units, start: () => session.start(new AbortController().signal) };
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('a session', () => {
  test('is read in turns while nobody needs the pictures at once, and misses none', async () => {
    const fake = await camera({ fps: 10 });
    const rounds = new ReadRounds(100);
    rounds.start();
    const { session, units, start } = open(fake.url, { rounds });
    session.setHurried(false);
    await start();
    // It read what came with the answer to PLAY, or waits for its first turn already.
    const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
    await expect.poll(() => rounds.isPatient, { timeout: 20_000 }).toBe(true);
    await pause(300);
    const before = units.length;
    await pause(300);
    expect(units.length).toBe(before);
    rounds.round(performance.now());
    rounds.round(performance.now() + 100);
    await expect.poll(() => units.length, { timeout: 20_000 }).toBeGreaterThan(before);
    // Somebody looks: all that comes is there without a turn.
    await pause(100);
    session.setHurried(true);
    await expect.poll(() => units.length, { timeout: 20_000 }).toBe(CLIP.length);
    expect(units.map((unit) => unit.pts90k)).toEqual(units.map((_, index) => index * 9000));
  }, 60_000);

  test('plays, hands on every picture, and tears down', async () => {
    const fake = await camera({ contentBase: 'rtsp://127.0.0.1/base/' });
    const { session, units, start } = open(fake.url);
    await start();
    await expect.poll(() => units.length).toBe(CLIP.length);
    expect(units.map((unit) => unit.isKeyFrame)).toEqual(CLIP.map((picture) => picture.isKeyFrame));
    expect(units.map((unit) => unit.pts90k)).toEqual(CLIP.map((_, index) => index * 900));
    expect(Math.abs(units[0]!.wallMs - Date.now())).toBeLessThan(5000);
    await session.close();
    expect(await session.ended).toBeUndefined();
    expect(fake.methods()).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
    const setUp = fake.requests.find((request) => request.method === 'SETUP');
    expect(setUp?.uri).toBe('rtsp://127.0.0.1/base/track1');
  });

  test('takes packets that come before the answer to PLAY', async () => {
    const fake = await camera({ sendBeforePlayAnswer: true });
    const { units, start } = open(fake.url);
    await start();
    await expect.poll(() => units.length).toBe(CLIP.length);
  });

  test('takes the channels that the camera chose, promised or not', async () => {
    for (const options of [{ transport: 'RTP/AVP/TCP;interleaved=4-5', channel: 4 }, { channel: 8 }]) {
      const fake = await camera(options);
      const { units, start } = open(fake.url);
      await start();
      await expect.poll(() => units.length).toBe(CLIP.length);
    }
  });

  test('answers questions of the camera', async () => {
    const fake = await camera();
    const { session, units, start } = open(fake.url);
    await start();
    fake.ask('OPTIONS');
    fake.ask('ANNOUNCE');
    await expect.poll(() => units.length).toBe(CLIP.length);
    fake.ask('TEARDOWN');
    expect((await session.ended)?.code).toBe('STREAM_ENDED');
  });

  test('keeps alive at half the session time-out, with what the camera offers', async () => {
    for (const [publicMethods, expected] of [
      ['OPTIONS, GET_PARAMETER', 'GET_PARAMETER'],
      ['OPTIONS, PLAY', 'OPTIONS'],
    ]) {
      const fake = await camera({
        sessionTimeoutS: 2,
        publicMethods: publicMethods!,
        clip: encodeClip({ frames: 200 }),
      });
      const { start } = open(fake.url);
      await start();
      await expect.poll(() => fake.methods().slice(4), { timeout: 3000 }).toContain(expected);
      expect(fake.requests.at(-1)?.headers.get('session')).toEqual(['abc']);
    }
  });
});

describe('signing in', () => {
  const auth = { username: 'admin', password: 'päss:word' };

  test('works with Basic and with both Digests, at the cost of one extra request', async () => {
    for (const scheme of ['basic', 'md5', 'sha256'] as const) {
      const fake = await camera({ auth: { ...auth, scheme } });
      const { units, start } = open(fake.url, { credentials: auth });
      await start();
      await expect.poll(() => units.length).toBeGreaterThan(3);
      expect(fake.methods().slice(0, 5)).toEqual(['OPTIONS', 'OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY']);
    }
  });

  test('tries once more when the nonce went stale', async () => {
    const fake = await camera({ auth: { ...auth, scheme: 'md5' }, staleNonces: 1 });
    await open(fake.url, { credentials: auth }).start();
    expect(fake.methods().slice(0, 3)).toEqual(['OPTIONS', 'OPTIONS', 'OPTIONS']);
  });

  test('stops at the second refusal, so that the account is not locked', async () => {
    for (const scheme of ['basic', 'sha256'] as const) {
      const fake = await camera({ auth: { ...auth, scheme } });
      const { start } = open(fake.url, { credentials: { username: 'admin', password: 'wrong' } });
      expect(await codeOf(start())).toBe('RTSP_AUTH_REJECTED');
      expect(fake.requests.length).toBeLessThanOrEqual(scheme === 'basic' ? 2 : 3);
    }
    const fake = await camera({ auth: { ...auth, scheme: 'md5' } });
    expect(await codeOf(open(fake.url).start())).toBe('RTSP_AUTH_REJECTED');
    expect(fake.requests).toHaveLength(1);
  });
});

describe('each failure has its code', () => {
  test('nobody listens', async () => {
    const fake = await FakeCamera.start({ clip: CLIP });
    await fake.close();
    expect(await codeOf(open(`rtsp://127.0.0.1:1/x`).start())).toBe('CAMERA_UNREACHABLE');
  });

  test('another protocol answers, or nothing at all', async () => {
    for (const [answer, code] of [
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 'RTSP_NOT_RTSP'],
      ['', 'RTSP_TIMEOUT'],
    ] as const) {
      const server = net.createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => socket.write(answer));
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const { port } = server.address() as net.AddressInfo;
      expect(await codeOf(open(`rtsp://127.0.0.1:${port}/x`, { connectTimeoutMs: 200 }).start())).toBe(code);
      server.close();
    }
  });

  test('no such path, no rights, a broken answer', async () => {
    for (const [status, code] of [
      [404, 'RTSP_STREAM_NOT_FOUND'],
      [403, 'RTSP_AUTH_REJECTED'],
      [500, 'RTSP_PROTOCOL'],
    ] as const) {
      const fake = await camera({ status: { DESCRIBE: status } });
      expect(await codeOf(open(fake.url).start())).toBe(code);
    }
  });

  test('VP8, sound only, transport over UDP', async () => {
    for (const [options, code] of [
      [{ sdp: SDP.replace('H264', 'VP8') }, 'CODEC_UNSUPPORTED'],
      [{ sdp: SDP.replace('m=video', 'm=audio') }, 'RTSP_NO_VIDEO'],
      [{ transport: 'RTP/AVP;unicast;client_port=5000-5001' }, 'RTSP_TRANSPORT_REFUSED'],
    ] as const) {
      const fake = await camera(options);
      expect(await codeOf(open(fake.url, { transport: 'tcp' }).start())).toBe(code);
    }
  });

  test('the camera stops sending, or closes the connection', async () => {
    for (const [options, code] of [
      [{ stallAfter: 5 }, 'STREAM_STALLED'],
      [{ closeAfter: 5 }, 'STREAM_ENDED'],
    ] as const) {
      const fake = await camera(options);
      const { session, units, start } = open(fake.url, { stallTimeoutMs: 500 });
      await start();
      expect((await session.ended)?.code).toBe(code);
      expect(units).toHaveLength(5);
    }
  });

  test('an abort ends it while it still connects', async () => {
    const abort = new AbortController();
    const { session } = open('rtsp://10.255.255.1/x');
    const started = codeOf(session.start(abort.signal));
    abort.abort();
    expect(await started).toMatch(/STREAM_ENDED|CAMERA_UNREACHABLE/);
  });
});
