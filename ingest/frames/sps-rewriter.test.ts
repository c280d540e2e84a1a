import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { unescapeRbsp } from '../rtp/bit-reader.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { BitWriter, escapeRbsp } from './bit-writer.ts';
import { rewriteSps } from './sps-rewriter.ts';
import { encodeMarkedVideo } from './testing/marked-video.ts';

/** Baseline, 1920×1080 (cropped from 1088), and nothing behind the cropping. */
const WITHOUT_VUI = (() => {
  const writer = new BitWriter().bits(0x67, 8).bits(66, 8).bits(0, 8).bits(40, 8);
  writer.unsigned(0).unsigned(0).unsigned(2).unsigned(1).bits(0, 1); // ids, order type 2, one reference, no gaps
  writer.unsigned(119).unsigned(67).bits(0b11, 2); // size in macroblocks, frames only, direct 8x8
  writer.bits(1, 1).unsigned(0).unsigned(0).unsigned(0).unsigned(4); // cropping
  return escapeRbsp(writer.bits(0, 1).bits(1, 1).toBytes());
})();

describe('the parameter set rewriter', () => {
  const encoded = encodeMarkedVideo({
    widthPx: 322,
    heightPx: 182,
    frames: 1,
    firstNumber: 1,
    gop: 1,
    encoderArguments: '-profile:v high -bf 3 -color_range pc -colorspace bt709'.split(' '),
  })[0]!.format.sps;

  it('keeps size, profile and frame rate', () => {
    const rewritten = rewriteSps(encoded);
    expect(rewritten).toMatchObject({ widthPx: 322, heightPx: 182 });
    expect(parseH264Sps(rewritten.sps)).toEqual(parseH264Sps(encoded));
  });

  it('changes nothing more when it is done twice', () => {
    const once = rewriteSps(encoded).sps;
    expect(Buffer.from(rewriteSps(once).sps)).toEqual(Buffer.from(once));
    expect(Buffer.from(once)).not.toEqual(Buffer.from(encoded));
  });

  it('adds the missing part to a set without one', () => {
    const once = rewriteSps(WITHOUT_VUI);
    expect(once).toMatchObject({ widthPx: 1920, heightPx: 1080 });
    expect(parseH264Sps(once.sps)).toEqual(parseH264Sps(WITHOUT_VUI));
    expect(Buffer.from(rewriteSps(once.sps).sps)).toEqual(Buffer.from(once.sps));
  });

  it('never fails but with the code for malformed packets, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(40), (bytes, at) => {
        const set = Uint8Array.from(encoded);
        set.set(bytes.subarray(0, Math.max(0, set.length - 4 - at)), Math.min(4 + at, set.length));
        for (const candidate of [set, Uint8Array.of(0x67, ...bytes)]) {
          try {
            rewriteSps(candidate);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
    );
  });

  it('escapes what looks like a start code, and nothing is lost by it', () => {
    expect([...escapeRbsp(Uint8Array.of(0, 0, 1, 0, 0, 0, 4))]).toEqual([0, 0, 3, 1, 0, 0, 3, 0, 4]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 3, 9)), (bytes) => {
        const escaped = escapeRbsp(Uint8Array.from(bytes));
        expect([...unescapeRbsp(escaped)]).toEqual(bytes);
        expect(Buffer.from(escaped).includes(Buffer.from([0, 0, 1]))).toBe(false);
      }),
    );
  });
});
