import { describe, expect, it } from 'vitest';
import { type Colour, Canvas, detection } from '../testing/pictures.ts';
import { appearanceOf, likenessOf } from './appearance.ts';
import { lookAtBody } from './body-samples.ts';
import { measureLight } from './scene-light.ts';
import { PaintVote } from './vehicle-attributes.ts';

const ROAD: Colour = [120, 121, 123];
const GLASS: Colour = [30, 34, 38];
const TYRE: Colour = [22, 22, 22];

/** A road with white marks and dark gaps, and a car painted on it: body, window, tyres, plate. */
function street(paint: Colour, box = { x: 0.3, y: 0.35, width: 0.3, height: 0.3 }): Canvas {
  const canvas = new Canvas(320, 180, ROAD);
  canvas.fill({ x: 0, y: 0.9, width: 1, height: 0.05 }, [235, 235, 235]);
  canvas.fill({ x: 0, y: 0, width: 1, height: 0.05 }, [18, 20, 18]);
  const part = (x: number, y: number, width: number, height: number, colour: Colour): void => {
    canvas.fill(
      { x: box.x + x * box.width, y: box.y + y * box.height, width: width * box.width, height: height * box.height },
      colour,
    );
  };
  part(0, 0, 1, 0.92, paint);
  part(0.15, 0.1, 0.7, 0.28, GLASS);
  part(0.05, 0.85, 0.15, 0.15, TYRE);
  part(0.8, 0.85, 0.15, 0.15, TYRE);
  part(0.4, 0.72, 0.2, 0.06, [20, 60, 190]);
  return canvas.addNoise(6, 7);
}

const car = detection('car', 0.3, 0.35, 0.3, 0.3);

function colourOf(canvas: Canvas, vehicle = car, others = [vehicle]): { name: string; confidence: number } {
  const vote = new PaintVote();
  const look = lookAtBody(canvas, vehicle, others, measureLight(canvas));
  if (look) vote.add(look, vehicle, vehicle.box.width * canvas.widthPx);
  return vote.result;
}

describe('the colour of the paint', () => {
  it.each([
    ['white', [226, 227, 226]],
    ['silver', [172, 174, 176]],
    ['grey', [104, 106, 109]],
    ['black', [34, 34, 37]],
    ['red', [166, 28, 30]],
    ['orange', [226, 118, 26]],
    ['yellow', [224, 188, 38]],
    ['green', [36, 112, 72]],
    ['blue', [34, 66, 142]],
    ['brown', [98, 66, 42]],
  ] as const)('is %s', (name, paint) => {
    expect(colourOf(street(paint)).name).toBe(name);
  });

  it('stays the same under a warm lamp', () => {
    const warm: Colour = [1.08, 1, 0.92];
    expect(colourOf(street([172, 174, 176]).relight(warm)).name).toBe('silver');
    expect(colourOf(street([34, 66, 142]).relight(warm)).name).toBe('blue');
  });

  it('is unknown by night, and of a vehicle that is too small', () => {
    expect(colourOf(street([166, 28, 30]).relight([0.06, 0.06, 0.06]))).toEqual({ name: 'unknown', confidence: 0 });
    const far = detection('car', 0.3, 0.35, 0.04, 0.04);
    expect(colourOf(street([166, 28, 30], far.box), far).name).toBe('unknown');
  });

  it('is unknown of a colour that has no name here', () => {
    expect(colourOf(street([112, 58, 150])).name).toBe('unknown');
  });

  it('is not that of the vehicle before it', () => {
    const canvas = street([226, 227, 226]);
    canvas.fill({ x: 0.42, y: 0.45, width: 0.3, height: 0.35 }, [166, 28, 30]);
    const nearer = detection('car', 0.42, 0.45, 0.3, 0.35);
    expect(colourOf(canvas, car, [car, nearer]).name).toBe('white');
  });

  it('is never looked for on persons, bicycles and motorcycles', () => {
    const canvas = street([166, 28, 30]);
    const light = measureLight(canvas);
    for (const label of ['person', 'bicycle', 'motorcycle'] as const) {
      const other = { ...car, label };
      expect(lookAtBody(canvas, other, [other], light)).toBeUndefined();
    }
  });

  it('is what most of the pictures say, large ones before small ones', () => {
    const vote = new PaintVote();
    const add = (paint: Colour, width: number): void => {
      const vehicle = detection('car', 0.3, 0.35, width, width);
      const canvas = street(paint, vehicle.box);
      const look = lookAtBody(canvas, vehicle, [vehicle], measureLight(canvas));
      if (!look) throw new Error('a look');
      vote.add(look, vehicle, width * canvas.widthPx);
    };
    add([104, 106, 109], 0.15);
    add([226, 227, 226], 0.3);
    add([226, 227, 226], 0.25);
    expect(vote.result.name).toBe('white');
    expect(vote.result.confidence).toBeLessThan(0.95);
  });
});

it('looks of the same vehicle are alike, of another one are not', () => {
  const appearance = (paint: Colour, seed: number): Float32Array => {
    const canvas = street(paint).addNoise(4, seed);
    return appearanceOf(lookAtBody(canvas, car, [car], measureLight(canvas)) ?? []);
  };
  const white = appearance([226, 227, 226], 1);
  expect(likenessOf(white, appearance([226, 227, 226], 2))).toBeGreaterThan(0.85);
  expect(likenessOf(white, appearance([34, 66, 142], 3))).toBeLessThan(0.6);
});
