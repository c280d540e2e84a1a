import { describe, expect, it } from 'vitest';
import type { GroundPoint } from '#ingest/cameras/camera.ts';
import { GroundPlane } from './ground-plane.ts';

/** A camera 6 m above the road that looks along it, 12° down: where a place on the ground lies in its picture. */
function seen(acrossMetres: number, alongMetres: number): GroundPoint {
  const [height, tilt, focal] = [6, (12 * Math.PI) / 180, 0.9];
  const depth = alongMetres * Math.cos(tilt) + height * Math.sin(tilt);
  const down = height * Math.cos(tilt) - alongMetres * Math.sin(tilt);
  return { x: 0.5 + (focal * acrossMetres) / depth, y: 0.5 + (focal * 1.6 * down) / depth, acrossMetres, alongMetres };
}

const lane = [seen(-2, 8), seen(2, 8), seen(2, 24), seen(-2, 24)];

describe('GroundPlane', () => {
  it('finds other places than the four it was given, and the way back', () => {
    const plane = new GroundPlane(lane);
    for (const [across, along] of [
      [0, 10],
      [-3.5, 16],
      [1.2, 30],
    ] as const) {
      const place = plane.toGround(seen(across, along));
      expect(place?.acrossMetres).toBeCloseTo(across, 6);
      expect(place?.alongMetres).toBeCloseTo(along, 6);
      const back = plane.toPicture({ acrossMetres: across, alongMetres: along });
      expect(back.x).toBeCloseTo(seen(across, along).x, 9);
      expect(back.y).toBeCloseTo(seen(across, along).y, 9);
    }
  });

  it('says nothing at the horizon and above it', () => {
    const plane = new GroundPlane(lane);
    expect(plane.toGround(seen(0, 2000))).toBeUndefined();
    expect(plane.toGround({ x: 0.5, y: 0 })).toBeUndefined();
  });

  it('takes the four in any order, and mirrored axes', () => {
    const [a, b, c, d] = lane;
    if (!a || !b || !c || !d) throw new Error('four points');
    const plane = new GroundPlane([c, a, d, b]);
    expect(plane.toGround(seen(1, 14))?.alongMetres).toBeCloseTo(14, 6);
    const mirrored = lane.map((point) => ({ ...point, acrossMetres: -point.acrossMetres }));
    expect(new GroundPlane(mirrored).toGround(seen(1, 14))?.acrossMetres).toBeCloseTo(-1, 6);
  });

  it.each([
    ['three points on one line of the picture', [seen(-2, 8), seen(0, 8), seen(2, 8), seen(0, 20)]],
    ['two points in one place', [seen(-2, 8), seen(-2, 8), seen(2, 24), seen(-2, 24)]],
    ['metres left at nothing', lane.map((point) => ({ ...point, acrossMetres: 0, alongMetres: 0 }))],
    [
      'metres of less than a metre',
      lane.map((p) => ({ ...p, acrossMetres: p.acrossMetres / 50, alongMetres: p.alongMetres / 50 })),
    ],
    [
      'two metres swapped',
      lane.map((point, index) => (index < 2 ? { ...point, acrossMetres: -point.acrossMetres } : point)),
    ],
  ])('refuses %s', (_, points) => {
    expect(() => new GroundPlane(points)).toThrow(expect.objectContaining({ code: 'CALIBRATION_UNUSABLE' }));
  });
});
