import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClipPicture, encodeClip } from '../testdata/encode-clip.ts';
import { packetize } from '../testdata/packetize.ts';
import { h264Depacketizer } from './h264-depacketizer.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { EncodedPicture } from './video-depacketizer.ts';

const CLIP = encodeClip({ frames: 12, gop: 6, slices: 2 });

function run(packets: readonly RtpPacket[], parameterSets: readonly Buffer[] = []): EncodedPicture[] {
  const depacketizer = h264Depacketizer(parameterSets);
  const sequence = new SequenceTracker();
  const pictures = packets.flatMap((packet) => {
    const step = sequence.push(packet.sequenceNumber);
    // The payload lies in a receive buffer that is used again.
    const payload = Buffer.from(packet.payload);
    const out = step.isNew ? depacketizer.push({ ...packet, payload }, step.lost) : [];
    payload.fill(0xff);
    return out;
  });
  const last = depacketizer.flush();
  return last ? [...pictures, last] : pictures;
}

function coded(picture: ClipPicture): string[] {
  return picture.nals.filter((nal) => ![7, 8].includes(nal[0]! & 0x1f)).map((nal) => nal.toString('hex'));
}

function hexOf(pictures: readonly EncodedPicture[]): string[][] {
  return pictures.map((picture) => picture.nalUnits.map((nal) => nal.toString('hex')));
}

const WHOLE = CLIP.map(coded);

test('joins single NAL units and fragments to the very pictures that were sent', () => {
  const pictures = run(packetize(CLIP));
  expect(hexOf(pictures)).toEqual(WHOLE);
  expect(pictures.map((one) => one.isKeyFrame)).toEqual(CLIP.map((one) => one.isKeyFrame));
  expect(pictures.every((one) => !one.damaged && one.format.widthPx === 160)).toBe(true);
});

test('ends a picture when the time stamp changes, where the marker is never set', () => {
  expect(hexOf(run(packetize(CLIP).map((packet) => ({ ...packet, marker: false }))))).toEqual(WHOLE);
});

test('reads aggregates', () => {
  const packets = CLIP.map((picture, index) => {
    const parts = picture.nals.flatMap((nal) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(nal.length);
      return [length, nal];
    });
    const payload = Buffer.concat([Buffer.from([24]), ...parts]);
    return { marker: true, payloadType: 96, sequenceNumber: index, timestamp: index * 3600, ssrc: 1, payload };
  });
  expect(hexOf(run(packets))).toEqual(WHOLE);
});

test('splits NAL units where a camera left Annex B start codes in them', () => {
  const code = Buffer.from([0, 0, 0, 1]);
  const glued = CLIP.map((picture) => ({
    ...picture,
    nals: [Buffer.concat(picture.nals.flatMap((nal) => [code, nal]).slice(1))],
  }));
  expect(hexOf(run(packetize(glued)))).toEqual(WHOLE);
  const prefixed = CLIP.map((picture) => ({
    ...picture,
    nals: [Buffer.concat(picture.nals.flatMap((nal) => [code, nal]))],
  }));
  expect(hexOf(run(packetize(prefixed, { maxPayload: 100_000 })))).toEqual(WHOLE);
  expect(hexOf(run(packetize(prefixed)))).toEqual(WHOLE);
});

test('splits them as well after a long time without any', () => {
  const code = Buffer.from([0, 0, 0, 1]);
  const plain = Array.from({ length: Math.ceil(400 / CLIP.length) }, () => CLIP).flat();
  const glued = CLIP.map((picture) => ({
    ...picture,
    nals: [Buffer.concat(picture.nals.flatMap((nal) => [code, nal]).slice(1))],
  }));
  expect(hexOf(run(packetize([...plain, ...glued]))).slice(plain.length)).toEqual(WHOLE);
});

