import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { types } from 'mediasoup';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { AccessUnit, StreamKind } from '#ingest/media.ts';
import { encodeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { PlayingHub } from '#streaming/testing/playing-hub.ts';
import { Transcoder } from '#streaming/transcode/transcoder.ts';
import { CameraProducers } from '#streaming/webrtc/camera-producers.ts';
import type { MediaWorker, MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { startRelayWorkers } from './testing/relay-workers.ts';

/** Of mediasoup, for all transports. */
const PROBATOR_SSRC = 1234;

/** Takes plain RTP. */
class Receiver {
  readonly consumer: types.Consumer;
  readonly #socket: Socket;
  packets = 0;
  /** RTP, one for each picture, in order of arrival. */
  readonly timestamps: number[] = [];
  /** What pictures say of the delay of a player, hexadecimal, in order of arrival; nothing for a packet that says nothing. */
  readonly playoutDelays: (string | undefined)[] = [];

  private constructor(consumer: types.Consumer, socket: Socket) {
    this.consumer = consumer;
    this.#socket = socket;
    const delayId = consumer.rtpParameters.headerExtensions?.find(({ uri }) => uri.endsWith('/playout-delay'))?.id;
    socket.on('message', (packet) => {
      this.packets++;
      const timestamp = packet.readUInt32BE(4);
      // Sender reports (RFC 5761 §4), and what the relay sends to measure the way, are of no picture.
      const isPicture = (packet.readUInt8(1) & 0x7f) >= 96 && packet.readUInt32BE(8) !== PROBATOR_SSRC;
      if (isPicture) this.playoutDelays.push(extensionOf(packet, delayId));
      if (isPicture && this.timestamps.at(-1) !== timestamp) this.timestamps.push(timestamp);
    });
  }

  static async open(worker: MediaWorker, producer: types.Producer): Promise<Receiver> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const transport = await worker.router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
    await transport.connect({ ip: '127.0.0.1', port: socket.address().port });
    const { rtpCapabilities } = worker.router;
    return new Receiver(await transport.consume({ producerId: producer.id, rtpCapabilities }), socket);
  }

  close(): void {
    this.consumer.close();
    this.#socket.close();
  }
}

/** The value of one header extension, hexadecimal. @see RFC 8285 §4.2, §4.3 */
function extensionOf(packet: Buffer, id: number | undefined): string | undefined {
  if ((packet.readUInt8(0) & 0x10) === 0) return undefined;
  const isShort = packet.readUInt16BE(12) === 0xbede;
  const end = 16 + 4 * packet.readUInt16BE(14);
  for (let at = 16; at < end; ) {
    const first = packet.readUInt8(at);
    if (first === 0) {
      at++;
      continue;
    }
    const found = isShort ? first >> 4 : first;
    const sizeBytes = isShort ? (first & 0x0f) + 1 : packet.readUInt8(at + 1);
    at += isShort ? 1 : 2;
    if (found === id) return packet.subarray(at, at + sizeBytes).toString('hex');
    at += sizeBytes;
  }
  return undefined;
}

let workers: MediaWorkers;
let producers: CameraProducers;
let hubs: Map<StreamKind, PlayingHub>;
let clips: ReadonlyMap<StreamKind, readonly AccessUnit[]>;
/** Twenty seconds without another key frame. */
let longGroup: readonly AccessUnit[];
const asked: { readonly id: string; readonly atMs: number }[] = [];
const opened: { close(): void }[] = [];

function twoWorkers(): [MediaWorker, MediaWorker] {
  const found = new Set([workers.pick(), workers.pick()]);
  const [first, second] = found;
  if (!first || !second) throw new Error('two workers are needed');
  return [first, second];
}

async function receive(worker: MediaWorker, producer: types.Producer): Promise<Receiver> {
  const receiver = await Receiver.open(worker, producer);
  opened.push(receiver);
  return receiver;
}

beforeAll(async () => {
  workers = await startRelayWorkers(2);
  const clip = { frames: 25, gop: 25, firstNumber: 1 };
  clips = new Map([
    ['sub', encodeMarkedVideo({ ...clip, widthPx: 160, heightPx: 96 })],
    ['main', encodeMarkedVideo({ ...clip, widthPx: 320, heightPx: 192 })],
  ]);
  longGroup = encodeMarkedVideo({ frames: 500, gop: 500, firstNumber: 1, widthPx: 160, heightPx: 96 });
}, 60_000);

afterAll(async () => {
  await workers.close();
});

beforeEach(() => {
  asked.length = 0;
  hubs = new Map([...clips].map(([kind, units]) => [kind, new PlayingHub(units)]));
  const transcoder = new Transcoder({ slots: 0, clock: systemClock, log: silentLog });
  producers = new CameraProducers({
    source: {
      hub: () => hubs.get('main'),
      stream: (_id, kind) => hubs.get(kind),
      askKeyFrame: (id) => void asked.push({ id, atMs: performance.now() }),
    },
    transcoder,
    clock: systemClock,
    idleMs: 200,
  });
  workers.onLost((worker) => producers.forget(worker));
});

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  producers.drop('cam');
  for (const hub of hubs.values()) hub.stop();
});

