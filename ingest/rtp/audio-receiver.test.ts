import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import type { AudioFrame } from '../media.ts';
import { encodeSound, type TestSound } from '../testdata/encode-sound.ts';
import { parseAacConfig } from './aac-config.ts';
import { AacDepacketizer, type AudioDepacketizer, G711Depacketizer } from './audio-depacketizer.ts';
import { AudioReceiver } from './audio-receiver.ts';
import { buildRtpPacket, type RtpPacket } from './rtp-packet.ts';
import type { ClockOffsets } from './sender-clock.ts';

const AAC = encodeSound('aac', 2);
const PCMA = encodeSound('pcma', 2);
const HBR = { sizeBits: 13, indexBits: 3, indexDeltaBits: 3 };
const FIRST_TIMESTAMP = 0xffff_f000;

function packet(index: number, timestamp: number, payload: Buffer, marker = true): RtpPacket {
  return {
    marker,
    payloadType: 97,
    sequenceNumber: (65_530 + index) & 0xffff,
    timestamp: timestamp >>> 0,
    ssrc: 9,
    payload,
  };
}

/** AU headers of whole units, or of a part of one `sizeBytes` long. */
function auPayload(units: readonly Buffer[], sizeBytes?: number): Buffer {
  const headers = Buffer.alloc(2 + units.length * 2);
  headers.writeUInt16BE(units.length * 16);
  for (const [index, unit] of units.entries()) headers.writeUInt16BE((sizeBytes ?? unit.length) << 3, 2 + index * 2);
  return Buffer.concat([headers, ...units]);
}

function aacPackets(perPacket: number): RtpPacket[] {
  const packets: RtpPacket[] = [];
  for (let at = 0; at < AAC.frames.length; at += perPacket) {
    packets.push(packet(packets.length, FIRST_TIMESTAMP + at * 1024, auPayload(AAC.frames.slice(at, at + perPacket))));
  }
  return packets;
}

function senderReport(wallMs: number, rtpTimestamp: number): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(0x80c80006, 0);
  bytes.writeUInt32BE(9, 4);
  const seconds = wallMs / 1000 + 2_208_988_800;
  bytes.writeUInt32BE(Math.floor(seconds), 8);
  bytes.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  bytes.writeUInt32BE(rtpTimestamp >>> 0, 16);
  return bytes;
}

class Bench {
  readonly clock = new SimulatedClock(1_764_000_000_000);
  readonly frames: AudioFrame[] = [];
  pictures: ClockOffsets | undefined;
  readonly receiver: AudioReceiver;

  constructor(sound: TestSound, depacketizer: AudioDepacketizer) {
    this.pictures = { reportedMs: undefined, arrivalMs: this.clock.nowMs() };
    this.receiver = new AudioReceiver({
      payloadType: 97,
      format: sound.format,
      depacketizer,
      clock: this.clock,
      pictureOffsets: () => this.pictures,
      onAudioFrame: (frame) => this.frames.push(frame),
    });
  }

  take(packets: readonly RtpPacket[], msPerPacket = 0): void {
    for (const one of packets) {
      const bytes = buildRtpPacket(one);
      expect(this.receiver.takeRtp(bytes)).toBe(true);
      // The bytes lie in a receive buffer that is used again.
      bytes.fill(0xff);
      this.clock.advance(msPerPacket);
    }
  }
}

const aacBench = (): Bench => new Bench(AAC, new AacDepacketizer(HBR, 1024));
const joined = (frames: readonly { bytes: Uint8Array }[]): string =>
  Buffer.concat(frames.map(({ bytes }) => bytes)).toString('hex');
const WHOLE = Buffer.concat(AAC.frames).toString('hex');

