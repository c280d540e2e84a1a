import { describe, expect, it } from 'vitest';
import { Canvas, rectangleZone } from '../../testing/pictures.ts';
import { RodentWatch } from './rodent-watch.ts';

const FLOOR = { x: 0.1, y: 0.5, width: 0.8, height: 0.45 };
const LEARNED = 30;

function floor(index: number): Canvas {
  const canvas = new Canvas(320, 180, [70, 70, 68]);
  for (let x = 0; x < 1; x += 0.15) canvas.fill({ x, y: 0.5, width: 0.006, height: 0.5 }, [50, 50, 48]);
  return canvas.addNoise(3, index + 1);
}

/** @param paint gets pictures counted from when the floor is known; one a second */
function statesOf(
  count: number,
  paint: (canvas: Canvas, index: number) => Canvas,
  persons: { x: number; y: number; width: number; height: number }[] = [],
) {
  const watch = new RodentWatch(rectangleZone(FLOOR));
  for (let index = 0; index < LEARNED; index++) watch.update(floor(index), [], index * 1000);
  return Array.from({ length: count }, (_, index) => {
    const { isSeen } = watch.update(paint(floor(LEARNED + index), index), persons, (LEARNED + index) * 1000);
    return isSeen;
  });
}

const rat = (canvas: Canvas, x: number, y: number): Canvas =>
  canvas.fill({ x, y, width: 0.035, height: 0.03 }, [18, 16, 15]);

describe('RodentWatch', () => {
  it('sees something small that runs over the floor, at its third place', () => {
    const states = statesOf(8, (canvas, index) =>
      index < 6 ? rat(canvas, 0.15 + index * 0.1, 0.7 + (index % 2) * 0.03) : canvas,
    );
    expect(states.slice(0, 2)).toEqual([false, false]);
    expect(states[2]).toBe(true);
  });

  it('speaks of it for some seconds after it is gone, and no longer', () => {
    const states = statesOf(30, (canvas, index) => (index < 4 ? rat(canvas, 0.15 + index * 0.1, 0.7) : canvas));
    expect(states.slice(3, 11)).toEqual(Array.from({ length: 8 }, () => true));
    expect(states.slice(14)).not.toContain(true);
  });

  it('takes no notice of a thing that lies there, of what sways, and of what is as large as a person', () => {
    expect(statesOf(20, (canvas) => rat(canvas, 0.4, 0.7))).not.toContain(true);
    expect(statesOf(20, (canvas, index) => rat(canvas, 0.4 + (index % 2) * 0.04, 0.7))).not.toContain(true);
    const leg = (canvas: Canvas, index: number): Canvas =>
      canvas.fill({ x: 0.1 + index * 0.04, y: 0.5, width: 0.06, height: 0.3 }, [18, 16, 15]);
    expect(statesOf(15, leg)).not.toContain(true);
  });

  it('takes no notice of lamps that are switched, of headlights that pass, and of noise', () => {
    const flicker = (canvas: Canvas, index: number): Canvas =>
      index % 5 === 2 ? canvas.relight([1.5, 1.5, 1.4]) : canvas;
    expect(statesOf(40, flicker)).not.toContain(true);
    const beam = (canvas: Canvas, index: number): Canvas =>
      index < 8 ? canvas.fill({ x: 0.1 + index * 0.08, y: 0.55, width: 0.12, height: 0.2 }, [150, 150, 140]) : canvas;
    expect(statesOf(20, beam)).not.toContain(true);
    expect(statesOf(60, (canvas, index) => canvas.addNoise(6, index + 77))).not.toContain(true);
  });

  it('takes no notice of what moves beside a person', () => {
    const person = [{ x: 0.1, y: 0.3, width: 0.6, height: 0.6 }];
    expect(statesOf(8, (canvas, index) => rat(canvas, 0.15 + index * 0.07, 0.75), person)).not.toContain(true);
  });

  it('says why when it is too dark', () => {
    const watch = new RodentWatch(rectangleZone(FLOOR));
    expect(watch.update(new Canvas(320, 180, [2, 2, 2]), [], 0)).toMatchObject({ isSeen: undefined, because: 'dark' });
  });
});
