import { describe, expect, it } from 'vitest';
import { detection } from '../testing/pictures.ts';
import { Track } from './track.ts';
import { dropDuplicates, nearnessOf, overlapFit, rareFit } from './association.ts';

it('leaves one box of a vehicle that is reported as car and as truck', () => {
  const car = detection('car', 0.3, 0.3, 0.2, 0.2, 0.8);
  const truck = detection('truck', 0.31, 0.3, 0.2, 0.2, 0.5);
  const other = detection('car', 0.6, 0.3, 0.2, 0.2, 0.7);
  expect(dropDuplicates([car, other, truck])).toEqual([car, other]);
});

it('keeps a person who stands in front of a vehicle', () => {
  const bus = detection('bus', 0.3, 0.3, 0.4, 0.4);
  const person = detection('person', 0.4, 0.4, 0.1, 0.25);
  expect(dropDuplicates([bus, person])).toHaveLength(2);
});

it('finds nothing near that is of a very different size', () => {
  const small = { x: 0.5, y: 0.5, width: 0.05, height: 0.05 };
  expect(nearnessOf(small, { x: 0.5, y: 0.5, width: 0.2, height: 0.2 }, 2)).toBeUndefined();
  expect(nearnessOf(small, { x: 0.56, y: 0.5, width: 0.05, height: 0.05 }, 2)).toBeCloseTo(0.4, 5);
});

describe('who looks like whom', () => {
  const dark = Float32Array.from({ length: 14 }, (_, bin) => (bin === 0 ? 1 : 0));
  const light = Float32Array.from({ length: 14 }, (_, bin) => (bin === 5 ? 1 : 0));
  const standing = (): Track => new Track('1', detection('car', 0.4, 0.4, 0.1, 0.1), 0, dark);

  it('decides at key-frame rate, where another vehicle may stand in the same place', () => {
    const near = detection('car', 0.45, 0.4, 0.1, 0.1);
    expect(rareFit(standing(), near, dark)).toBeGreaterThan(0.5);
    expect(rareFit(standing(), near, light)).toBeUndefined();
  });

  it('leaves only what is very near when nothing is known of the looks', () => {
    expect(rareFit(standing(), detection('car', 0.41, 0.4, 0.1, 0.1), undefined)).toBeGreaterThan(0.3);
    expect(rareFit(standing(), detection('car', 0.65, 0.4, 0.1, 0.1), undefined)).toBeUndefined();
    expect(rareFit(standing(), detection('car', 0.65, 0.4, 0.1, 0.1), dark)).toBeGreaterThan(0);
  });

  it('keeps a vehicle that was hidden for a second from being continued by another one', () => {
    const track = standing();
    track.predict(1000);
    track.miss();
    const back = detection('car', 0.41, 0.4, 0.1, 0.1);
    expect(overlapFit(track, back, dark, 1000, 0.25)).toBeGreaterThan(0.5);
    expect(overlapFit(track, back, light, 1000, 0.25)).toBeUndefined();
    // One picture later there is no time for an exchange: the light may have changed.
    const moment = standing();
    moment.predict(100);
    expect(overlapFit(moment, back, light, 100, 0.25)).toBeGreaterThan(0.3);
  });
});
