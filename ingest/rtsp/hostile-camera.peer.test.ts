import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraPipeline } from '../camera-pipeline.ts';
import { ingestConfigSchema } from '../config.ts';
import { ConnectLimiter } from '../connect-limiter.ts';
import type { SegmentRecord } from '../media.ts';
import { VideoReceiver } from '../rtp/video-receiver.ts';
import { buildRtpPacket } from '../rtp/rtp-packet.ts';
import { RecordingDisk } from '../recorder/recording-disk.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { FakeCamera, SDP } from '../testdata/fake-camera.ts';
import { testCamera } from '../testdata/test-camera.ts';
import { headerOf, RtspReader, writeRtspResponse } from './rtsp-message.ts';

const FRAMES = 150;
const CLIP = encodeClip({ frames: FRAMES, gop: 10 });
const MB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-hostile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Memory in use outside and inside of the heap, after all garbage is gone. */
async function usedBytes(): Promise<number> {
  // What a first collection found dead outside of the heap is freed a little later.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function interleaved(channel: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x24, channel, bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function rtp(sequenceNumber: number, payload: Buffer, timestamp = 0): Buffer {
  return buildRtpPacket({ marker: false, payloadType: 96, sequenceNumber, timestamp, ssrc: 1, payload });
}

const NOISE = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919 + (at >> 3) * 104_729) & 0xff));

function noise(sizeBytes: number): Buffer {
  return NOISE.subarray(0, sizeBytes);
}

/** What each of them does with a connection, once it was asked to play (or from the start). */
const HOSTILE: Readonly<Record<string, (socket: net.Socket) => void>> = {
  'noise in place of packets': (socket) => void socket.write(noise(200_000)),
  'packets of noise': (socket) => {
    for (let i = 0; i < 200; i++) socket.write(interleaved(i % 3, noise(1000 + i)));
  },
  'a fragment without end': (socket) => {
    const body = Buffer.concat([Buffer.of(0x7c, 0x05), noise(1300)]);
    const first = Buffer.concat([Buffer.of(0x7c, 0x85), noise(1300)]);
    for (let i = 0; i < 3000; i++) socket.write(interleaved(0, rtp(i, i === 0 ? first : body)));
  },
  'headers without end': (socket) => {
    socket.write('RTSP/1.0 200 OK\r\n');
    for (let i = 0; i < 2000; i++) socket.write(`X-${i}: ${'y'.repeat(100)}\r\n`);
  },
  'requests without end': (socket) => {
    for (let i = 0; i < 2000; i++) socket.write(`OPTIONS * RTSP/1.0\r\nCSeq: ${i}\r\n\r\n`);
  },
  'parameter sets of nonsense': (socket) => {
    for (let i = 0; i < 2000; i++)
      socket.write(interleaved(0, rtp(i, Buffer.concat([Buffer.of(0x67 + (i % 2)), noise(i % 900)]), i)));
  },
};

async function hostileCamera(attack: (socket: net.Socket) => void): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    const reader = new RtspReader({
      onInterleaved: () => undefined,
      onMessage: (message) => {
        if (message.type !== 'request') return;
        const headers = {
          CSeq: headerOf(message, 'cseq'),
          Session: '1',
          ...(message.method === 'SETUP' ? { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' } : {}),
        };
        socket.write(writeRtspResponse(200, 'OK', headers, message.method === 'DESCRIBE' ? SDP : ''));
        if (message.method === 'PLAY') attack(socket);
      },
    });
    socket.on('data', (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch {
        socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function pipeline(name: string, url: string, segments: SegmentRecord[]): CameraPipeline {
  const config = readConfig(
    'INGEST',
    ingestConfigSchema,
    {},
    { recordingFolder: folder, retryInitialMs: 50, retryMaxMs: 200 },
  );
  return new CameraPipeline({
    camera: testCamera(name, url),
    config,
    limiter: new ConnectLimiter(200, systemClock),
    disk: new RecordingDisk({ config, clock: systemClock }),
    segments: { appendSegment: (one) => void segments.push(one), openGap: () => undefined, closeGap: () => undefined },
    states: { stateChanged: () => undefined },
    clock: systemClock,
    log: silentLog,
  });
}

test('cameras that send anything but video cost a good one beside them no picture', async () => {
  const servers = await Promise.all(Object.values(HOSTILE).map(hostileCamera));
  const good = await FakeCamera.start({ clip: CLIP, fps: 50 });
  const segments: SegmentRecord[] = [];
  const lines = servers.map((server, at) => {
    return pipeline(`hostile-${at}`, `rtsp://127.0.0.1:${(server.address() as net.AddressInfo).port}/x`, []);
  });
  const line = pipeline('good', good.url, segments);
  let units = 0;
  line.hub('main')?.attach({ name: 'count', onAccessUnit: () => void units++ });
  for (const one of [...lines, line]) one.start();
  await expect.poll(() => units, { timeout: 30_000, interval: 50 }).toBe(FRAMES);
  // They were tried again and again meanwhile.
  expect(good.connections).toBe(1);
  await Promise.all([...lines, line].map((one) => one.close()));
  expect(segments.reduce((sum, segment) => sum + segment.frames, 0)).toBe(FRAMES);
  await good.close();
  for (const server of servers) server.close();
}, 60_000);

test.each(['fragments', 'slices', 'aggregates'])(
  'a picture of %s without end takes no memory without end',
  async (kind) => {
    const receiver = new VideoReceiver({
      codec: 'h264',
      payloadType: 96,
      parameterSets: [],
      clock: systemClock,
      onAccessUnit: () => undefined,
    });
    const slice = Buffer.concat([Buffer.of(0x41, 0x9a), noise(1398)]);
    const before = await usedBytes();
    for (let i = 0; i < 60_000; i++) {
      let payload = slice;
      if (kind === 'fragments') payload = Buffer.concat([Buffer.of(0x7c, i === 0 ? 0x85 : 0x05), slice]);
      if (kind === 'aggregates')
        payload = Buffer.concat([
          Buffer.of(24, 0, 200),
          slice.subarray(0, 200),
          Buffer.of(0, 200),
          slice.subarray(0, 200),
        ]);
      receiver.takeRtp(rtp(i & 0xffff, payload));
    }
    // 84 MB came in; a picture may have 8 MB.
    expect((await usedBytes()) - before).toBeLessThan(20 * MB);
    expect(receiver.counters.packets).toBe(60_000);
  },
);

test('a connection that sends the half of everything takes no memory without end', async () => {
  const before = await usedBytes();
  const readers = Array.from({ length: 50 }, () => {
    const reader = new RtspReader({ onMessage: () => undefined, onInterleaved: () => undefined });
    reader.push(Buffer.from('RTSP/1.0 200 OK\r\n\r\n'));
    for (let i = 0; i < 40; i++) reader.push(interleaved(0, noise(60_000)));
    reader.push(Buffer.concat([Buffer.of(0x24, 0, 0xff, 0xff), noise(60_000)]));
    return reader;
  });
  // One packet of at most 64 kB each, held in a buffer that doubled.
  expect((await usedBytes()) - before).toBeLessThan(readers.length * 200 * 1024);
});
