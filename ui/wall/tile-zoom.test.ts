import { expect, test } from 'vitest';
import { pan, wholePicture, zoomAt, zoomStyle } from './tile-zoom.ts';

test('what lies under the pointer stays there', () => {
  const pointer = { x: 0.7, y: 0.4 };
  const seen = (zoom: { scale: number; x: number; y: number }) => [
    zoom.x + (pointer.x - 0.5) / zoom.scale,
    zoom.y + (pointer.y - 0.5) / zoom.scale,
  ];
  const once = zoomAt(wholePicture, pointer, 2);
  expect(seen(once)[0]).toBeCloseTo(0.7);
  expect(seen(zoomAt(once, pointer, 1.5))[1]).toBeCloseTo(0.4);
});

test('never shows what lies beside the picture, nor more than the whole, nor closer than eight times', () => {
  expect(zoomAt(wholePicture, { x: 0, y: 0 }, 2)).toEqual({ scale: 2, x: 0.25, y: 0.25 });
  expect(zoomAt({ scale: 2, x: 0.25, y: 0.25 }, { x: 1, y: 1 }, 0.1)).toEqual(wholePicture);
  expect(zoomAt(wholePicture, { x: 0.5, y: 0.5 }, 100).scale).toBe(8);
  expect(pan({ scale: 2, x: 0.5, y: 0.5 }, { x: 5, y: -5 })).toEqual({ scale: 2, x: 0.25, y: 0.75 });
});

test('the whole picture needs no style', () => {
  expect(zoomStyle(wholePicture)).toBeUndefined();
  expect(zoomStyle({ scale: 2, x: 0.25, y: 0.5 })).toEqual({ transform: 'scale(2) translate(25%, 0%)' });
});
