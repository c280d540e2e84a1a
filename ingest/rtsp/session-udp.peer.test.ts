import { createSocket } from 'node:dgram';
import { afterEach, expect, test, vi } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { AccessUnit } from '../media.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions } from '../testdata/fake-camera.ts';
import { headerOf } from './rtsp-message.ts';
import { RtspSession, type RtspSessionOptions } from './rtsp-session.ts';

vi.setConfig({ testTimeout: 30_000 });
const CLIP = encodeClip({ frames: 40, gop: 10 });
const WAIT = { timeout: 15_000 };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function play(
  options: Partial<FakeCameraOptions>,
  changes: Partial<RtspSessionOptions> = {},
): Promise<{ fake: FakeCamera; session: RtspSession; units: AccessUnit[] }> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 100, ...options });
  const units: AccessUnit[] = [];
  const session = new RtspSession({
    url: fake.url,
    credentials: undefined,
    connectTimeoutMs: 5000,
    stallTimeoutMs: 5000,
    clock: systemClock,
    onAccessUnit: (unit) => units.push(unit),
    ...changes,
  });
  closers.push(
    () => session.close(),
    () => fake.close(),
  );
  await session.start(new AbortController().signal);
  return { fake, session, units };
}

/** Hands packets on in groups of this size, backwards. */
function backwards(size: number): (packets: readonly Buffer[]) => readonly Buffer[] {
  let group: Buffer[] = [];
  return (packets) => {
    group.push(...packets);
    if (group.length < size) return [];
    const out = group.toReversed();
    group = [];
    return out;
  };
}

test('plays over UDP, on an even port and the one after it, and reports there', async () => {
  const { fake, session, units } = await play({}, { transport: 'udp' });
  await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
  expect(units.some((unit) => unit.damaged)).toBe(false);
  expect(session.transport).toBe('udp');
  const [setUp] = fake.requests.filter(({ method }) => method === 'SETUP');
  const transport = /^RTP\/AVP;unicast;client_port=(\d+)-(\d+)$/.exec(headerOf(setUp!, 'transport')!);
  expect(Number(transport![1]) % 2).toBe(0);
  expect(Number(transport![2])).toBe(Number(transport![1]) + 1);
  // Both ways were opened, from the ports that were named.
  await expect
    .poll(() => fake.datagrams.map(({ kind }) => kind), WAIT)
    .toEqual(expect.arrayContaining(['rtp', 'rtcp']));
  expect(fake.datagrams.find(({ kind }) => kind === 'rtp')?.port).toBe(Number(transport![1]));
  expect(fake.datagrams.find(({ kind }) => kind === 'rtcp')?.port).toBe(Number(transport![2]));
});

test('sends receiver reports to the camera’s port, with what was lost', async () => {
  let count = 0;
  const udp: FakeCameraOptions['udp'] = (packets) => packets.filter(() => ++count % 10 !== 0);
  const clip = encodeClip({ frames: 250, gop: 10 });
  const { fake, session } = await play({ udp, clip, fps: 30 }, { transport: 'udp', stallTimeoutMs: 2500 });
  const reports = (): Buffer[] =>
    fake.datagrams.filter(({ kind, bytes }) => kind === 'rtcp' && bytes.length > 8).map(({ bytes }) => bytes);
  await expect.poll(() => reports().length, WAIT).toBeGreaterThan(0);
  const [report] = reports();
  expect([report!.readUInt8(1), report!.readUInt32BE(8)]).toEqual([201, 7]);
  expect(report!.readUInt8(12)).toBeGreaterThan(10);
  expect(session.counters.lostPackets).toBeGreaterThan(0);
});

test('puts packets back in order', async () => {
  const { session, units } = await play({ udp: backwards(4) }, { transport: 'udp' });
  // The last group is never full.
  await expect.poll(() => units.length, WAIT).toBeGreaterThan(CLIP.length - 5);
  expect(units.some((unit) => unit.damaged)).toBe(false);
  expect(units.map((unit) => unit.pts90k)).toEqual(units.map((_, index) => index * 900));
  expect(session.counters.lostPackets).toBe(0);
});

