import { expect, test } from 'vitest';
import { type AccessUnit, cameraId } from '../media.ts';
import { StillCache } from './still-cache.ts';

const unit = (wallMs: number): AccessUnit => ({
  format: {
    codec: 'h264',
    widthPx: 640,
    heightPx: 360,
    sps: new Uint8Array(),
    pps: new Uint8Array(),
    codecString: 'avc1.42e01f',
  },
  pts90k: wallMs * 90,
  wallMs,
  arrivedMs: wallMs,
  isKeyFrame: true,
  nalUnits: [],
  sizeBytes: 0,
  damaged: false,
});

function cacheOf(limit: number) {
  const jobs: { camera: string; done: PromiseWithResolvers<Buffer> }[] = [];
  const cache = new StillCache({
    limit,
    decode: (camera) => {
      const done = Promise.withResolvers<Buffer>();
      jobs.push({ camera, done });
      return done.promise;
    },
  });
  return { jobs, cache };
}
const a = cameraId('a');
const b = cameraId('b');

test('a key frame is decoded once, however many ask for it and however late', async () => {
  const { jobs, cache } = cacheOf(4);
  const asked = [cache.get(a, 'main', unit(1)), cache.get(a, 'main', unit(1))];
  jobs[0]?.done.resolve(Buffer.from('one'));
  expect((await Promise.all(asked)).map(({ jpeg }) => jpeg.toString())).toEqual(['one', 'one']);
  expect((await cache.get(a, 'main', unit(1))).jpeg.toString()).toBe('one');
  expect(jobs).toHaveLength(1);
});

test('a newer key frame and another stream are decoded anew; one under way is waited for, with its own time', async () => {
  const { jobs, cache } = cacheOf(4);
  const first = cache.get(a, 'main', unit(1));
  const second = cache.get(a, 'main', unit(2));
  void cache.get(a, 'sub', unit(1)).catch(() => undefined);
  expect(jobs).toHaveLength(2);
  jobs[0]?.done.resolve(Buffer.from('one'));
  expect((await second).wallMs).toBe((await first).wallMs);
  void cache.get(a, 'main', unit(2)).catch(() => undefined);
  expect(jobs).toHaveLength(3);
});

test('what failed is tried again, and the least recently asked for goes first', async () => {
  const { jobs, cache } = cacheOf(1);
  const failing = cache.get(a, 'main', unit(1));
  jobs[0]?.done.reject(new Error('undecodable'));
  await expect(failing).rejects.toThrow('undecodable');
  const again = cache.get(a, 'main', unit(1));
  jobs[1]?.done.resolve(Buffer.from('a'));
  await again;
  const other = cache.get(b, 'main', unit(1));
  jobs[2]?.done.resolve(Buffer.from('b'));
  await other;
  void cache.get(a, 'main', unit(1));
  expect(jobs.map(({ camera }) => camera)).toEqual(['a', 'a', 'b', 'a']);
});
