import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Box } from '../detection.ts';
import { touchesEdge } from '../tracking/box.ts';
import type { PathPoint } from '../tracking/track-path.ts';
import { groundLength, groundSpeed } from './ground-motion.ts';
import { GroundPlane } from './ground-plane.ts';

/** Of the rendered clip's truth file: where each vehicle stood on the ground, and its box in the picture. */
interface Truth {
  readonly groundMarks: readonly {
    readonly picture: readonly [number, number];
    readonly ground: readonly [number, number];
  }[];
  readonly vehicles: readonly { readonly id: number; readonly type: string; readonly lengthM: number }[];
  readonly frames: readonly {
    readonly timeMs: number;
    readonly objects: readonly {
      readonly id: number;
      readonly box: Box;
      readonly ground: readonly [number, number];
      readonly cutRatio: number;
    }[];
  }[];
}

const truth = JSON.parse(
  readFileSync(new URL('../../ingest/simulator/clips/crossing.truth.json', import.meta.url), 'utf8'),
) as Truth;
const plane = new GroundPlane(
  truth.groundMarks.map(({ picture: [x, y], ground: [acrossMetres, alongMetres] }) => ({
    x,
    y,
    acrossMetres,
    alongMetres,
  })),
);

function pathOf(id: number): PathPoint[] {
  return truth.frames.flatMap(({ timeMs, objects }) => {
    const object = objects.find((candidate) => candidate.id === id);
    return object ? [{ timeMs, box: object.box, isCut: touchesEdge(object.box) }] : [];
  });
}

/** Metres a second between the two frames around a time, as km/h. */
function trueKmh(id: number, timeMs: number): number {
  const places = truth.frames.flatMap((frame) => {
    const object = frame.objects.find((candidate) => candidate.id === id);
    return object ? [{ timeMs: frame.timeMs, at: object.ground }] : [];
  });
  const from = places.findLast((place) => place.timeMs <= timeMs - 600) ?? places[0];
  const to = places.find((place) => place.timeMs >= timeMs + 600) ?? places.at(-1);
  if (!from || !to) throw new Error('no such vehicle');
  const metres = Math.hypot(to.at[0] - from.at[0], to.at[1] - from.at[1]);
  return (metres / (to.timeMs - from.timeMs)) * 3600;
}

describe('on true boxes of the rendered crossing', () => {
  const measured = truth.vehicles.flatMap(({ id }) => {
    const speed = groundSpeed(pathOf(id), plane);
    return speed ? [{ speed, trueKmh: trueKmh(id, speed.timeMs) }] : [];
  });

  it('measures speeds within 15 %, half of them within 5 %', () => {
    const errors = measured
      .filter((one) => one.trueKmh > 10)
      .map(({ speed, trueKmh: known }) => Math.abs(speed.kmh - known) / known)
      .toSorted((a, b) => a - b);
    expect(errors.length).toBeGreaterThanOrEqual(12);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.05);
    expect(errors.at(-1)).toBeLessThan(0.15);
  });

  it('states an uncertainty that the truth lies in: two standard deviations for nine of ten', () => {
    const inside = measured.filter(
      ({ speed, trueKmh: known }) => Math.abs(speed.kmh - known) <= 2 * speed.uncertaintyKmh,
    );
    expect(inside.length / measured.length).toBeGreaterThanOrEqual(0.9);
  });

  it('measures lengths of cars within a metre, where their side shows', () => {
    const errors = truth.vehicles.flatMap(({ id, type, lengthM }) => {
      const length = type === 'car' ? groundLength('car', pathOf(id), plane) : undefined;
      return length === undefined ? [] : [Math.abs(length - lengthM)];
    });
    expect(errors.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...errors)).toBeLessThan(1);
  });
});

describe('groundSpeed', () => {
  /** Along the line from (-7, 0) to (7, 0), with a box 2 m wide in its place. */
  const drive = (speedMps: number, count: number, stepMs = 200): PathPoint[] =>
    Array.from({ length: count }, (_, index) => {
      const foot = plane.toPicture({ acrossMetres: -7 + (speedMps * index * stepMs) / 1000, alongMetres: 0 });
      return {
        timeMs: index * stepMs,
        box: { x: foot.x - 0.05, y: foot.y - 0.1, width: 0.1, height: 0.1 },
        isCut: false,
      };
    });

  it('needs three places', () => {
    expect(groundSpeed(drive(10, 2), plane)).toBeUndefined();
    expect(groundSpeed(drive(10, 6), plane)?.kmh).toBeCloseTo(36, 0);
  });

  it('leaves out a box that jumped', () => {
    const points = drive(10, 7);
    const jumped = points.map((point, index) =>
      index === 3 ? { ...point, box: { ...point.box, x: point.box.x + 0.12, y: point.box.y + 0.05 } } : point,
    );
    const kmh = groundSpeed(jumped, plane)?.kmh;
    expect(kmh).toBeGreaterThan(33);
    expect(kmh).toBeLessThan(39);
  });

  it('does not call it a speed when boxes are all over the place', () => {
    const wild = drive(5, 7).map((point, index) => ({
      ...point,
      box: { ...point.box, y: point.box.y + (index % 2 === 0 ? 0.07 : -0.07), x: point.box.x + (index % 3) * 0.06 },
    }));
    expect(groundSpeed(wild, plane)).toBeUndefined();
  });

  it('uses no place at which the frame cuts the vehicle', () => {
    expect(
      groundSpeed(
        drive(10, 6).map((point) => ({ ...point, isCut: true })),
        plane,
      ),
    ).toBeUndefined();
  });
});
