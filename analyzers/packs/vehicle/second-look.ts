import type { SecondLook } from '#ingest/cameras/camera.ts';
import type { Box, Detection } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import { areaOf, intersectionArea } from '../../tracking/box.ts';
import type { Picture } from '../model-pack.ts';
import { suppressionGroup } from './suppression-group.ts';

/** Share of the picture's width and height in one part: neighbours share a tenth, so that what is cut by one is whole in the other. */
const PART = 0.55;
/** A box that ends nearer than this (0..1 of the part) to a side where the picture goes on is probably cut. */
const CUT_MARGIN = 0.01;
const SUPPRESSION_OVERLAP = 0.5;
/** Share of a box within a larger one from which on it is a piece of the same vehicle, seen enlarged. */
const MAX_INSIDE = 0.8;

/** The parts of a picture that are looked at once more, enlarged: two for its upper half, four for tiles. */
export function lookAgainAt(
  { widthPx, heightPx }: Pick<Picture, 'widthPx' | 'heightPx'>,
  look: SecondLook,
): PixelRectangle[] {
  if (look === 'none') return [];
  const width = Math.round(widthPx * PART);
  const height = Math.round(heightPx * PART);
  const lefts = [0, widthPx - width];
  const tops = look === 'upper' ? [0] : [0, heightPx - height];
  return tops.flatMap((top) => lefts.map((left) => ({ left, top, width, height })));
}

/**
 * What was found in a part, as boxes of the whole picture; without what is cut by a side where the picture goes on: the
 * part beside it, or the first look, has it whole.
 */
export function detectionsOfPart(
  found: readonly Detection[],
  part: PixelRectangle,
  { widthPx, heightPx }: Pick<Picture, 'widthPx' | 'heightPx'>,
): Detection[] {
  const cutLeft = part.left > 0 ? CUT_MARGIN : -1;
  const cutTop = part.top > 0 ? CUT_MARGIN : -1;
  const cutRight = part.left + part.width < widthPx ? 1 - CUT_MARGIN : 2;
  const cutBottom = part.top + part.height < heightPx ? 1 - CUT_MARGIN : 2;
  return found
    .filter(
      ({ box: { x, y, width, height } }) => x > cutLeft && y > cutTop && x + width < cutRight && y + height < cutBottom,
    )
    .map(({ label, score, box }) => ({ label, score, box: boxOfPart(box, part, { widthPx, heightPx }) }));
}

/** A box in 0..1 of a part, in 0..1 of the picture. */
export function boxOfPart(
  { x, y, width, height }: Box,
  part: PixelRectangle,
  { widthPx, heightPx }: Pick<Picture, 'widthPx' | 'heightPx'>,
): Box {
  return {
    x: (part.left + x * part.width) / widthPx,
    y: (part.top + y * part.height) / heightPx,
    width: (width * part.width) / widthPx,
    height: (height * part.height) / heightPx,
  };
}

/** One list of both looks: best first, one box for each thing, no pieces of things that the first look saw whole. */
export function mergeLooks(first: readonly Detection[], again: readonly Detection[]): Detection[] {
  const pieces = new Set(
    again.filter(({ label, box }) =>
      first.some(
        (whole) =>
          suppressionGroup(whole.label) === suppressionGroup(label) &&
          areaOf(whole.box) > areaOf(box) &&
          intersectionArea(whole.box, box) > MAX_INSIDE * areaOf(box),
      ),
    ),
  );
  const both = [...first, ...again.filter((detection) => !pieces.has(detection))];
  return suppressNonMaxima(both, SUPPRESSION_OVERLAP, ({ label }) => suppressionGroup(label));
}