test('leaves out what comes twice, and goes on over 30 % loss', async () => {
  const twice = await play({ udp: (packets) => packets.flatMap((one) => [one, one]) }, { transport: 'udp' });
  await expect.poll(() => twice.units.length, WAIT).toBe(CLIP.length);
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const udp: FakeCameraOptions['udp'] = (packets) => packets.filter(() => random() > 0.3);
  const lossy = await play({ udp, clip: encodeClip({ frames: 150, gop: 10, slices: 3 }) }, { transport: 'udp' });
  await expect.poll(() => lossy.session.counters.lostPackets, WAIT).toBeGreaterThan(10);
  await expect.poll(() => lossy.units.some((unit) => unit.damaged), WAIT).toBe(true);
});

test('takes UDP when the camera refuses TCP, in the same session', async () => {
  for (const refuseTcp of [461, 400, 451]) {
    const { fake, session, units } = await play({ refuseTcp });
    await expect.poll(() => units.length, WAIT).toBeGreaterThan(5);
    expect(session.transport).toBe('udp');
    expect(fake.methods().slice(0, 5)).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'SETUP', 'PLAY']);
  }
});

test('begins with what worked last', async () => {
  const { fake, session } = await play({}, { lastTransport: 'udp' });
  expect(session.transport).toBe('udp');
  expect(fake.methods().filter((method) => method === 'SETUP')).toHaveLength(1);
});

test('says that UDP is blocked when it was granted and nothing comes, and tears down', async () => {
  const { fake, session } = await play(
    { udp: () => [], hidesServerPorts: true },
    { transport: 'udp', stallTimeoutMs: 700 },
  );
  expect((await session.ended)?.code).toBe('RTP_UDP_BLOCKED');
  await expect.poll(() => fake.methods().at(-1), WAIT).toBe('TEARDOWN');
});

test('says that the transport is refused when it must be that one', async () => {
  const code = async (options: Partial<FakeCameraOptions>, changes: Partial<RtspSessionOptions>): Promise<string> => {
    try {
      await play(options, changes);
      return 'played';
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
  };
  expect(await code({ refuseTcp: 461 }, { transport: 'tcp' })).toBe('RTSP_TRANSPORT_REFUSED');
  expect(await code({ status: { SETUP: 461 } }, {})).toBe('RTSP_TRANSPORT_REFUSED');
  expect(await code({ status: { SETUP: 404 } }, {})).toBe('RTSP_STREAM_NOT_FOUND');
  expect(await code({ transport: 'RTP/AVP/TCP;interleaved=0-1' }, { transport: 'udp' })).toBe('RTSP_TRANSPORT_REFUSED');
});

test('takes no packets from another address', async () => {
  const { fake, session, units } = await play({ clip: CLIP.slice(0, 1) }, { transport: 'udp' });
  const [setUp] = fake.requests.filter(({ method }) => method === 'SETUP');
  const port = Number(/client_port=(\d+)/.exec(headerOf(setUp!, 'transport')!)![1]);
  await expect.poll(() => units.length, WAIT).toBe(1);
  const before = session.counters.packets;
  const stranger = createSocket('udp4');
  await new Promise<void>((resolve) => {
    stranger.bind(0, '127.0.0.2', resolve);
  });
  const packet = Buffer.alloc(40);
  packet.writeUInt16BE(0x8060);
  for (let i = 0; i < 5; i++) await new Promise((resolve) => stranger.send(packet, port, '127.0.0.1', resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  stranger.close();
  expect(session.counters.packets).toBe(before);
});

test('ends at a goodbye, with the last picture', async () => {
  const { fake, session, units } = await play({ clip: CLIP.slice(0, 5) }, { transport: 'udp' });
  await expect.poll(() => session.counters.packets, WAIT).toBeGreaterThan(0);
  await expect.poll(() => units.length, WAIT).toBeGreaterThanOrEqual(4);
  fake.sendRtcp(Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 7]));
  expect((await session.ended)?.context).toMatchObject({ reason: 'goodbye' });
  expect(units).toHaveLength(5);
});
