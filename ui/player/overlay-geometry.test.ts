import { expect, test } from 'vitest';
import { boxRectangle, pictureRectangle } from './overlay-geometry.ts';

test('leaves bars above and below a wide picture in a tall element', () => {
  expect(pictureRectangle({ width: 400, height: 400 }, { width: 1920, height: 1080 }, 'contain')).toEqual({
    x: 0,
    y: 87.5,
    width: 400,
    height: 225,
  });
});

test('reaches beyond the element when it covers it', () => {
  expect(pictureRectangle({ width: 400, height: 400 }, { width: 800, height: 400 }, 'cover')).toEqual({
    x: -200,
    y: 0,
    width: 800,
    height: 400,
  });
});

test('takes the whole element before the picture has a size', () => {
  expect(pictureRectangle({ width: 40, height: 30 }, { width: 0, height: 0 }, 'contain')).toEqual({
    x: 0,
    y: 0,
    width: 40,
    height: 30,
  });
});

test('places a box inside the picture, not inside the element', () => {
  const picture = { x: 0, y: 100, width: 400, height: 200 };
  expect(boxRectangle({ x: 0.25, y: 0.5, width: 0.5, height: 0.25 }, picture)).toEqual({
    x: 100,
    y: 200,
    width: 200,
    height: 50,
  });
});

test('cuts off what a detector drew beyond the edge', () => {
  const picture = { x: 0, y: 0, width: 100, height: 100 };
  expect(boxRectangle({ x: -0.5, y: 0.5, width: 1, height: 1 }, picture)).toEqual({
    x: 0,
    y: 50,
    width: 50,
    height: 50,
  });
});
