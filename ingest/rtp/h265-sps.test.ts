import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { BitWriter, escapeRbsp } from '../frames/bit-writer.ts';
import { type ClipOptions, encodeClip, splitAnnexB } from '../testdata/encode-clip.ts';
import { nalTypeOf } from './h265-nal.ts';
import { H265ParameterSets, h265VpsFrameRate } from './h265-parameter-sets.ts';
import { parseH265Sps } from './h265-sps.ts';

function setsOf(options: Partial<ClipOptions>): { vps: Buffer; sps: Buffer; pps: Buffer } {
  const [picture] = encodeClip({ codec: 'h265', frames: 1, ...options });
  const [vps, sps, pps] = [32, 33, 34].map((type) => picture!.nals.find((nal) => nalTypeOf(nal) === type)!);
  return { vps: vps!, sps: sps!, pps: pps! };
}

const PLAIN = setsOf({ size: '1280x720' });

test('reads size, level and frame rate of what the encoder says of itself', () => {
  expect(parseH265Sps(PLAIN.sps)).toMatchObject({
    widthPx: 1280,
    heightPx: 720,
    codecString: 'hvc1.1.6.L93.90',
    framesPerSecond: 25,
    chromaFormatIdc: 1,
    bitDepthLuma: 8,
    bitDepthChroma: 8,
    maxSubLayers: 1,
    isTemporalIdNested: true,
  });
});

test('crops to the conformance window', () => {
  const { sps } = setsOf({ size: '322x182', fps: 30 });
  expect(parseH265Sps(sps)).toMatchObject({ widthPx: 322, heightPx: 182, framesPerSecond: 30 });
});

test('reads through scaling lists, temporal layers, hrd and reference sets to the frame rate', () => {
  const { sps } = setsOf({
    fps: 15,
    size: '640x360',
    bFrames: 4,
    parameters: ['scaling-list=default', 'temporal-layers=1', 'vbv-bufsize=2000', 'vbv-maxrate=1000', 'hrd=1'],
  });
  const parsed = parseH265Sps(sps);
  expect(parsed).toMatchObject({ widthPx: 640, heightPx: 360, framesPerSecond: 15 });
  expect(parsed.maxSubLayers).toBeGreaterThan(1);
});

test('reads ten bits and high tier', () => {
  const source = '-v error -f lavfi -i testsrc2=size=1920x1080:rate=25 -frames:v 1 -pix_fmt yuv420p10le'.split(' ');
  const { stdout } = spawnSync('ffmpeg', [
    ...source,
    ...'-c:v libx265 -preset ultrafast -x265-params level-idc=5:high-tier=1:vbv-maxrate=50000:vbv-bufsize=50000'.split(
      ' ',
    ),
    ...'-f hevc -'.split(' '),
  ]);
  const sps = splitAnnexB(stdout).find((nal) => nalTypeOf(nal) === 33)!;
  expect(parseH265Sps(sps)).toMatchObject({ widthPx: 1920, heightPx: 1080, bitDepthLuma: 10, bitDepthChroma: 10 });
  expect(parseH265Sps(sps).codecString).toMatch(/^hvc1\.2\.4\.H150\.9[0-9A-F]/);
});

test('keeps the size when the part behind it is cut off', () => {
  const { widthPx, heightPx, framesPerSecond } = parseH265Sps(PLAIN.sps.subarray(0, 30));
  expect([widthPx, heightPx, framesPerSecond]).toEqual([1280, 720, undefined]);
});

test('reads the frame rate of a video parameter set that says one, and none of one that does not', () => {
  expect(h265VpsFrameRate(PLAIN.vps)).toBeUndefined();
  // One layer: profile, ordering, no further layer sets, 1 tick of 12 a second.
  const writer = new BitWriter().bits(0, 4).bits(3, 2).bits(0, 9).bits(1, 1).bits(0xffff, 16).bits(0, 96);
  writer.bits(1, 1).unsigned(0).unsigned(0).unsigned(0).bits(0, 6).unsigned(0);
  writer.bits(1, 1).bits(1, 32).bits(12, 32).bits(1, 1);
  expect(h265VpsFrameRate(Buffer.from([0x40, 1, ...escapeRbsp(writer.toBytes())]))).toBe(12);
});

test('answers any bytes with a size in bounds or an AppError', () => {
  const mutated = fc.tuple(fc.nat(PLAIN.sps.length - 1), fc.nat(255)).map(([at, value]) => {
    const copy = Buffer.from(PLAIN.sps);
    copy[at] = value;
    return copy;
  });
  const random = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from([0x42, 1, ...bytes]));
  fc.assert(
    fc.property(fc.oneof(mutated, random), (bytes) => {
      h265VpsFrameRate(bytes);
      new H265ParameterSets().update(bytes);
      try {
        const { widthPx, heightPx } = parseH265Sps(bytes);
        expect(widthPx >= 1 && widthPx <= 16_384 && heightPx >= 1 && heightPx <= 16_384).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 500 },
  );
});