describe('AAC', () => {
  test.each([1, 3, 5])('comes out as it was sent, %i access units to a packet, each at its time', (perPacket) => {
    const bench = aacBench();
    bench.take(aacPackets(perPacket), 64 * perPacket);
    expect(bench.frames).toHaveLength(AAC.frames.length);
    expect(joined(bench.frames)).toBe(WHOLE);
    for (const [index, frame] of bench.frames.entries()) {
      expect(frame.pts90k).toBe(index * 5760);
      expect(frame.samples).toBe(1024);
      expect(frame.wallMs - bench.frames[0]!.wallMs).toBe(index * 64);
    }
  });

  test('is joined from parts of an access unit, and left out when one of them is lost', () => {
    const packets = AAC.frames.flatMap((unit, index) => {
      const half = Math.ceil(unit.length / 2);
      return [unit.subarray(0, half), unit.subarray(half)].map((part, which) =>
        packet(index * 2 + which, index * 1024, auPayload([part], unit.length), which === 1),
      );
    });
    const whole = aacBench();
    whole.take(packets);
    expect(joined(whole.frames)).toBe(WHOLE);
    const torn = aacBench();
    torn.take(packets.filter((_, index) => index !== 4 && index !== 9));
    expect(joined(torn.frames)).toBe(
      joined(AAC.frames.filter((_, i) => i !== 2 && i !== 4).map((bytes) => ({ bytes }))),
    );
    expect(torn.receiver.counters).toMatchObject({ lostPackets: 2 });
  });

  test('loses the ADTS header that some cameras leave in front', () => {
    const adts = Buffer.from([0xff, 0xf1, 0x60, 0x40, 0, 0x1f, 0xfc]);
    const bench = aacBench();
    bench.take(AAC.frames.map((unit, index) => packet(index, index * 1024, auPayload([Buffer.concat([adts, unit])]))));
    expect(joined(bench.frames)).toBe(WHOLE);
  });

  test('keeps its place after lost packets', () => {
    const bench = aacBench();
    const packets = aacPackets(1);
    bench.take(packets.slice(0, 5), 64);
    bench.clock.advance(5 * 64);
    bench.take(packets.slice(10), 64);
    expect(bench.frames[5]!.pts90k).toBe(10 * 5760);
  });

  test('takes any payloads without throwing, and nothing that is longer than what was sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.nat(3), fc.boolean()), { maxLength: 30 }),
        (all) => {
          const depacketizer = new AacDepacketizer(HBR, 1024);
          for (const [index, [bytes, timestamp, marker]] of all.entries()) {
            for (const piece of depacketizer.push(packet(index, timestamp, Buffer.from(bytes), marker), 0)) {
              expect(piece.bytes.length).toBeLessThanOrEqual(30 * 80);
            }
          }
          try {
            parseAacConfig(all[0]?.[0] ?? new Uint8Array(0));
          } catch (error) {
            expect(error).toMatchObject({ code: 'RTP_PAYLOAD_MALFORMED' });
          }
        },
      ),
    );
  });
});

test('G.711 is the payload, each byte a sample', () => {
  const bench = new Bench(PCMA, new G711Depacketizer(1));
  bench.take(
    PCMA.frames.map((bytes, index) => packet(index, FIRST_TIMESTAMP + index * 160, bytes, false)),
    20,
  );
  expect(joined(bench.frames)).toBe(Buffer.concat(PCMA.frames).toString('hex'));
  expect(bench.frames.map((frame) => frame.pts90k)).toEqual(PCMA.frames.map((_, index) => index * 1800));
});

describe('the time line of the pictures', () => {
  const packets = PCMA.frames.map((bytes, index) => packet(index, index * 160, bytes, false));
  const bench = (): Bench => new Bench(PCMA, new G711Depacketizer(1));

  test('waits for the first picture', () => {
    const one = bench();
    one.pictures = undefined;
    one.take(packets.slice(0, 10), 20);
    expect(one.frames).toEqual([]);
    one.pictures = { reportedMs: undefined, arrivalMs: one.clock.nowMs() };
    one.take(packets.slice(10, 12), 20);
    // The picture came just now, as did this sound.
    expect(one.frames.map((frame) => frame.pts90k)).toEqual([0, 1800]);
  });

  test('is met by sender reports, though the clock of the camera is hours off', () => {
    const one = bench();
    const cameraMs = 1_600_000_000_000;
    // The camera took its first picture 500 ms before its first sound; the sound came late besides.
    one.pictures = { reportedMs: cameraMs, arrivalMs: one.clock.nowMs() };
    one.clock.advance(900);
    one.receiver.takeRtcp(senderReport(cameraMs + 500, 0));
    one.take(packets.slice(0, 3), 20);
    expect(one.frames.map((frame) => frame.pts90k)).toEqual([45_000, 46_800, 48_600]);
    expect(one.receiver.takeRtcp(Buffer.from([0x81, 203, 0, 1, 0, 0, 0, 9]))).toBe(true);
    expect(one.receiver.receiverReport()).toBeDefined();
  });

  test('is followed when the two clocks drift apart, without a jump', () => {
    const one = bench();
    const cameraMs = 1_600_000_000_000;
    one.pictures = { reportedMs: cameraMs, arrivalMs: one.clock.nowMs() };
    one.receiver.takeRtcp(senderReport(cameraMs, 0));
    let timestamp = 0;
    for (let second = 0; second < 120; second++) {
      // In each second of the camera's clock the sound has 8 samples too few: 0.1 %.
      for (let i = 0; i < 50; i++) {
        one.take([packet(second * 50 + i, timestamp + i * 160, PCMA.frames[0]!, false)], 20);
      }
      timestamp += 7992;
      one.receiver.takeRtcp(senderReport(cameraMs + (second + 1) * 1000, timestamp));
    }
    const last = one.frames.at(-1)!;
    expect(Math.abs(last.pts90k - (120 * 90_000 - 1800))).toBeLessThan(900);
    const steps = one.frames.slice(1).map((frame, index) => frame.pts90k - one.frames[index]!.pts90k);
    expect(Math.max(...steps)).toBeLessThan(1900);
  });
});
