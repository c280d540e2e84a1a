import { describe, expect, it } from 'vitest';
import type { SceneTruth, TruthFrame, TruthObject } from './truth-format.ts';
import { serialiseTruth, summariseTruth } from './truth-summary.ts';

const UPWARDS = {
  name: 'line',
  points: [
    [0.5, 1],
    [0.5, 0],
  ],
} as const; // so that x alone decides the side
const CLIP = {
  scene: 'test',
  seed: 1,
  widthPx: 1000,
  heightPx: 500,
  fps: 10,
  durationMs: 400,
  zones: [],
  lines: [UPWARDS],
  violations: [],
};

function car(footX: number, plateWidthPx?: number): TruthObject {
  const box = { x: footX - 0.05, y: 0.4, width: 0.1, height: 0.1 };
  const plate = plateWidthPx === undefined ? {} : { plate: { text: '皖A12345', box, widthPx: plateWidthPx } };
  return { id: 7, type: 'car', box, occludedRatio: 0, cutRatio: 0, ...plate };
}

function framesOf(...objects: TruthObject[]): TruthFrame[] {
  return objects.map((object, index) => ({ index, timeMs: index * 100, objects: [object] }));
}

describe('summariseTruth', () => {
  it('reports when the foot of an object passes a line, and which way', () => {
    const there = summariseTruth(CLIP, framesOf(car(0.4), car(0.45), car(0.55), car(0.6)));
    expect(there.crossings).toEqual([{ line: 'line', id: 7, timeMs: 200, direction: 'left_to_right' }]);
    const back = summariseTruth(CLIP, framesOf(car(0.55), car(0.45)));
    expect(back.crossings.map(({ direction }) => direction)).toEqual(['right_to_left']);
  });

  it('does not report an object that passes beyond the end of a line', () => {
    const short = {
      ...CLIP,
      lines: [
        {
          name: 'short',
          points: [
            [0.5, 1],
            [0.5, 0.8],
          ] as const,
        },
      ],
    };
    expect(summariseTruth(short, framesOf(car(0.4), car(0.6))).crossings).toEqual([]);
  });

  it('measures the longest unbroken time in which a plate was wide enough to read', () => {
    const frames = framesOf(
      car(0.1, 120),
      car(0.1, 120),
      car(0.1),
      car(0.1, 120),
      car(0.1, 120),
      car(0.1, 120),
      car(0.1, 90),
    );
    const [vehicle] = summariseTruth(CLIP, frames).vehicles;
    expect(vehicle).toEqual({ id: 7, type: 'car', plate: '皖A12345', firstMs: 0, lastMs: 600, plateReadableMs: 200 });
  });
});

describe('serialiseTruth', () => {
  it('keeps every nth frame and the summary of all of them', () => {
    const truth = summariseTruth(CLIP, framesOf(car(0.4), car(0.45), car(0.55), car(0.6)));
    const read = JSON.parse(serialiseTruth(truth, 3)) as SceneTruth; // our own text, just written
    expect(read.frames.map(({ index }) => index)).toEqual([0, 3]);
    expect({ ...read, frames: truth.frames }).toEqual(truth);
  });
});