test('viewers on two processes get one camera that entered only once, through a pipe', async () => {
  hubs.delete('sub');
  const [first, second] = twoWorkers();
  const here = await producers.acquire(first, 'cam', true);
  const there = await producers.acquire(second, 'cam', true);
  const near = await receive(first, here.producer);
  const far = await receive(second, there.producer);
  await vi.waitFor(() => expect(Math.min(near.packets, far.packets)).toBeGreaterThan(20), { timeout: 10_000 });
  expect(hubs.get('main')?.readers).toEqual(['webrtc-relay']);
  expect(producers.spread.get('cam')).toBe(2);
  there.release();
  await vi.waitFor(() => expect(producers.spread.get('cam')).toBe(1), { timeout: 5000 });
  here.release();
  await vi.waitFor(() => expect(producers.spread.size).toBe(0), { timeout: 5000 });
  expect(hubs.get('main')?.isRead).toBe(false);
});

test.each([
  { after: 20, when: 'at once when they are few' },
  { after: 60, when: 'after a second without a key frame when they are many' },
])(
  'the only viewer of a camera gets the pictures since the last key frame, $when; another one waits for the next',
  async ({ after }) => {
    hubs.get('main')?.stop();
    hubs.delete('sub');
    const hub = new PlayingHub(longGroup);
    hubs.set('main', hub);
    await vi.waitFor(() => expect(hub.published).toBeGreaterThan(after), { timeout: 10_000 });
    const [worker] = twoWorkers();
    const lease = await producers.acquire(worker, 'cam', true);
    const first = await receive(worker, lease.producer);
    lease.catchUp();
    await vi.waitFor(() => expect(first.timestamps.length).toBeGreaterThan(2 * after), { timeout: 10_000 });
    const steps = first.timestamps.slice(1).map((timestamp, at) => (timestamp - (first.timestamps[at] ?? 0)) >>> 0);
    const past = steps.findIndex((step) => step !== 1);
    // All that there was, a tick apart; then the camera's own pace.
    expect(past).toBeGreaterThanOrEqual(after);
    expect(new Set(steps.slice(past))).toEqual(new Set([3600]));
    expect(hub.readers).toEqual(['webrtc-relay']);

    const other = await producers.acquire(worker, 'cam', true);
    const second = await receive(worker, other.producer);
    other.catchUp();
    const before = first.timestamps.length;
    await vi.waitFor(() => expect(first.timestamps.length).toBeGreaterThan(before + 20), { timeout: 10_000 });
    expect(second.timestamps).toEqual([]);
    const later = first.timestamps.slice(before - 1);
    expect(later.slice(1).every((timestamp, at) => (timestamp - (later[at] ?? 0)) >>> 0 === 3600)).toBe(true);
    lease.release();
    other.release();
  },
  30_000,
);

test('every key frame tells players to hold no picture back', async () => {
  hubs.delete('sub');
  const [worker] = twoWorkers();
  const lease = await producers.acquire(worker, 'cam', true);
  const receiver = await receive(worker, lease.producer);
  await vi.waitFor(() => expect(receiver.timestamps.length).toBeGreaterThan(60), { timeout: 10_000 });
  const told = receiver.playoutDelays.filter((delay) => delay !== undefined);
  // Least and greatest, 12 bits each.
  expect(new Set(told)).toEqual(new Set(['000000']));
  expect(told.length).toBeGreaterThanOrEqual(2);
  lease.release();
}, 30_000);

