import { expect, it } from 'vitest';
import { detection } from '../../testing/pictures.ts';
import { detectionsOfPart, lookAgainAt, mergeLooks } from './second-look.ts';

const PICTURE = { widthPx: 1000, heightPx: 500 };

it('covers the upper half with two parts and the whole with four, each wider than half', () => {
  expect(lookAgainAt(PICTURE, 'none')).toEqual([]);
  expect(lookAgainAt(PICTURE, 'upper')).toEqual([
    { left: 0, top: 0, width: 550, height: 275 },
    { left: 450, top: 0, width: 550, height: 275 },
  ]);
  expect(lookAgainAt(PICTURE, 'tiles').map(({ left, top }) => [left, top])).toEqual([
    [0, 0],
    [450, 0],
    [0, 225],
    [450, 225],
  ]);
});

it('puts a box of a part where it is in the whole picture', () => {
  const [, right] = lookAgainAt(PICTURE, 'upper');
  const [found] = detectionsOfPart([detection('car', 0.5, 0.2, 0.2, 0.4)], right!, PICTURE);
  expect(found?.box.x).toBeCloseTo(0.45 + 0.275);
  expect(found?.box.y).toBeCloseTo(0.11);
  expect(found?.box.width).toBeCloseTo(0.11);
  expect(found?.box.height).toBeCloseTo(0.22);
});

it('leaves out what a part cuts, but not what the picture itself cuts', () => {
  const [left] = lookAgainAt(PICTURE, 'upper');
  const atFrameEdge = detection('car', 0, 0.2, 0.1, 0.2);
  const cutRight = detection('car', 0.9, 0.2, 0.1, 0.2);
  const cutBelow = detection('car', 0.4, 0.8, 0.1, 0.2);
  expect(detectionsOfPart([atFrameEdge, cutRight, cutBelow], left!, PICTURE)).toHaveLength(1);
});

it('adds what the first look missed, once', () => {
  const near = detection('car', 0.1, 0.5, 0.3, 0.3, 0.9);
  const far = detection('car', 0.5, 0.2, 0.03, 0.02, 0.5);
  const farAgain = detection('truck', 0.501, 0.2, 0.03, 0.02, 0.7);
  expect(mergeLooks([near], [far, farAgain])).toEqual([near, farAgain]);
});

it('takes no pieces of a vehicle that the first look saw whole, but a person before it', () => {
  const bus = detection('bus', 0.1, 0.1, 0.5, 0.4, 0.8);
  const cab = detection('car', 0.12, 0.2, 0.1, 0.2, 0.9);
  const passerBy = detection('person', 0.3, 0.2, 0.05, 0.2, 0.6);
  expect(mergeLooks([bus], [cab, passerBy])).toEqual([bus, passerBy]);
});
