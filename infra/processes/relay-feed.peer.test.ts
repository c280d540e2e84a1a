import { createHash } from 'node:crypto';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { RTP_HEADER_SIZE_BYTES, writeRtpHeader } from '#ingest/rtp/rtp-packet.ts';
import type { MediaWorker, MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { ProducerFeed } from '#streaming/webrtc/producer-feed.ts';
import { createWorkerWithChannel, type WorkerChannel } from '#streaming/webrtc/worker-channel.ts';
import { startRelayWorkers } from './testing/relay-workers.ts';

/** Sound, since of it the relay hands on every packet; pictures it begins with a key frame. */
const OPUS: types.RouterRtpCodecCapability = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 };
const PAYLOAD_TYPE = 100;

let workers: MediaWorkers;
let worker: MediaWorker;
let channel: WorkerChannel;
let producer: types.Producer;
/** A digest of each payload, as the relay handed it on. */
let received: string[];
let sent: number;

beforeAll(async () => {
  workers = await startRelayWorkers(1);
  worker = workers.pick();
  if (!worker.channel) throw new Error('the pipe to the relay process was not found');
  channel = worker.channel;
}, 60_000);

afterAll(async () => {
  await workers.close();
});

beforeEach(async () => {
  // What of an earlier test comes late is none of this one.
  const mine: string[] = [];
  received = mine;
  sent = 0;
  const router = await worker.createRouter([OPUS]);
  const transport = await router.createDirectTransport();
  producer = await transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: 1111 }],
    },
  });
  const { rtpCapabilities } = router;
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
  consumer.on('rtp', (packet) => mine.push(digestOf(packet)));
});

/** @returns so many RTP packets, with payloads of 1 to 1150 bytes that are all different */
function packets(count: number): Buffer[] {
  return Array.from({ length: count }, () => {
    const sequenceNumber = sent++;
    // 389 and 1150 have no common factor: every size comes.
    const payload = Buffer.alloc(1 + ((sequenceNumber * 389) % 1150), sequenceNumber & 0xff);
    if (payload.length >= 4) payload.writeUInt32BE(sequenceNumber, 0);
    const packet = Buffer.alloc(RTP_HEADER_SIZE_BYTES + payload.length);
    writeRtpHeader(packet, 0, {
      ...{ marker: false, payloadType: PAYLOAD_TYPE, timestamp: sequenceNumber * 960, ssrc: 1111 },
      sequenceNumber: sequenceNumber & 0xffff,
    });
    packet.set(payload, RTP_HEADER_SIZE_BYTES);
    return packet;
  });
}

/** The relay adds header extensions and changes other fields of the header (RFC 3550 §5.3.1). */
function digestOf(packet: Buffer): string {
  const hasExtension = (packet.readUInt8(0) & 0x10) !== 0;
  const extensionSizeBytes = hasExtension ? 4 + 4 * packet.readUInt16BE(RTP_HEADER_SIZE_BYTES + 2) : 0;
  const payload = packet.subarray(RTP_HEADER_SIZE_BYTES + extensionSizeBytes);
  return `${payload.length} ${createHash('sha1').update(payload).digest('base64url').slice(0, 8)}`;
}

test('thousands of packets of every size arrive whole and in order, and requests between them are answered', async () => {
  const feed = new ProducerFeed(producer, channel);
  const expected: string[] = [];
  for (let round = 0; round < 60; round++) {
    const burst = packets(1 + ((round * 13) % 97));
    expected.push(...burst.map(digestOf));
    feed.send(burst);
    const [stats] = await producer.getStats();
    // Asked after the burst, and so answered after it.
    expect(stats?.packetCount).toBe(expected.length);
  }
  await vi.waitFor(() => expect(received.length).toBe(expected.length), { timeout: 10_000 });
  expect(received).toEqual(expected);
}, 30_000);

test('what is put together here is byte for byte what mediasoup writes, in one message where that needs one for each packet', () => {
  const feed = new ProducerFeed(producer, channel);
  // Two of each form are enough.
  feed.send(packets(40));
  const burst = packets(1150);
  const ours = channel.overhear(() => feed.send(burst));
  const theirs = channel.overhear(() => {
    for (const packet of burst) producer.send(packet);
  });
  expect(ours.length).toBe(1);
  expect(theirs.length).toBe(1150);
  expect(Buffer.concat(ours).equals(Buffer.concat(theirs))).toBe(true);
});

test('several cameras and requests within one turn keep their order', async () => {
  const feed = new ProducerFeed(producer, channel);
  feed.send(packets(40));
  const lists = [packets(9), packets(120), packets(400), packets(3)];
  // More than is held back, and more than one page.
  const stats = lists.map((list) => {
    feed.send(list);
    return producer.getStats();
  });
  const counts = (await Promise.all(stats)).map(([first]) => first?.packetCount);
  expect(counts).toEqual([49, 169, 569, 572]);
  await vi.waitFor(() => expect(received.length).toBe(572), { timeout: 10_000 });
  expect(received.slice(40)).toEqual(lists.flat().map(digestOf));
}, 20_000);

test('without the pipe every packet goes through mediasoup, and arrives as well', async () => {
  const feed = new ProducerFeed(producer, undefined);
  const list = packets(200);
  feed.send(list);
  await vi.waitFor(() => expect(received).toEqual(list.map(digestOf)), { timeout: 10_000 });
  expect(feed.isFull).toBe(false);
});

test('a process that is started in another way than expected has no pipe that we know, and works', async () => {
  // Imported late, as the product does: it reads where its program is when it is imported.
  const { createWorker } = await import('mediasoup');
  const { worker: other, channel: none } = await createWorkerWithChannel(async () => {
    await new Promise(setImmediate);
    return createWorker();
  });
  try {
    expect(none).toBeUndefined();
    expect((await other.dump()).pid).toBe(other.pid);
  } finally {
    other.close();
  }
});

test('a process that takes nothing is told apart, and goes on with what it was sent when it takes again', async () => {
  const feed = new ProducerFeed(producer, channel);
  const list = packets(40);
  feed.send(list);
  process.kill(worker.pid, 'SIGSTOP');
  try {
    for (let round = 0; round < 500 && !feed.isFull; round++) {
      const burst = packets(100);
      list.push(...burst);
      feed.send(burst);
      await new Promise(setImmediate);
    }
    expect(feed.isFull).toBe(true);
  } finally {
    process.kill(worker.pid, 'SIGCONT');
  }
  await vi.waitFor(() => expect(feed.isFull).toBe(false), { timeout: 20_000 });
  const [stats] = await producer.getStats();
  expect(stats?.packetCount).toBe(list.length);
  await vi.waitFor(() => expect(received.length).toBe(list.length), { timeout: 20_000 });
  expect(received).toEqual(list.map(digestOf));
}, 60_000);
