import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';
import { H264ParameterSets } from './h264-parameter-sets.ts';
import { parseH264Sps } from './h264-sps.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
// Sent by a Hikvision camera: Main profile, 352x288.
const HIKVISION_SPS = Buffer.from('Z00AFJWoWCWQ', 'base64');
// 1920x1080 in macroblocks of 16 lines is 1088: cropped. From x264, High profile, 25 fps.
const X264_1080P = hex('67640028acd940780227e5c044000003000400000300c83c60c658');

test('reads size, codec string and frame rate', () => {
  expect(parseH264Sps(X264_1080P)).toMatchObject({
    widthPx: 1920,
    heightPx: 1080,
    codecString: 'avc1.640028',
    framesPerSecond: 25,
    chromaFormatIdc: 1,
    bitDepthLuma: 8,
  });
  expect(parseH264Sps(HIKVISION_SPS)).toMatchObject({ widthPx: 352, heightPx: 288, codecString: 'avc1.4d0014' });
});

test('keeps the size when the part behind it is cut off', () => {
  const vuiStart = 10;
  expect(parseH264Sps(X264_1080P.subarray(0, vuiStart + 4))).toMatchObject({
    widthPx: 1920,
    heightPx: 1080,
    framesPerSecond: undefined,
  });
});

test('answers any bytes with a size in bounds or an AppError', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc
      .tuple(fc.nat(X264_1080P.length - 1), fc.nat(255))
      .map(([at, value]) => Uint8Array.from(X264_1080P.map((byte, index) => (index === at ? value : byte)))),
    fc.nat(X264_1080P.length).map((end) => Uint8Array.from(X264_1080P.subarray(0, end))),
  );
  fc.assert(
    fc.property(bytes, (random) => {
      try {
        const { widthPx, heightPx } = parseH264Sps(Buffer.concat([Buffer.from([0x67]), random.subarray(1)]));
        expect(Math.min(widthPx, heightPx)).toBeGreaterThan(0);
        expect(Math.max(widthPx, heightPx)).toBeLessThanOrEqual(16_384);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('reads Exp-Golomb codes and stops at the end of the bytes', () => {
  // 1 | 010 | 011 | 00100 | 0001000 → 0 1 2 3 7
  const reader = new BitReader(hex('a64100'));
  expect([reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()]).toEqual([
    0, 1, 2, 3, 7,
  ]);
  expect(() => reader.bits(32)).toThrow(AppError);
  expect(new BitReader(hex('a6')).signed()).toBe(0);
});

test('takes emulation prevention bytes out, and only those', () => {
  expect(Buffer.from(unescapeRbsp(hex('000003010000030000030203'))).toString('hex')).toBe('000001000000000203');
});

test('keeps its format object until a parameter set changes', () => {
  const [first] = encodeClip({ frames: 1 });
  const [sps, pps] = first!.nals.filter((nal) => [7, 8].includes(nal[0]! & 0x1f));
  const sets = new H264ParameterSets();
  expect(sets.update(pps!)).toBe(true);
  expect(sets.format).toBeUndefined();
  sets.update(sps!);
  const { format } = sets;
  expect(format).toMatchObject({ widthPx: 160, heightPx: 96 });
  sets.update(Buffer.from(sps!));
  expect(sets.format).toBe(format);
  expect(sets.update(hex('67'))).toBe(false);
  expect(sets.format).toBe(format);
  sets.update(X264_1080P);
  expect(sets.format).toMatchObject({ widthPx: 1920 });
});