test('uses parameter sets of the description when none come in band', () => {
  const sets = CLIP[0]!.nals.filter((nal) => [7, 8].includes(nal[0]! & 0x1f));
  const bare = CLIP.map((picture) => ({
    ...picture,
    nals: picture.nals.filter((nal) => ![7, 8].includes(nal[0]! & 0x1f)),
  }));
  expect(hexOf(run(packetize(bare), sets))).toEqual(WHOLE);
  expect(run(packetize(bare))).toEqual([]);
});

test('waits with a marker on parameter sets for the picture behind them', () => {
  const packets = packetize(CLIP).map((packet) => ({
    ...packet,
    marker: packet.marker || [7, 8].includes(packet.payload[0]! & 0x1f),
  }));
  expect(hexOf(run(packets))).toEqual(WHOLE);
});

test('learns that a camera sets the marker on every slice', () => {
  const packets = packetize(CLIP, { maxPayload: 100_000 }).map((packet) => ({ ...packet, marker: true }));
  const pictures = run(packets);
  // The first picture is torn before it is known; all later ones are whole.
  expect(hexOf(pictures.slice(1))).toEqual(WHOLE.slice(1));
});

test('marks a picture as damaged when a packet of it is lost, and no other', () => {
  const packets = packetize(CLIP, { maxPayload: 100 });
  const timestamps = [...new Set(packets.map((packet) => packet.timestamp))];
  const ofThird = packets.filter((packet) => packet.timestamp === timestamps[2]);
  for (const lost of [ofThird[0]!, ofThird[1]!]) {
    const pictures = run(packets.filter((packet) => packet !== lost));
    expect(pictures.filter((one) => one.damaged).map((one) => one.timestamp)).toEqual([timestamps[2]]);
  }
  const withoutTail = run(packets.filter((packet) => packet !== ofThird.at(-1)));
  expect(withoutTail.filter((one) => one.damaged).map((one) => one.timestamp)).toEqual([timestamps[2]]);
});

test('marks the picture as damaged that it joined in the middle of', () => {
  const packets = packetize(CLIP, { maxPayload: 60 });
  const sets = CLIP[0]!.nals.filter((nal) => [7, 8].includes(nal[0]! & 0x1f));
  const inFragment = packets.findIndex(
    (packet) => (packet.payload[0]! & 0x1f) === 28 && (packet.payload[1]! & 0xc0) === 0,
  );
  const pictures = run(packets.slice(inFragment), sets);
  expect(pictures.map((one) => one.damaged).slice(0, 2)).toEqual([true, false]);
});

test('gives up a picture beyond 8 MB and goes on with the next', () => {
  const depacketizer = h264Depacketizer();
  const piece = Buffer.alloc(60_000, 0x55);
  const base = { payloadType: 96, ssrc: 1, marker: false };
  for (let index = 0; index < 200; index++) {
    const payload = Buffer.concat([Buffer.from([0x7c, index === 0 ? 0x85 : 0x05]), piece]);
    expect(depacketizer.push({ ...base, timestamp: 1, sequenceNumber: index, payload })).toEqual([]);
  }
  const packets = packetize(CLIP, { firstTimestamp: 90_000 });
  expect(packets.flatMap((packet) => depacketizer.push(packet))).toHaveLength(CLIP.length);
  expect(depacketizer.malformed).toBeGreaterThan(0);
});

test('takes any payloads in any order without throwing, and makes no empty picture', () => {
  const real = packetize(CLIP, { maxPayload: 200 });
  const packet = fc.oneof(
    fc.nat(real.length - 1).map((index) => real[index]!),
    fc.tuple(fc.nat(real.length - 1), fc.nat(40)).map(([index, end]) => {
      const one = real[index]!;
      return { ...one, payload: one.payload.subarray(0, end) };
    }),
    fc.record({
      marker: fc.boolean(),
      payloadType: fc.constant(96),
      sequenceNumber: fc.nat(0xffff),
      timestamp: fc.nat(5),
      ssrc: fc.constant(1),
      payload: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    }),
  );
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
      for (const picture of run(packets)) {
        expect(picture.nalUnits.length).toBeGreaterThan(0);
        expect(picture.nalUnits.every((nal) => nal.length > 0)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
