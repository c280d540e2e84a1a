import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, SimulatedClock, systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { AccessUnit } from '../media.ts';
import { ContinuousDecoder } from './continuous-decoder.ts';
import { FramePool } from './frame-pool.ts';
import { corrupted, encodeMarkedVideo, readMark, seededRandom } from './testing/marked-video.ts';

const video = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 60, firstNumber: 0, gop: 10 });

/** Which picture was given out for which unit. */
interface Given {
  readonly unit: number;
  readonly mark: number | undefined;
}

/** Long, for machines that do much else; short when all is well. */
const WAIT = { timeout: 8000 };

describe('the continuous decoder', { timeout: 30_000 }, () => {
  const frames = new FramePool({ maxSizeBytes: 16_000_000 });
  const decoders: ContinuousDecoder[] = [];

  afterEach(() => {
    for (const decoder of decoders.splice(0)) decoder.close();
    expect(frames.lentCount).toBe(0);
  });

  function startDecoder(
    fps: number,
    pool = frames,
    clock: Clock = systemClock,
  ): { decoder: ContinuousDecoder; given: Given[] } {
    const given: Given[] = [];
    const decoder = new ContinuousDecoder({
      fps,
      maxWidthPx: 640,
      frames: pool,
      clock,
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

  /** Ten times as fast as the pictures were taken. */
  async function play(decoder: ContinuousDecoder, units: readonly AccessUnit[]): Promise<void> {
    for (const unit of units) {
      decoder.push(unit);
      await pause(10);
    }
  }

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const isRight = ({ unit, mark }: Given) => unit === mark;

  it('gives every k-th picture, each with the time of its own unit', async () => {
    // No time passes: on a busy machine it would go on with the next key frame instead.
    const { decoder, given } = startDecoder(5, frames, new SimulatedClock());
    await play(decoder, video);
    await expect.poll(() => given.length, WAIT).toBe(30);
    expect(given.map(({ unit }) => unit)).toEqual(Array.from({ length: 30 }, (_, i) => i * 2));
    expect(given.every(isRight)).toBe(true);
    expect(decoder.counts.restarts).toBe(0);
  });

  it('keeps its rate when it does not divide that of the camera', async () => {
    const { decoder, given } = startDecoder(4, frames, new SimulatedClock());
    await play(decoder, video);
    await expect.poll(() => given.length, WAIT).toBe(24);
    expect(given.every(isRight)).toBe(true);
  });

  it('shows no wrong picture when the camera sends B-pictures', async () => {
    const units = encodeMarkedVideo({
      widthPx: 320,
      heightPx: 192,
      frames: 40,
      firstNumber: 0,
      gop: 10,
      encoderArguments: '-profile:v main -bf 2 -b_strategy 0 -x264-params open-gop=0:b-pyramid=0'.split(' '),
    });
    // The encoder's fixed order IPBB…: what a camera says with its RTP time stamps.
    const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8];
    const timed = units.map((unit, i) => ({ ...unit, pts90k: (i - (i % 10) + order[i % 10]!) * 9000 }));
    const { decoder, given } = startDecoder(10);
    await play(decoder, timed);
    await expect.poll(() => given.length, WAIT).toBeGreaterThan(8);
    await pause(200);
    expect(given.filter((one) => !isRight(one))).toEqual([]);
  });

  it('leaves out what follows a damaged unit until the next key frame', async () => {
    const { decoder, given } = startDecoder(10);
    await play(
      decoder,
      video.slice(0, 30).map((unit, i) => (i === 14 ? { ...unit, damaged: true } : unit)),
    );
    await expect.poll(() => given.at(-1)?.unit, WAIT).toBe(29);
    expect(given.map(({ unit }) => unit)).toEqual([...range(0, 14), ...range(20, 30)]);
    expect(given.every(isRight)).toBe(true);
  });

  it('shows no other picture as that of a unit when bytes are corrupt', async () => {
    const { decoder, given } = startDecoder(10);
    const random = seededRandom(3);
    const bad = new Set([7, 23, 34, 45]);
    await play(
      decoder,
      video.map((unit, i) => (bad.has(i) ? corrupted(unit, random) : unit)),
    );
    await pause(900);
    await play(decoder, shifted(video, 60));
    await expect.poll(() => given.length, WAIT).toBeGreaterThan(40);
    await pause(200);
    // A mark that cannot be read is the unit's own spoilt picture; a sound mark must be its own.
    const wrong = given.filter(({ unit, mark }) => mark !== undefined && mark !== unit % 60);
    expect(wrong).toEqual([]);
    expect(decoder.counts.restarts).toBeGreaterThan(0);
  });

  it('starts again by itself when its process is killed', async () => {
    const { decoder, given } = startDecoder(10);
    await play(decoder, video.slice(0, 15));
    await expect.poll(() => given.length, WAIT).toBe(15);
    process.kill(decoder.pid!, 'SIGKILL');
    await pause(700);
    await play(decoder, video.slice(20, 40));
    await expect.poll(() => given.at(-1)?.unit, WAIT).toBe(39);
    expect(given.every(isRight)).toBe(true);
    expect(decoder.counts.restarts).toBe(1);
  });

  it('goes on when the time of the stream starts again from zero', async () => {
    const { decoder, given } = startDecoder(10);
    await play(decoder, video.slice(0, 20));
    await expect.poll(() => given.length, WAIT).toBe(20);
    decoder.reset();
    await play(decoder, video.slice(0, 20));
    await expect.poll(() => given.length, WAIT).toBe(40);
    expect(given.every(isRight)).toBe(true);
  });

  it('drops to the next key frame instead of queueing while its process stands still', async () => {
    const { decoder, given } = startDecoder(10);
    await play(decoder, video.slice(0, 10));
    await expect.poll(() => given.length, WAIT).toBe(10);
    process.kill(decoder.pid!, 'SIGSTOP');
    for (const unit of video.slice(10, 20)) decoder.push(unit);
    await pause(1600);
    for (const unit of video.slice(20, 40)) decoder.push(unit);
    expect(decoder.counts.behind).toBeGreaterThan(0);
    process.kill(decoder.pid!, 'SIGCONT');
    await expect.poll(() => given.length, WAIT).toBe(20);
    await play(decoder, video.slice(40));
    await expect.poll(() => given.at(-1)?.unit, WAIT).toBe(59);
    expect(given.every(isRight)).toBe(true);
  });

  it('counts pictures that find no memory and gives none', async () => {
    const { decoder, given } = startDecoder(10, new FramePool({ maxSizeBytes: 1000 }));
    await play(decoder, video.slice(0, 10));
    await expect.poll(() => decoder.counts.noMemory, WAIT).toBe(10);
    expect(given).toEqual([]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function shifted(units: readonly AccessUnit[], by: number): AccessUnit[] {
  return units.map((unit) => ({ ...unit, pts90k: unit.pts90k + by * 9000 }));
}
