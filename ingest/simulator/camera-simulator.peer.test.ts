import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { FramePool } from '../frames/frame-pool.ts';
import { FrameSampler } from '../frames/frame-sampler.ts';
import { KeyFrameDecoderPool } from '../frames/key-frame-decoder-pool.ts';
import { readMark, writeMarkedVideo } from '../frames/testing/marked-video.ts';
import type { TransportChoice } from '../cameras/camera.ts';
import { StreamHub } from '../hub/stream-hub.ts';
import { type AccessUnit, cameraId } from '../media.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { RtspSession } from '../rtsp/rtsp-session.ts';
import { CameraSimulator, type CameraSimulatorOptions } from './camera-simulator.ts';
import { parseFaults } from './faults.ts';

/** 2 s at 10 pictures a second, a key frame every half second: goes round quickly. */
const CLIP_FRAMES = 20;
const PATH = '/cam/1';
const CREDENTIALS: Credentials = { username: 'operator', password: 'right-one' };

/** Long, for machines that do much else; short when all is well. */
const WAIT = { timeout: 15_000 };

describe('the camera simulator', { timeout: 40_000 }, () => {
  let folder = '';
  let clipFile = '';
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vantage-simulator-'));
    clipFile = join(folder, 'clip.mp4');
    writeMarkedVideo(clipFile, { widthPx: 320, heightPx: 192, frames: CLIP_FRAMES, firstNumber: 0, gop: 5 });
  });

  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function startSimulator(
    options: Partial<CameraSimulatorOptions> & { faults?: string; credentials?: Credentials } = {},
  ): Promise<CameraSimulator> {
    const { faults, credentials, ...rest } = options;
    const plan = parseFaults(faults ?? '', 2);
    const simulator = new CameraSimulator({
      port: 0,
      cameras: [1, 2].map((number) => ({
        path: `/cam/${number}`,
        clipFile,
        phaseMs: number * 300,
        credentials,
        faults: plan.get(number),
      })),
      log: silentLog,
      ...rest,
    });
    closers.push(() => simulator.close());
    await simulator.start();
    return simulator;
  }

  function openSession(
    url: string,
    units: AccessUnit[],
    credentials?: Credentials,
    hub?: StreamHub,
    transport: TransportChoice = 'auto',
  ): RtspSession {
    const session = new RtspSession({
      url,
      transport,
      credentials,
      connectTimeoutMs: 3000,
      stallTimeoutMs: 1000,
      clock: systemClock,
      onAccessUnit: (unit) => {
        units.push(unit);
        hub?.publish(unit);
      },
    });
    closers.push(() => session.close());
    return session;
  }

  /** Of so many packets over UDP, as they come from the wire. */
  async function rawSequenceNumbers(url: string, count: number): Promise<number[]> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    const numbers: number[] = [];
    sockets[0].on('message', (bytes) => numbers.push(bytes.readUInt16BE(2)));
    for (const socket of sockets) {
      closers.push(() => socket.close());
      await new Promise<void>((resolve) => {
        socket.bind(0, '127.0.0.1', resolve);
      });
    }
    const connection = connect(Number(new URL(url).port), '127.0.0.1');
    closers.push(() => connection.destroy());
    const answers: string[] = [];
    connection.on('data', (bytes: Buffer) => answers.push(bytes.toString()));
    connection.on('error', () => {});
    const ports = sockets.map((socket) => socket.address().port).join('-');
    connection.write(`SETUP ${url}/trackID=1 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;client_port=${ports}\r\n\r\n`);
    connection.write(`PLAY ${url} RTSP/1.0\r\nCSeq: 2\r\n\r\n`);
    await expect.poll(() => numbers.length, WAIT).toBeGreaterThan(count);
    return numbers;
  }

  const never = new AbortController().signal;

  it('plays on over the end of the clip without a break in time, at the pace of the film', async () => {
    const simulator = await startSimulator();
    const units: AccessUnit[] = [];
    await openSession(simulator.url(PATH), units).start(never);
    const startMs = performance.now();
    await expect.poll(() => units.length, WAIT).toBe(25);
    const elapsedMs = performance.now() - startMs;
    expect(elapsedMs).toBeGreaterThan(2300);
    expect(elapsedMs).toBeLessThan(5000);
    expect(units[0]!.isKeyFrame).toBe(true);
    for (const [i, unit] of units.entries()) expect(unit.pts90k - units[0]!.pts90k).toBe(i * 9000);
    expect(units.some((unit) => unit.damaged)).toBe(false);
  });

  it('tells by its sender reports which picture of the clip each one is', async () => {
    const simulator = await startSimulator();
    const frames = new FramePool({ maxSizeBytes: 8_000_000 });
    const decoders = new KeyFrameDecoderPool({
      processes: 1,
      maxWidthPx: 1280,
      frames,
      clock: systemClock,
      log: silentLog,
    });
    decoders.start();
    closers.push(() => decoders.close());
    const seen: { path: string; mark: number | undefined; expected: number }[] = [];
    for (const [path, fps] of [
      ['/cam/1', 5],
      ['/cam/2', 0],
    ] as const) {
      const hub = new StreamHub();
      const sampler = new FrameSampler({
        cameraId: cameraId(path),
        stream: 'main',
        hub,
        profile: fps ? { mode: 'fps', fps } : { mode: 'keyframes' },
        keyFrameDecoders: decoders,
        frames,
        maxWidthPx: 1280,
        clock: systemClock,
        log: silentLog,
        onFrame: (frame) => {
          const mark = readMark(new Uint8Array(frame.pixels), frame.widthPx, frame.heightPx);
          frame.release();
          const expected = Math.round(simulator.clipPositionMs(path, frame.wallMs) / 100) % CLIP_FRAMES;
          seen.push({ path, mark, expected });
        },
      });
      sampler.start();
      closers.push(() => sampler.close());
      await openSession(simulator.url(path), [], undefined, hub).start(never);
    }
    const countOf = (path: string) => seen.filter((one) => one.path === path).length;
    await expect.poll(() => Math.min(countOf('/cam/1') / 3, countOf('/cam/2')), WAIT).toBeGreaterThan(4);
    expect(seen.filter(({ mark, expected }) => mark !== expected)).toEqual([]);
    expect(frames.lentCount).toBe(0);
  });

  it.each(['digest', 'basic', 'both'] as const)('lets in who knows the password, by %s', async (authentication) => {
    const simulator = await startSimulator({ credentials: CREDENTIALS, authentication });
    const units: AccessUnit[] = [];
    await openSession(simulator.url(PATH), units, CREDENTIALS).start(never);
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(0);
    const wrong = openSession(simulator.url(PATH), [], { ...CREDENTIALS, password: 'wrong-one' });
    await expect(wrong.start(never)).rejects.toMatchObject({ code: 'RTSP_AUTH_REJECTED' });
    await expect(openSession(simulator.url(PATH), []).start(never)).rejects.toMatchObject({
      code: 'RTSP_AUTH_REJECTED',
    });
  });

  it.each([
    ['1:wrong-password', 'RTSP_AUTH_REJECTED'],
    ['1:mjpeg', 'CODEC_UNSUPPORTED'],
    ['1:not-rtsp', 'RTSP_NOT_RTSP'],
  ])('with fault %s is refused by our client with %s, and the other camera plays', async (faults, code) => {
    const simulator = await startSimulator({ faults, credentials: CREDENTIALS });
    const session = openSession(simulator.url(PATH), [], CREDENTIALS);
    await expect(session.start(never)).rejects.toMatchObject({ code });
    const units: AccessUnit[] = [];
    await openSession(simulator.url('/cam/2'), units, CREDENTIALS).start(never);
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(0);
  });

  it('knows no camera at another path', async () => {
    const simulator = await startSimulator();
    const session = openSession(simulator.url('/cam/9'), []);
    await expect(session.start(never)).rejects.toMatchObject({ code: 'RTSP_STREAM_NOT_FOUND' });
  });

  it('stalls when told to, and the session ends as stalled', async () => {
    const simulator = await startSimulator();
    const units: AccessUnit[] = [];
    const session = openSession(simulator.url(PATH), units);
    await session.start(never);
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(2);
    simulator.setFault(PATH, { kind: 'stall' });
    expect(await session.ended).toMatchObject({ code: 'STREAM_STALLED' });
    simulator.setFault(PATH, null);
    const after: AccessUnit[] = [];
    await openSession(simulator.url(PATH), after).start(never);
    await expect.poll(() => after.length, WAIT).toBeGreaterThan(2);
  });

  it('disconnects at the planned time and takes new connections after it', async () => {
    const simulator = await startSimulator({ faults: '1:disconnect@0.8' });
    const session = openSession(simulator.url(PATH), []);
    await session.start(never);
    expect(simulator.viewerCount(PATH)).toBe(1);
    expect(await session.ended).toMatchObject({ code: 'STREAM_ENDED' });
    await openSession(simulator.url(PATH), []).start(never);
    expect(simulator.viewerCount(PATH)).toBe(1);
  });

  it('loses packets, and the client counts them', async () => {
    const simulator = await startSimulator({ faults: '1:loss=0.3' });
    const units: AccessUnit[] = [];
    const session = openSession(simulator.url(PATH), units);
    await session.start(never);
    await expect.poll(() => session.counters.lostPackets, WAIT).toBeGreaterThan(3);
  });

  it.each([
    ['1:no-tcp', 'udp'],
    ['1:no-udp', 'tcp'],
  ])('with fault %s is played over %s', async (faults, transport) => {
    const simulator = await startSimulator({ faults });
    const units: AccessUnit[] = [];
    const session = openSession(simulator.url(PATH), units);
    await session.start(never);
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(3);
    expect(session.transport).toBe(transport);
  });

  it('reorders packets over UDP, and our client puts them in order', async () => {
    const simulator = await startSimulator({ faults: '1:reorder=0.3' });
    const units: AccessUnit[] = [];
    const session = openSession(simulator.url(PATH), units, undefined, undefined, 'udp');
    await session.start(never);
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(15);
    expect(session.counters.lostPackets).toBe(0);
    expect(units.some((unit) => unit.damaged)).toBe(false);
    for (const [i, unit] of units.entries()) expect(unit.pts90k - units[0]!.pts90k).toBe(i * 9000);
    // What was sent, seen without anything that puts it in order.
    const numbers = await rawSequenceNumbers(simulator.url(PATH), 60);
    expect(numbers.some((one, i) => i > 0 && ((one - numbers[i - 1]!) & 0xffff) > 0x8000)).toBe(true);
  });

  it('loses 30 % of the packets over UDP for real, and the session goes on', async () => {
    const simulator = await startSimulator({ faults: '1:loss=0.3' });
    const units: AccessUnit[] = [];
    const session = openSession(simulator.url(PATH), units, undefined, undefined, 'udp');
    await session.start(never);
    await expect.poll(() => session.counters.lostPackets, WAIT).toBeGreaterThan(10);
    const { packets, lostPackets } = session.counters;
    expect(lostPackets / (packets + lostPackets)).toBeGreaterThan(0.1);
    expect(lostPackets / (packets + lostPackets)).toBeLessThan(0.6);
    const before = units.length;
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(before + 3);
  });

  it('corrupts pictures whose packets are all there', async () => {
    const simulator = await startSimulator();
    const sound: AccessUnit[] = [];
    const spoilt: AccessUnit[] = [];
    await openSession(simulator.url(PATH), sound).start(never);
    await expect.poll(() => sound.length, WAIT).toBeGreaterThan(CLIP_FRAMES + 5);
    simulator.setFault(PATH, { kind: 'corrupt', ratio: 1 });
    await openSession(simulator.url(PATH), spoilt).start(never);
    await expect.poll(() => spoilt.length, WAIT).toBeGreaterThan(5);
    expect(spoilt.some((unit) => unit.damaged)).toBe(false);
    const known = new Set(sound.slice(0, CLIP_FRAMES).map((unit) => Buffer.concat(unit.nalUnits).toString('base64')));
    expect(spoilt.every((unit) => !known.has(Buffer.concat(unit.nalUnits).toString('base64')))).toBe(true);
  });

  it('holds back the first key frame when told to', async () => {
    const simulator = await startSimulator({ faults: '1:late-key=1.5' });
    const units: AccessUnit[] = [];
    const startMs = performance.now();
    await openSession(simulator.url(PATH), units).start(never);
    await expect.poll(() => units.some((unit) => unit.isKeyFrame), WAIT).toBe(true);
    expect(performance.now() - startMs).toBeGreaterThan(1400);
  });

  it('closes the connection of a client that gives no sign of life', async () => {
    const simulator = await startSimulator({ sessionTimeoutMs: 500 });
    const socket = connect(Number(new URL(simulator.url(PATH)).port), '127.0.0.1');
    closers.push(() => socket.destroy());
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.resume();
    socket.write(
      `SETUP ${simulator.url(PATH)}/trackID=1 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n`,
    );
    await ended;
    await expect.poll(() => simulator.viewerCount(PATH), WAIT).toBe(0);
  });

  it.each(['tcp', 'udp'])('is played by ffmpeg over %s without a complaint', async (transport) => {
    const simulator = await startSimulator({ credentials: CREDENTIALS });
    const url = simulator.url(PATH).replace('rtsp://', `rtsp://${CREDENTIALS.username}:${CREDENTIALS.password}@`);
    const child = spawn('ffmpeg', [
      ...'-hide_banner -nostdin -v error -xerror -rtsp_transport'.split(' '),
      transport,
      '-i',
      url,
      ...'-frames:v 12 -f framemd5 -'.split(' '),
    ]);
    closers.push(() => child.kill('SIGKILL'));
    let output = '';
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
    const hashes = output.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(hashes).toHaveLength(12);
  });

  it('says when its port is taken', async () => {
    const first = await startSimulator();
    const port = Number(new URL(first.url(PATH)).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'SIMULATOR_PORT_BUSY', context: { port } });
  });
});
