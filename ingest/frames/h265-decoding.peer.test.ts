import { afterEach, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import fc from 'fast-check';
import { AppError } from '#infra/runtime/app-error.ts';
import { SimulatedClock, systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, cameraId } from '../media.ts';
import { parseH265Sps } from '../rtp/h265-sps.ts';
import { ContinuousDecoder } from './continuous-decoder.ts';
import { FramePool } from './frame-pool.ts';
import { rewriteH265Sps } from './h265-sps-rewriter.ts';
import { type DecodeResult, KeyFrameDecoderPool } from './key-frame-decoder-pool.ts';
import { decodeKeyFrameToJpeg } from './still.ts';
import { corrupted, encodeMarkedVideo, readMark, seededRandom } from './testing/marked-video.ts';

const CODEC = { codec: 'h265' } as const;
const plain = encodeMarkedVideo({ ...CODEC, widthPx: 320, heightPx: 192, frames: 24, firstNumber: 1000, gop: 1 });
const large = encodeMarkedVideo({
  ...CODEC,
  widthPx: 704,
  heightPx: 576,
  frames: 24,
  firstNumber: 5000,
  gop: 2,
  encoderArguments: ['bframes=0', 'open-gop=1', 'slices=2'],
}).filter((unit) => unit.isKeyFrame);
const older = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 12, firstNumber: 9000, gop: 1 });

const frames = new FramePool({ maxSizeBytes: 16_000_000 });
afterEach(() => {
  expect(frames.lentCount).toBe(0);
});

describe('key frames of H.265', { timeout: 60_000 }, () => {
  const pools: KeyFrameDecoderPool[] = [];

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  function startPool(processes = 1): KeyFrameDecoderPool {
    const options = { processes, maxWidthPx: 640, frames, clock: systemClock, log: silentLog };
    const pool = new KeyFrameDecoderPool(options);
    pools.push(pool);
    pool.start();
    return pool;
  }

  function markOf(result: DecodeResult): number | string | undefined {
    if (result.status !== 'decoded') return result.status;
    const { pixels, widthPx, heightPx } = result.picture;
    const mark = readMark(new Uint8Array(pixels), widthPx, heightPx);
    result.picture.release();
    return mark;
  }

  it('come out at once, each as its own, beside those of H.264 cameras', async () => {
    const pool = startPool();
    expect(large.length).toBeGreaterThanOrEqual(12);
    for (let i = 0; i < 12; i++) {
      const results = await Promise.all([
        pool.decode('a', plain[i]!),
        pool.decode('b', large[i]!),
        pool.decode('c', older[i]!),
      ]);
      expect(results.map(markOf)).toEqual([1000 + i, 5000 + 2 * i, 9000 + i]);
    }
    expect(pool.processesReplaced).toBe(0);
    expect(pool.pids).toHaveLength(2);
  });

  it('are never another unit’s picture, whatever is broken in between', async () => {
    const pool = startPool(2);
    const random = seededRandom(11);
    for (let i = 0; i < 12; i++) {
      const isBroken = i % 4 === 1;
      const units = [plain[i]!, large[i]!].map((unit) => (isBroken ? corrupted(unit, random) : unit));
      // A queue of its own for each, so that no camera backs off.
      const results = await Promise.all(units.map((unit, camera) => pool.decode(`${camera}-${i}`, unit)));
      for (const [camera, result] of results.entries()) {
        const mark = markOf(result);
        const own = camera === 0 ? 1000 + i : 5000 + 2 * i;
        if (!isBroken) expect(mark).toBe(own);
        else expect([own, undefined, 'poisoned', 'refused']).toContain(mark);
      }
    }
    expect(pool.processesReplaced).toBeGreaterThan(0);
  });

  it('are refused when damaged, or without one of the three kinds of parameter sets', async () => {
    const pool = startPool();
    const [unit] = plain;
    const { vps: _vps, ...noVps } = unit!.format;
    const bad: AccessUnit[] = [
      { ...unit!, damaged: true },
      { ...unit!, format: noVps },
      { ...unit!, format: { ...unit!.format, sps: new Uint8Array(0) } },
      { ...unit!, format: { ...unit!.format, pps: new Uint8Array(0) } },
      { ...unit!, nalUnits: [Buffer.from([1 << 1, 1, 0x80, 0])] },
    ];
    for (const one of bad) expect(markOf(await pool.decode('a', one))).toBe('refused');
  });

  it('make stills', async () => {
    const pool = startPool();
    const jpeg = await decodeKeyFrameToJpeg(pool, cameraId('a'), large[3]!, { maxWidthPx: 352, quality: 80 });
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(352);
    expect(readMark(data, info.width, info.height)).toBe(5006);
  });
});

