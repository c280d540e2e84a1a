import { afterEach, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId } from '../media.ts';
import { FramePool } from './frame-pool.ts';
import { type DecodeResult, KeyFrameDecoderPool } from './key-frame-decoder-pool.ts';
import { decodeKeyFrameToJpeg } from './still.ts';
import { corrupted, encodeMarkedVideo, readMark, seededRandom } from './testing/marked-video.ts';

const small = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 24, firstNumber: 1000, gop: 1 });
const large = encodeMarkedVideo({
  widthPx: 704,
  heightPx: 576,
  frames: 24,
  firstNumber: 5000,
  gop: 1,
  encoderArguments: ['-profile:v', 'high', '-bf', '2'],
});

describe('the pool of key frame decoders', { timeout: 60_000 }, () => {
  const frames = new FramePool({ maxSizeBytes: 16_000_000 });
  const pools: KeyFrameDecoderPool[] = [];
  const startPool = (options: { processes?: number; ffmpegPath?: string; frames?: FramePool } = {}) => {
    const pool = new KeyFrameDecoderPool({
      processes: 1,
      maxWidthPx: 640,
      frames,
      clock: systemClock,
      log: silentLog,
      ...options,
    });
    pools.push(pool);
    pool.start();
    return pool;
  };

  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    expect(frames.lentCount).toBe(0);
  });

  function markOf(result: DecodeResult): number | string | undefined {
    if (result.status !== 'decoded') return result.status;
    const { pixels, widthPx, heightPx } = result.picture;
    const mark = readMark(new Uint8Array(pixels), widthPx, heightPx);
    result.picture.release();
    return mark;
  }

  it('gives two cameras of different sizes each its own pictures, scaled to the width asked for', async () => {
    const pool = startPool();
    for (let i = 0; i < 12; i++) {
      const results = await Promise.all([pool.decode('a', small[i]!), pool.decode('b', large[i]!)]);
      const sizes = results.map((result) =>
        result.status === 'decoded'
          ? [result.picture.widthPx, result.picture.heightPx, result.picture.pixels.byteLength]
          : [],
      );
      expect(sizes).toEqual([
        [320, 192, 320 * 192 * 3],
        [640, 524, 640 * 524 * 3],
      ]);
      expect(results.map(markOf)).toEqual([1000 + i, 5000 + i]);
    }
    expect(pool.processesReplaced).toBe(0);
  });

  it('never delivers a picture of another unit, whatever is broken in between', async () => {
    const pool = startPool({ processes: 2 });
    const random = seededRandom(7);
    let sound = 0;
    for (let i = 0; i < 24; i++) {
      const isBroken = i % 4 === 1;
      const units = [small[i]!, large[i]!].map((unit) => (isBroken ? corrupted(unit, random) : unit));
      // A queue of its own for each, so that no camera backs off.
      const results = await Promise.all(units.map((unit, camera) => pool.decode(`${camera}-${i}`, unit)));
      for (const [camera, result] of results.entries()) {
        const mark = markOf(result);
        const own = (camera === 0 ? 1000 : 5000) + i;
        if (!isBroken) expect(mark).toBe(own);
        // A broken unit may give its own spoilt picture, or none; never somebody else's.
        else expect([own, undefined, 'poisoned', 'refused']).toContain(mark);
        if (mark === own && !isBroken) sound++;
      }
    }
    expect(sound).toBe(36);
    expect(pool.processesReplaced).toBeGreaterThan(0);
  });

  it('decodes a unit again on a fresh process when the first one is killed meanwhile', async () => {
    const pool = startPool();
    expect(markOf(await pool.decode('a', small[0]!))).toBe(1000);
    const [pid] = pool.pids;
    process.kill(pid!, 'SIGSTOP');
    const result = pool.decode('a', small[1]!);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.kill(pid!, 'SIGKILL');
    expect(markOf(await result)).toBe(1001);
    expect(pool.pids).not.toContain(pid);
  });

  it('calls a unit poisoned after two processes failed on it, and lets its camera wait', async () => {
    const pool = startPool();
    const nonsense = { ...small[0]!, nalUnits: [Buffer.concat([Buffer.from([0x65]), Buffer.alloc(900, 0xa5)])] };
    expect(markOf(await pool.decode('a', nonsense))).toBe('poisoned');
    expect(markOf(await pool.decode('a', small[1]!))).toBe('backing_off');
    expect(markOf(await pool.decode('b', small[2]!))).toBe(1002);
    pool.forget('a');
    expect(markOf(await pool.decode('a', small[3]!))).toBe(1003);
  });

  it('refuses damaged units, units without parameter sets and pictures that are no key frames', async () => {
    const pool = startPool();
    const noSets = { ...small[0]!, format: { ...small[0]!.format, sps: new Uint8Array(0) } };
    const brokenSet = { ...small[0]!, format: { ...small[0]!.format, sps: Uint8Array.of(0x67, 0x42) } };
    const units = [{ ...small[0]!, damaged: true }, noSets, brokenSet, { ...small[0]!, isKeyFrame: false }];
    for (const unit of units) expect(markOf(await pool.decode('a', unit))).toBe('refused');
  });

  it('keeps only the newest waiting unit of a camera', async () => {
    const pool = startPool();
    const results = await Promise.all(small.slice(0, 6).map((unit) => pool.decode('a', unit)));
    const marks = results.map(markOf);
    expect(marks.at(-1)).toBe(1005);
    expect(marks).toContain('replaced');
  });

  it('says so when all frame memory is lent, and goes on when some came back', async () => {
    const tight = new FramePool({ maxSizeBytes: 320 * 192 * 3 });
    const pool = startPool({ frames: tight });
    const first = await pool.decode('a', small[0]!);
    expect((await pool.decode('a', small[1]!)).status).toBe('no_memory');
    expect(markOf(first)).toBe(1000);
    expect(markOf(await pool.decode('a', small[2]!))).toBe(1002);
    expect(tight.refusals).toBe(1);
  });

  it('gives up what waits when ffmpeg cannot be started, and closes while it tries again', async () => {
    const pool = startPool({ ffmpegPath: '/nonexistent/ffmpeg' });
    const waiting = pool.decode('a', small[0]!);
    expect((await waiting).status).toBe('no_decoder');
    const next = pool.decode('a', small[1]!);
    await pool.close();
    expect((await next).status).toBe('closed');
  });

  it('makes a still no wider than asked for', async () => {
    const pool = startPool();
    const jpeg = await decodeKeyFrameToJpeg(pool, cameraId('a'), large[3]!, { maxWidthPx: 352, quality: 80 });
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.format]).toEqual([352, 'raw']);
    expect(readMark(data, info.width, info.height)).toBe(5003);
  });
});
