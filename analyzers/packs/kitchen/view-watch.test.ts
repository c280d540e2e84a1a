import { describe, expect, it } from 'vitest';
import type { Picture } from '../model-pack.ts';
import { Canvas } from '../../testing/pictures.ts';
import { ViewWatch } from './view-watch.ts';

/** A room with much in it; `shift` turns the camera, in widths of the picture. */
function room(index: number, shift = 0): Canvas {
  const canvas = new Canvas(320, 180, [150, 150, 148]);
  for (let thing = 0; thing < 60; thing++) {
    const [x, y] = [((thing * 0.137) % 1.4) - shift - 0.2, (thing * 0.071) % 0.95];
    const level = 40 + ((thing * 53) % 170);
    if (x < 0 || x > 0.93) continue;
    canvas.fill({ x, y, width: 0.06, height: 0.05 }, [level, level * 0.9, level * 0.8]);
  }
  return canvas.addNoise(3, index + 1);
}

function stateAfter(pictures: (index: number) => Picture, count = 20) {
  const watch = new ViewWatch(room(700));
  let view = watch.update(pictures(0), [], 0);
  for (let index = 1; index < count; index++) view = watch.update(pictures(index), [], index * 1000);
  return view.state;
}

describe('ViewWatch', () => {
  it('is content with the view of the reference, under other light too', () => {
    expect(stateAfter((index) => room(index))).toBe('fine');
    expect(stateAfter((index) => room(index).relight([0.45, 0.4, 0.35]))).toBe('fine');
  });

  it('tells a cover, even a bright one, from another view', () => {
    expect(stateAfter((index) => new Canvas(320, 180, [170, 165, 160]).addNoise(4, index))).toBe('covered');
    expect(stateAfter((index) => room(index, 0.13))).toBe('moved');
  });

  it('calls black pictures dark', () => {
    expect(stateAfter((index) => new Canvas(320, 180, [3, 3, 3]).addNoise(2, index))).toBe('dark');
  });

  it('cannot tell while a person hides most of it', () => {
    const watch = new ViewWatch(room(700));
    const person = { x: 0.05, y: 0, width: 0.9, height: 1 };
    expect(watch.update(room(1), [person], 0).state).toBe('unknown');
  });

  it('goes on when somebody walks by whom the detector missed', () => {
    const passing = (index: number): Picture =>
      room(index).fill({ x: (index * 0.05) % 0.8, y: 0.2, width: 0.15, height: 0.8 }, [30, 40, 70]);
    expect(stateAfter(passing)).toBe('fine');
  });
});