describe('continuous decoding of H.265', { timeout: 60_000 }, () => {
  const decoders: ContinuousDecoder[] = [];
  const WAIT = { timeout: 20_000 };

  afterEach(() => {
    for (const decoder of decoders.splice(0)) decoder.close();
  });

  function startDecoder(): { decoder: ContinuousDecoder; given: { unit: number; mark: number | undefined }[] } {
    const given: { unit: number; mark: number | undefined }[] = [];
    const decoder = new ContinuousDecoder({
      fps: 10,
      maxWidthPx: 640,
      frames,
      // No time passes: on a busy machine the decoder would go on with the next key frame instead.
      clock: new SimulatedClock(),
      log: silentLog,
      onPicture: (picture, { pts90k }) => {
        const mark = readMark(new Uint8Array(picture.pixels), picture.widthPx, picture.heightPx);
        picture.release();
        given.push({ unit: pts90k / 9000, mark });
      },
    });
    decoders.push(decoder);
    return { decoder, given };
  }

  async function play(decoder: ContinuousDecoder, units: readonly AccessUnit[]): Promise<void> {
    for (const unit of units) {
      decoder.push(unit);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  const video = encodeMarkedVideo({ ...CODEC, widthPx: 320, heightPx: 192, frames: 40, firstNumber: 0, gop: 10 });

  it('gives every picture with the time of its own unit', async () => {
    const { decoder, given } = startDecoder();
    await play(decoder, video);
    // The last picture waits for one behind it, in the decoder.
    await expect.poll(() => given.length, WAIT).toBeGreaterThanOrEqual(39);
    expect(given.filter(({ unit, mark }) => unit !== mark)).toEqual([]);
    expect(decoder.counts.restarts).toBe(0);
  });

  it('leaves out what follows a damaged unit until the next key frame', async () => {
    const { decoder, given } = startDecoder();
    await play(
      decoder,
      video.map((unit, i) => (i === 14 ? { ...unit, damaged: true } : unit)),
    );
    await expect.poll(() => given.at(-1)?.unit, WAIT).toBeGreaterThanOrEqual(38);
    expect(given.filter(({ unit, mark }) => unit !== mark)).toEqual([]);
    expect(given.filter(({ unit }) => unit >= 14 && unit < 20)).toEqual([]);
  });

  it('goes on when a camera is set to another codec', async () => {
    const { decoder, given } = startDecoder();
    const after = older.map((unit) => ({ ...unit, pts90k: unit.pts90k + 40 * 9000 }));
    await play(decoder, [...video, ...after]);
    await expect.poll(() => given.filter(({ mark }) => (mark ?? 0) >= 9000).length, WAIT).toBeGreaterThan(8);
    expect(given.filter(({ unit, mark }) => mark !== (unit < 40 ? unit : 9000 + unit - 40))).toEqual([]);
  });
});

describe('the parameter set rewriter for H.265', () => {
  const { sps } = encodeMarkedVideo({
    ...CODEC,
    widthPx: 322,
    heightPx: 182,
    frames: 1,
    firstNumber: 1,
    gop: 10,
    encoderArguments: ['bframes=3', 'temporal-layers=1'],
  })[0]!.format;

  it('keeps everything but the reordering, and changes nothing more when it is done twice', () => {
    const once = rewriteH265Sps(sps);
    expect(once).toMatchObject({ widthPx: 322, heightPx: 182 });
    expect(parseH265Sps(once.sps)).toEqual(parseH265Sps(sps));
    expect(Buffer.from(once.sps)).not.toEqual(Buffer.from(sps));
    expect(Buffer.from(rewriteH265Sps(once.sps).sps)).toEqual(Buffer.from(once.sps));
  });

  it('never fails but with the code for malformed packets, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(sps.length - 1), fc.uint8Array({ maxLength: 20 }), (at, bytes) => {
        const set = Uint8Array.from(sps);
        set.set(bytes.subarray(0, set.length - at), at);
        try {
          rewriteH265Sps(set);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
