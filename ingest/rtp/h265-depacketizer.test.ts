import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClipPicture, encodeClip } from '../testdata/encode-clip.ts';
import { packetize } from '../testdata/packetize.ts';
import { h265Depacketizer } from './h265-depacketizer.ts';
import { isRaslPicture, nalTypeOf } from './h265-nal.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { EncodedPicture } from './video-depacketizer.ts';

const CLIP = encodeClip({ codec: 'h265', frames: 12, gop: 6, slices: 2, size: '320x192' });
const OPTIONS = { codec: 'h265' } as const;
const isParameterSet = (nal: Buffer): boolean => nalTypeOf(nal) >= 32 && nalTypeOf(nal) <= 34;
const SETS = [32, 33, 34].map((type) => CLIP[0]!.nals.find((nal) => nalTypeOf(nal) === type)!);

function run(packets: readonly RtpPacket[], parameterSets: readonly Buffer[] = []): EncodedPicture[] {
  const depacketizer = h265Depacketizer(parameterSets);
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

function hexOf(pictures: readonly EncodedPicture[]): string[][] {
  return pictures.map((picture) => picture.nalUnits.map((nal) => nal.toString('hex')));
}

function withoutSets(clip: readonly ClipPicture[]): ClipPicture[] {
  return clip.map((picture) => ({ ...picture, nals: picture.nals.filter((nal) => !isParameterSet(nal)) }));
}

const WHOLE = withoutSets(CLIP).map((picture) => picture.nals.map((nal) => nal.toString('hex')));

test('joins single NAL units and fragments to the very pictures that were sent', () => {
  expect(WHOLE[0]!.length).toBeGreaterThan(1); // a message or a second slice
  for (const maxPayload of [60, 400, 100_000]) {
    const pictures = run(packetize(CLIP, { ...OPTIONS, maxPayload }));
    expect(hexOf(pictures)).toEqual(WHOLE);
    expect(pictures.map((one) => one.isKeyFrame)).toEqual(CLIP.map((one) => one.isKeyFrame));
    expect(pictures.every((one) => !one.damaged)).toBe(true);
    expect(pictures[0]!.format).toMatchObject({ codec: 'h265', widthPx: 320, heightPx: 192 });
    expect([pictures[0]!.format.vps, pictures[0]!.format.sps, pictures[0]!.format.pps]).toEqual(SETS);
    expect(new Set(pictures.map((one) => one.format)).size).toBe(1);
  }
});

test('reads aggregates', () => {
  const packets = CLIP.map((picture, index) => {
    const parts = picture.nals.flatMap((nal) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(nal.length);
      return [length, nal];
    });
    const payload = Buffer.concat([Buffer.from([48 << 1, 1]), ...parts]);
    return { marker: true, payloadType: 96, sequenceNumber: index, timestamp: index * 3600, ssrc: 1, payload };
  });
  expect(hexOf(run(packets))).toEqual(WHOLE);
  const torn = packets.map((packet) => ({ ...packet, payload: packet.payload.subarray(0, -1) }));
  expect(run(torn, SETS).every((one) => one.damaged)).toBe(true);
});

test('ends a picture when the time stamp changes, where the marker is never set', () => {
  expect(hexOf(run(packetize(CLIP, OPTIONS).map((packet) => ({ ...packet, marker: false }))))).toEqual(WHOLE);
});

test('splits NAL units where a camera left Annex B start codes in them', () => {
  const code = Buffer.from([0, 0, 0, 1]);
  const glued = CLIP.map((picture) => ({
    ...picture,
    nals: [Buffer.concat(picture.nals.flatMap((nal) => [code, nal]).slice(1))],
  }));
  expect(hexOf(run(packetize(glued, OPTIONS)))).toEqual(WHOLE);
  const prefixed = CLIP.map((picture) => ({
    ...picture,
    nals: [Buffer.concat(picture.nals.flatMap((nal) => [code, nal]))],
  }));
  expect(hexOf(run(packetize(prefixed, { ...OPTIONS, maxPayload: 100_000 })))).toEqual(WHOLE);
});

