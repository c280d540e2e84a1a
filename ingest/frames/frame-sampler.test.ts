import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { AnalysisProfile } from '../cameras/camera.ts';
import { StreamHub } from '../hub/stream-hub.ts';
import { type Frame, cameraId } from '../media.ts';
import { FramePool } from './frame-pool.ts';
import { FrameSampler } from './frame-sampler.ts';
import { KeyFrameDecoderPool } from './key-frame-decoder-pool.ts';
import { encodeMarkedVideo, readMark } from './testing/marked-video.ts';

const WAIT = { timeout: 8000 };
const video = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 20, firstNumber: 70, gop: 5 });

describe('the frame sampler', { timeout: 30_000 }, () => {
  const frames = new FramePool({ maxSizeBytes: 4_000_000 });
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
    expect(frames.lentCount).toBe(0);
  });

  function startSampler(hub: StreamHub, profile: AnalysisProfile) {
    const keyFrameDecoders = new KeyFrameDecoderPool({
      processes: 1,
      maxWidthPx: 640,
      frames,
      clock: systemClock,
      log: silentLog,
    });
    keyFrameDecoders.start();
    const seen: (Pick<Frame, 'cameraId' | 'stream' | 'wallMs' | 'pts90k'> & { mark: number | undefined })[] = [];
    const sampler = new FrameSampler({
      cameraId: cameraId('gate'),
      stream: 'sub',
      hub,
      profile,
      keyFrameDecoders,
      frames,
      maxWidthPx: 640,
      onFrame: (frame) => {
        const mark = readMark(new Uint8Array(frame.pixels), frame.widthPx, frame.heightPx);
        seen.push({ cameraId: frame.cameraId, stream: frame.stream, wallMs: frame.wallMs, pts90k: frame.pts90k, mark });
        frame.release();
      },
      clock: systemClock,
      log: silentLog,
    });
    sampler.start();
    closers.push(
      () => keyFrameDecoders.close(),
      () => sampler.close(),
    );
    return { sampler, seen };
  }

  it('gives key frames only, beginning with the one that the hub remembers', async () => {
    const hub = new StreamHub();
    for (const unit of video.slice(0, 8)) hub.publish(unit);
    const { seen } = startSampler(hub, { mode: 'keyframes' });
    await expect.poll(() => seen.length, WAIT).toBe(1);
    for (const unit of video.slice(8, 13)) hub.publish(unit);
    await expect.poll(() => seen.length, WAIT).toBe(2);
    expect(seen).toEqual(
      [5, 10].map((i) => ({
        cameraId: 'gate',
        stream: 'sub',
        wallMs: video[i]!.wallMs,
        pts90k: video[i]!.pts90k,
        mark: 70 + i,
      })),
    );
  });

  it('gives pictures at the chosen rate, beginning within the group of pictures that is on', async () => {
    const hub = new StreamHub();
    for (const unit of video.slice(0, 8)) hub.publish(unit);
    const { seen } = startSampler(hub, { mode: 'fps', fps: 10 });
    for (const unit of video.slice(8, 12)) hub.publish(unit);
    await expect.poll(() => seen.map(({ mark }) => mark), WAIT).toEqual([75, 76, 77, 78, 79, 80, 81]);
  });

  it('decodes nothing when analysis is off, and nothing after it was closed', async () => {
    const hub = new StreamHub();
    const off = startSampler(hub, { mode: 'off' });
    expect(hub.readers).toEqual([]);
    const on = startSampler(hub, { mode: 'keyframes' });
    hub.publish(video[0]!);
    on.sampler.close();
    hub.publish(video[5]!);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([off.seen, on.seen]).toEqual([[], []]);
    expect(hub.readers).toEqual([]);
  });
});
