import { describe, expect, it } from 'vitest';
import { Canvas, type Colour, rectangleZone } from '../../testing/pictures.ts';
import { FlameWatch } from './flame-watch.ts';

const STOVE = { x: 0.6, y: 0.2, width: 0.2, height: 0.22 };

/** Steel, and a pot whose colour is that of fire in enough light. */
function stove(light: number, noise: number, index: number, pot: Colour = [225, 150, 60]): Canvas {
  const canvas = new Canvas(320, 180, [125 * light, 126 * light, 130 * light]);
  const [red, green, blue] = pot;
  canvas.fill({ x: 0.7, y: 0.26, width: 0.06, height: 0.1 }, [red * light, green * light, blue * light]);
  return canvas.addNoise(noise, index + 1);
}

/** Tongues of another height in each picture, over a root. */
function withFire(canvas: Canvas, index: number, colour: Colour): Canvas {
  for (let tongue = 0; tongue < 6; tongue++) {
    const height = 0.02 + 0.06 * (((((index * 6 + tongue + 1) * 2654435761) >>> 8) % 97) / 97);
    canvas.fill({ x: 0.62 + tongue * 0.01, y: 0.38 - height, width: 0.01, height }, colour);
  }
  return canvas;
}

/** How many of 40 pictures are said to show a flame. */
function burning(paint: (index: number) => Canvas): number {
  const watch = new FlameWatch(rectangleZone(STOVE));
  let count = 0;
  for (let index = 0; index < 40; index++) if (watch.update(paint(index)).isBurning === true) count++;
  return count;
}

describe('FlameWatch', () => {
  it('finds a fire and the blue of gas, by day and in the noise of a dark kitchen, and where they burn', () => {
    for (const [light, noise] of [
      [1, 4],
      [0.3, 16],
    ] as const) {
      expect(burning((index) => withFire(stove(light, noise, index), index, [250, 190, 60]))).toBeGreaterThan(34);
      expect(burning((index) => withFire(stove(light, noise, index), index, [80, 130, 250]))).toBeGreaterThan(34);
    }
    const watch = new FlameWatch(rectangleZone(STOVE));
    let state = watch.update(stove(0.3, 4, 0));
    for (let index = 1; index < 8; index++) {
      state = watch.update(withFire(stove(0.3, 4, index), index, [250, 190, 60]));
    }
    expect(state.box.x).toBeGreaterThan(0.6);
    expect(state.box.x + state.box.width).toBeLessThan(0.7);
  });

  it('is not fooled by a copper pot whose places are fire and no fire by turns, in noise alone', () => {
    for (const light of [0.7, 0.76, 0.82]) {
      expect(burning((index) => stove(light, 18, index))).toBe(0);
      // An encoder that renews a block now and then: noise comes in jumps.
      expect(burning((index) => stove(light, 18, Math.floor(index / 4)))).toBe(0);
    }
  });

  it('is not fooled by a lamp that pulses, nor by a light that sweeps over a copper pot', () => {
    const lamp = (index: number): Canvas => {
      const strength = 0.4 + 0.6 * Math.abs(Math.sin(index * 1.3));
      const glow: Colour = [255 * strength, 160 * strength, 50 * strength];
      return stove(1, 4, index, [60, 62, 66]).fill({ x: 0.64, y: 0.28, width: 0.02, height: 0.04 }, glow);
    };
    expect(burning(lamp)).toBe(0);
    expect(burning((index) => stove(index % 10 < 5 ? 0.5 : 1, 4, index))).toBe(0);
  });
});