test('uses parameter sets of the description when none come in band, and waits for the last kind of them', () => {
  const packets = packetize(withoutSets(CLIP), OPTIONS);
  expect(hexOf(run(packets, SETS))).toEqual(WHOLE);
  expect(run(packets)).toEqual([]);
  for (const missing of SETS) {
    expect(
      run(
        packets,
        SETS.filter((one) => one !== missing),
      ),
    ).toEqual([]);
  }
});

test('takes up parameter sets that change, with the picture they belong to', () => {
  const larger = encodeClip({ codec: 'h265', frames: 6, gop: 6, size: '480x272' });
  const second = larger.map((picture) => ({ ...picture, shown: picture.shown + CLIP.length }));
  const pictures = run(packetize([...CLIP, ...second], OPTIONS));
  expect(pictures.map((one) => one.format.widthPx)).toEqual([...Array(12).fill(320), ...Array(6).fill(480)]);
  expect(new Set(pictures.map((one) => one.format)).size).toBe(2);
});

test('marks a picture as damaged when a packet of it is lost, and no other', () => {
  const packets = packetize(CLIP, { ...OPTIONS, maxPayload: 80 });
  const timestamps = [...new Set(packets.map((packet) => packet.timestamp))];
  const ofThird = packets.filter((packet) => packet.timestamp === timestamps[2]);
  expect(ofThird.length).toBeGreaterThan(2);
  for (const lost of [ofThird[0]!, ofThird[1]!, ofThird.at(-1)!]) {
    const pictures = run(packets.filter((packet) => packet !== lost));
    expect(pictures.filter((one) => one.damaged).map((one) => one.timestamp)).toEqual([timestamps[2]]);
  }
});

test('calls CRA pictures key frames, and tells the pictures that lean over them', () => {
  const open = encodeClip({ codec: 'h265', frames: 30, gop: 12, bFrames: 2, openGop: true });
  const pictures = run(packetize(open, OPTIONS));
  expect(pictures).toHaveLength(30);
  expect(pictures.filter((one) => one.isKeyFrame).map((one) => nalTypeOf(one.nalUnits.at(-1)!))).toEqual([20, 21, 21]);
  const leaning = pictures.filter(isRaslPicture);
  expect(leaning.length).toBeGreaterThanOrEqual(2);
  expect(leaning.some((one) => one.isKeyFrame)).toBe(false);
});

test('leaves other layers and delimiters out, and counts what no sender may send', () => {
  const depacketizer = h265Depacketizer(SETS);
  const packet = { payloadType: 96, ssrc: 1, sequenceNumber: 1, timestamp: 1, marker: true };
  const slice = CLIP[0]!.nals.find((nal) => nalTypeOf(nal) >= 16 && nalTypeOf(nal) <= 21)!;
  const otherLayer = Buffer.from(slice);
  otherLayer[1] = (slice[1]! & 7) | (1 << 3);
  expect(depacketizer.push({ ...packet, payload: otherLayer })).toEqual([]);
  expect(depacketizer.push({ ...packet, payload: Buffer.from([35 << 1, 1, 0x50]) })).toEqual([]);
  expect(depacketizer.malformed).toBe(0);
  const noTemporalId = Buffer.from([19 << 1, 0, 0x80]);
  expect(depacketizer.push({ ...packet, payload: noTemporalId })).toEqual([]);
  expect(depacketizer.malformed).toBe(1);
});

test('gives up a picture beyond 8 MB and goes on with the next', () => {
  const depacketizer = h265Depacketizer();
  const piece = Buffer.alloc(60_000, 0x55);
  const base = { payloadType: 96, ssrc: 1, marker: false };
  for (let index = 0; index < 200; index++) {
    const payload = Buffer.concat([Buffer.from([49 << 1, 1, index === 0 ? 0x93 : 0x13]), piece]);
    expect(depacketizer.push({ ...base, timestamp: 1, sequenceNumber: index, payload })).toEqual([]);
  }
  const packets = packetize(CLIP, { ...OPTIONS, firstTimestamp: 90_000 });
  expect(packets.flatMap((packet) => depacketizer.push(packet))).toHaveLength(CLIP.length);
  expect(depacketizer.malformed).toBeGreaterThan(0);
});

test('takes any payloads in any order without throwing, and makes no empty picture', () => {
  const real = packetize(CLIP, { ...OPTIONS, maxPayload: 200 });
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
        expect(picture.nalUnits.every((nal) => nal.length > 2)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
