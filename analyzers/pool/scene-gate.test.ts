import { expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import { Canvas, detection } from '../testing/pictures.ts';
import { Track } from '../tracking/track.ts';
import { type LastSeen, SceneGate } from './scene-gate.ts';

const PARKED = detection('car', 0.4, 0.4, 0.2, 0.15);

function road(seed: number): Canvas {
  return new Canvas(640, 360, [95, 100, 100])
    .fill({ x: 0, y: 0, width: 1, height: 0.3 }, [180, 190, 210])
    .addNoise(8, seed);
}

function seen(now: Detection, before?: Detection): LastSeen {
  const track = new Track('t', before ?? now, 0);
  if (before) {
    track.predict(2000);
    track.correct(now);
  }
  return { detection: now, track };
}

function gateAfter(objects: readonly LastSeen[]): SceneGate {
  const gate = new SceneGate();
  gate.analysed(road(1), 10_000, objects);
  return gate;
}

it('carries what stands when nothing but noise changed', () => {
  const gate = gateAfter([seen(PARKED, PARKED)]);
  expect(gate.carry(road(2), 12_000)).toMatchObject({ detections: [PARKED], plates: [], vehiclesRead: [] });
  expect(gateAfter([]).carry(road(2), 12_000)?.detections).toEqual([]);
});

it('wants every first picture analysed', () => {
  expect(new SceneGate().carry(road(1), 10_000)).toBeUndefined();
});

it('sees a far car come in: 20 by 12 pixels of 640', () => {
  const gate = gateAfter([]);
  const withCar = road(2).fill({ x: 0.3, y: 0.4, width: 20 / 640, height: 12 / 360 }, [60, 60, 65]);
  expect(gate.carry(withCar, 12_000)).toBeUndefined();
});

it('sees a parked car leave', () => {
  const gate = new SceneGate();
  gate.analysed(road(1).fill(PARKED.box, [50, 50, 60]), 10_000, [seen(PARKED, PARKED)]);
  expect(gate.carry(road(2).fill(PARKED.box, [50, 50, 60]), 12_000)?.detections).toEqual([PARKED]);
  expect(gate.carry(road(3), 14_000)).toBeUndefined();
});

it('lets a cloud pass, which changes all of the picture alike', () => {
  expect(gateAfter([]).carry(road(2).relight([0.93, 0.93, 0.93]), 12_000)).toBeDefined();
});

it('has a picture analysed after something moved or was seen for the first time', () => {
  const before = detection('car', 0.1, 0.4, 0.2, 0.15);
  expect(gateAfter([seen(PARKED, before)]).carry(road(2), 12_000)).toBeUndefined();
  expect(gateAfter([seen(PARKED)]).carry(road(2), 12_000)).toBeUndefined();
});

it('never carries for longer than 20 s, nor over another size of picture', () => {
  const gate = gateAfter([]);
  expect(gate.carry(road(2), 29_000)).toBeDefined();
  expect(gate.carry(road(2), 30_000)).toBeUndefined();
  expect(gate.carry(new Canvas(320, 180, [95, 100, 100]), 12_000)).toBeUndefined();
});