test('the main stream is read only while some tile wants it, or while the sub-stream is away', async () => {
  await vi.waitFor(() => expect(hubs.get('sub')?.codecString).toMatch(/^avc1/), { timeout: 5000 });
  await vi.waitFor(() => expect(hubs.get('main')?.codecString).toMatch(/^avc1/), { timeout: 5000 });
  const [worker] = twoWorkers();
  const lease = await producers.acquire(worker, 'cam', true);
  expect(lease.hasLayers).toBe(true);
  await receive(worker, lease.producer);
  const areRead = () => [hubs.get('sub')?.isRead, hubs.get('main')?.isRead];
  await vi.waitFor(() => expect(areRead()).toEqual([true, false]), { timeout: 5000 });
  lease.prefer('main');
  expect(areRead()).toEqual([true, true]);
  lease.prefer('sub');
  await vi.waitFor(() => expect(areRead()).toEqual([true, false]), { timeout: 5000 });
  hubs.get('sub')?.stop();
  await vi.waitFor(() => expect(areRead()).toEqual([true, true]), { timeout: 10_000 });
}, 30_000);

test('a camera of which all viewers rest is read no more, and goes on for who looks again with the group that is open', async () => {
  hubs.get('main')?.stop();
  hubs.delete('sub');
  const hub = new PlayingHub(longGroup);
  hubs.set('main', hub);
  const [here, elsewhere] = twoWorkers();
  const lease = await producers.acquire(here, 'cam', true);
  const other = await producers.acquire(elsewhere, 'cam', true);
  const receiver = await receive(here, lease.producer);
  lease.catchUp();
  await vi.waitFor(() => expect(receiver.timestamps.length).toBeGreaterThan(5), { timeout: 10_000 });
  lease.rest();
  lease.rest();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(hub.readers).toEqual(['webrtc-relay']);
  other.rest();
  await vi.waitFor(() => expect(hub.isRead).toBe(false), { timeout: 5000 });
  // A viewer that leaves while it rests changes nothing.
  other.release();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = receiver.timestamps.length;
  const missed = hub.published;
  lease.wake();
  lease.catchUp();
  await vi.waitFor(() => expect(receiver.timestamps.length).toBeGreaterThan(before + missed), { timeout: 10_000 });
  expect(hub.readers).toEqual(['webrtc-relay']);
  lease.release();
  await vi.waitFor(() => expect(hub.isRead).toBe(false), { timeout: 5000 });
}, 30_000);

test('a receiver that lost a picture has the camera asked for a key frame, at most every two seconds', async () => {
  hubs.delete('sub');
  const [worker] = twoWorkers();
  const lease = await producers.acquire(worker, 'cam', true);
  const receiver = await receive(worker, lease.producer);
  await vi.waitFor(() => expect(receiver.packets).toBeGreaterThan(0), { timeout: 5000 });
  const untilMs = performance.now() + 10_000;
  while (asked.length < 2 && performance.now() < untilMs) {
    await receiver.consumer.requestKeyFrame();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  expect(asked.map(({ id }) => id)).toEqual(['cam', 'cam']);
  expect((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0)).toBeGreaterThan(1990);
}, 30_000);

test('when the process that a camera entered at dies, viewers on the other are told, and get it anew there', async () => {
  hubs.delete('sub');
  const [first, second] = twoWorkers();
  await producers.acquire(first, 'cam', true);
  const there = await producers.acquire(second, 'cam', true);
  const far = await receive(second, there.producer);
  const ended = new Promise<void>((resolve) => far.consumer.once('producerclose', resolve));
  process.kill(first.pid, 'SIGKILL');
  await ended;
  const again = await producers.acquire(second, 'cam', true);
  const receiver = await receive(second, again.producer);
  await vi.waitFor(() => expect(receiver.packets).toBeGreaterThan(10), { timeout: 10_000 });
}, 20_000);
