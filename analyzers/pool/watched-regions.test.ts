import { expect, it } from 'vitest';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { detection, rectangleZone } from '../testing/pictures.ts';
import { keepWatched, regionsOf } from './watched-regions.ts';

function region(use: 'interest' | 'ignore', x: number, y: number, width: number, height: number): CameraRule {
  return { kind: 'region', id: `${use}${x}`, name: use, use, zone: rectangleZone({ x, y, width, height }) };
}

/** Feet at (0.2, 0.5), (0.6, 0.5) and (0.6, 0.9). */
const left = detection('car', 0.1, 0.3, 0.2, 0.2);
const middle = detection('bus', 0.5, 0.1, 0.2, 0.4);
const low = detection('person', 0.55, 0.7, 0.1, 0.2);
const all = [left, middle, low];
const kept = (...rules: CameraRule[]) => keepWatched(all, regionsOf(rules));

it('keeps everything where no region is drawn', () => {
  expect(regionsOf([{ kind: 'line', id: 'l', name: 'l', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } }])).toBeUndefined();
  expect(kept()).toEqual(all);
});

it('keeps what stands in any region of interest', () => {
  expect(kept(region('interest', 0, 0.4, 0.4, 0.3))).toEqual([left]);
  expect(kept(region('interest', 0, 0.4, 0.4, 0.3), region('interest', 0.5, 0.8, 0.3, 0.2))).toEqual([left, low]);
});

it('drops what stands in a region to ignore, also inside one of interest', () => {
  expect(kept(region('ignore', 0.5, 0.4, 0.3, 0.2))).toEqual([left, low]);
  expect(kept(region('interest', 0, 0, 1, 1), region('ignore', 0.5, 0.4, 0.3, 0.2))).toEqual([left, low]);
});

it('goes by where a thing touches the ground, not by its roof', () => {
  // The upper half of the bus lies in the region, its wheels do not.
  expect(kept(region('ignore', 0.5, 0, 0.3, 0.3))).toEqual(all);
});
