import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { NutReader } from './nut-reader.ts';

/** 12 pictures of 16×8, 40 ms apart but for a jump; the first byte of each rises. */
const nut = spawnSync(
  'ffmpeg',
  [
    ...'-v error -f lavfi -i color=black:s=16x8:r=25 -vf'.split(' '),
    "geq=r='N*20':g=0:b=0,format=rgb24,setpts='if(gt(N,6),PTS+1000,PTS)'",
    ...'-frames:v 12 -fps_mode passthrough -c:v rawvideo -enc_time_base 1:1000 -f nut -write_index 0 -'.split(' '),
  ],
  { maxBuffer: 1 << 24 },
).stdout;

function read(chunks: Iterable<Buffer>): { ptsMs: number; first: number; sizeBytes: number }[] {
  const pictures: { ptsMs: number; first: number; sizeBytes: number }[] = [];
  const reader = new NutReader({
    begin: (_, sizeBytes) => new Uint8Array(sizeBytes),
    end: (ptsMs, pixels) => pictures.push({ ptsMs, first: pixels![0]!, sizeBytes: pixels!.length }),
  });
  for (const chunk of chunks) reader.push(chunk);
  return pictures;
}

function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  let offset = 0;
  for (let i = 0; offset < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield Buffer.from(bytes.subarray(offset, offset + size));
    offset += size;
  }
}

describe('the NUT reader', () => {
  const whole = read([nut]);

  it('gives each picture with its own time, also after a jump', () => {
    expect(whole).toHaveLength(12);
    for (const [i, { sizeBytes }] of whole.entries()) {
      expect(sizeBytes).toBe(16 * 8 * 3);
      if (i > 0) expect(whole[i]!.first).toBeGreaterThan(whole[i - 1]!.first);
    }
    const steps = whole.slice(1).map(({ ptsMs }, i) => ptsMs - whole[i]!.ptsMs);
    expect(steps.filter((step) => step === 40)).toHaveLength(10);
    expect(Math.max(...steps)).toBeGreaterThan(1000);
  });

  it('gives the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(read(cut(nut, sizes))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('skips pictures that nobody gives memory for', () => {
    const ended: (Uint8Array | undefined)[] = [];
    const reader = new NutReader({ begin: () => undefined, end: (_, pixels) => ended.push(pixels) });
    reader.push(nut);
    expect(ended).toEqual(whole.map(() => undefined));
  });

  it('never fails but with its own error, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(nut.length - 1), fc.uint8Array({ maxLength: 40 }), (at, noise) => {
        const spoilt = Buffer.from(nut);
        spoilt.set(noise.subarray(0, spoilt.length - at), at);
        try {
          read([spoilt]);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
