import { expect, it } from 'vitest';
import { Canvas } from '../testing/pictures.ts';
import { PictureHealth } from './picture-health.ts';

const lively = (index: number): Canvas => new Canvas(160, 90, [100, 100, 100]).addNoise(6, index + 1);

it('finds nothing wrong with a living picture, and says so once', () => {
  const health = new PictureHealth();
  const changes = Array.from({ length: 30 }, (_, index) => health.update(lively(index), index * 1000));
  expect(changes.filter((change) => change !== undefined)).toEqual([{ fault: undefined, sinceMs: 0 }]);
});

it('calls a picture frozen after ten seconds without any change, and well again', () => {
  const health = new PictureHealth();
  const still = lively(1);
  const changes = Array.from({ length: 20 }, (_, index) => health.update(still, index * 1000)?.fault);
  expect(changes.indexOf('frozen')).toBe(10);
  expect(health.update(lively(2), 20_000)).toEqual({ fault: undefined, sinceMs: 20_000 });
});

it('calls a picture dark after five seconds', () => {
  const health = new PictureHealth();
  health.update(lively(0), 0);
  const faults = Array.from({ length: 8 }, (_, index) => {
    const night = new Canvas(160, 90, [3, 3, 3]).addNoise(3, index + 1);
    return health.update(night, 1000 + index * 1000)?.fault;
  });
  expect(faults.indexOf('dark')).toBe(5);
});
