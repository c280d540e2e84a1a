import { describe, expect, it } from 'vitest';
import { Canvas, rectangleZone } from '../../testing/pictures.ts';
import { FloorWatch } from './floor-watch.ts';

const FLOOR = { x: 0.2, y: 0.5, width: 0.6, height: 0.45 };

/** A tiled floor under an even light. */
function floor(index: number): Canvas {
  const canvas = new Canvas(320, 180, [120, 116, 108]);
  for (let x = 0; x < 1; x += 0.12) canvas.fill({ x, y: 0.5, width: 0.006, height: 0.5 }, [86, 84, 80]);
  for (let y = 0.55; y < 1; y += 0.14) canvas.fill({ x: 0, y, width: 1, height: 0.01 }, [86, 84, 80]);
  return canvas.addNoise(3, index + 1);
}

function litter(canvas: Canvas): Canvas {
  for (const [x, y] of [
    [0.4, 0.7],
    [0.44, 0.74],
    [0.47, 0.69],
    [0.42, 0.78],
  ] as const)
    canvas
      .fill({ x, y, width: 0.018, height: 0.03 }, [230, 228, 220])
      .fill({ x: x + 0.02, y, width: 0.01, height: 0.02 }, [60, 90, 40]);
  return canvas;
}

function lastState(
  paint: (canvas: Canvas, index: number) => Canvas,
  persons: (index: number) => { x: number; y: number; width: number; height: number }[] = () => [],
  zone = FLOOR,
) {
  const watch = new FloorWatch(rectangleZone(zone), floor(900));
  let state = watch.update(paint(floor(0), 0), persons(0), 0);
  for (let index = 1; index < 50; index++)
    state = watch.update(paint(floor(index), index), persons(index), index * 1000);
  return state;
}

describe('FloorWatch', () => {
  it('finds litter, and where it lies', () => {
    const { isDirty, box } = lastState(litter);
    expect(isDirty).toBe(true);
    expect(box.x).toBeGreaterThan(0.34);
    expect(box.x + box.width).toBeLessThan(0.56);
  });

  it('finds water: a dark stretch in which lamps are mirrored', () => {
    const water = (canvas: Canvas): Canvas => {
      canvas.fill({ x: 0.35, y: 0.65, width: 0.2, height: 0.2 }, [92, 89, 83]);
      for (const x of [0.39, 0.46, 0.51]) canvas.fill({ x, y: 0.7, width: 0.012, height: 0.07 }, [235, 235, 230]);
      return canvas;
    };
    expect(lastState(water).isDirty).toBe(true);
  });

  it('is not fooled by dimmed light, a patch of sun or a shadow', () => {
    const shares =
      (box: { x: number; y: number; width: number; height: number }, gain: number) =>
      (canvas: Canvas): Canvas => {
        const { widthPx, pixels } = canvas;
        for (let y = Math.round(box.y * 180); y < Math.round((box.y + box.height) * 180); y++)
          for (let x = Math.round(box.x * 320); x < Math.round((box.x + box.width) * 320); x++)
            for (let at = (y * widthPx + x) * 3; at < (y * widthPx + x) * 3 + 3; at++)
              pixels[at] = Math.min(255, (pixels[at] ?? 0) * gain);
        return canvas;
      };
    expect(lastState((canvas) => canvas.relight([0.6, 0.55, 0.5])).isDirty).toBe(false);
    expect(lastState(shares({ x: 0.35, y: 0.6, width: 0.2, height: 0.25 }, 1.7)).isDirty).toBe(false);
    expect(lastState(shares({ x: 0.4, y: 0.55, width: 0.25, height: 0.3 }, 0.7)).isDirty).toBe(false);
  });

  it('is not fooled by a patch of sun of which only the edge lies in the zone', () => {
    // Two slanted panes of a window; the pattern of the floor goes on under their light.
    const sun = (lowest: number, left: number, gain: number) => {
      return (canvas: Canvas): Canvas => {
        const { widthPx, pixels } = canvas;
        for (let y = lowest - 36; y < lowest; y++) {
          for (const pane of [0, 27]) {
            const from = left + pane + Math.round((lowest - y) * 1.6);
            for (let at = (y * widthPx + from) * 3; at < (y * widthPx + Math.min(widthPx, from + 24)) * 3; at++)
              pixels[at] = Math.min(255, (pixels[at] ?? 0) * gain);
          }
        }
        return canvas;
      };
    };
    const narrow = { x: 0.45, y: 0.5, width: 0.35, height: 0.4 };
    expect(lastState(sun(154, 236, 1.9), () => [], narrow).isDirty).toBe(false);
    expect(lastState(sun(140, 224, 1.6), () => [], narrow).isDirty).toBe(false);
  });

  it('does not take somebody who stands there for an hour, and is missed at times, for dirt', () => {
    const watch = new FloorWatch(rectangleZone(FLOOR), floor(900));
    const person = { x: 0.45, y: 0.25, width: 0.12, height: 0.5 };
    const states = Array.from({ length: 150 }, (_, index) => {
      const canvas = floor(index % 20)
        .fill({ x: 0.47, y: 0.3, width: 0.08, height: 0.25 }, [235, 235, 232])
        .fill({ x: 0.475, y: 0.55, width: 0.03, height: 0.2 }, [45, 48, 58])
        .fill({ x: 0.515, y: 0.55, width: 0.03, height: 0.2 }, [45, 48, 58]);
      // Now and then for longer than somebody is remembered.
      const isMissed = index % 6 === 0 || index % 50 > 42;
      return watch.update(canvas, isMissed ? [] : [person], index * 3000).isDirty;
    });
    expect(states).not.toContain(true);
  });

  it('cannot tell when somebody has stood for a while where something lay: they may have picked it up', () => {
    const watch = new FloorWatch(rectangleZone(FLOOR), floor(900));
    const person = { x: 0.4, y: 0.3, width: 0.1, height: 0.5 };
    const states = Array.from({ length: 140 }, (_, index) => {
      const isThere = index >= 30 && index < 100;
      const canvas = index < 32 ? litter(floor(index)) : floor(index);
      return watch.update(canvas, isThere ? [person] : [], index * 1000).isDirty;
    });
    expect(states[29]).toBe(true);
    expect(new Set(states.slice(77, 100))).toEqual(new Set([undefined]));
    expect(states.at(-1)).toBe(false);
  });

  it('forgets what was picked up again', () => {
    const watch = new FloorWatch(rectangleZone(FLOOR), floor(900));
    const states = Array.from({ length: 90 }, (_, index) => {
      return watch.update(index < 40 ? litter(floor(index)) : floor(index), [], index * 1000).isDirty;
    });
    expect(states[39]).toBe(true);
    expect(states.slice(60)).toEqual(Array.from({ length: 30 }, () => false));
  });

  it('says nothing in the dark, and nothing while persons hide the floor', () => {
    expect(lastState((canvas) => canvas.relight([0.1, 0.1, 0.1]))).toMatchObject({
      isDirty: undefined,
      because: 'dark',
    });
    const crowd = [{ x: 0.2, y: 0.2, width: 0.5, height: 0.75 }];
    expect(lastState(litter, () => crowd)).toMatchObject({ isDirty: undefined, because: 'covered' });
  });
});
