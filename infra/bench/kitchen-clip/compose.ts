import type { Picture } from '#analyzers/packs/model-pack.ts';
import { sampleRegion } from '#analyzers/imaging/sample.ts';
import type { PixelRectangle } from '#analyzers/imaging/crop.ts';
import type { CutOut } from './people.ts';
import type { Presence } from './script.ts';

/** A face of a picture, and where it is. */
export interface Face {
  readonly picture: Picture;
  readonly face: PixelRectangle;
}

/** Who plays a stay: cut-outs of one person, and the face for each state of the mouth. */
export interface Player {
  readonly cutOuts: readonly CutOut[];
  readonly covered: Face;
  readonly bare: Face;
}

export const CLIP_SIZE = { widthPx: 640, heightPx: 360 };
/** Of the picture's height: where the feet of those who stand in front are. */
const FLOOR = 0.92;
/** A face's box is so wide, of the head seen from behind with its hair. */
const FACE_SHARE = 0.8;
/** Taken around a face's box, so that forehead, cheeks and chin are there too, and below it for the neck. */
const AROUND_FACE = 0.28;
const BELOW_FACE = 0.5;

/** The picture of one second. @param random small changes from second to second */
export function compose(
  background: Uint8Array,
  present: readonly Presence[],
  players: readonly Player[],
  second: number,
  random: () => number,
): Uint8Array {
  const frame = background.slice();
  for (const { stay, x, scale, head } of present.toSorted((a, b) => a.scale - b.scale)) {
    const player = players[stay];
    const cutOut = player?.cutOuts[second % player.cutOuts.length];
    if (!player || !cutOut) continue;
    const width = Math.round(cutOut.body.width * scale);
    const height = Math.round(cutOut.body.height * scale);
    const left = Math.round(x * CLIP_SIZE.widthPx - width / 2 + 6 * Math.sin(second / 3));
    const top = Math.round(FLOOR * CLIP_SIZE.heightPx - height - (1 - scale) * 60);
    const whole = { left: 0, top: 0, width: cutOut.body.width, height: cutOut.body.height };
    const size = { widthPx: cutOut.body.width, heightPx: cutOut.body.height };
    const colour = sampleRegion({ ...size, pixels: cutOut.pixels }, whole, width, height).pixels;
    const spread = new Uint8Array(cutOut.alpha.length * 3).map((_, k) => cutOut.alpha[Math.floor(k / 3)] ?? 0);
    const alpha = sampleRegion({ ...size, pixels: spread }, whole, width, height).pixels;
    blend(frame, colour, (k) => (alpha[3 * k] ?? 0) / 255, { left, top, width, height });
    if (head === 'back') continue;
    const place = {
      x: left + cutOut.head.x * scale + (random() - 0.5) * 2,
      y: top + cutOut.head.y * scale + cutOut.head.width * scale * 0.15 + (random() - 0.5) * 2,
    };
    const faceWidth = cutOut.head.width * scale * FACE_SHARE * (0.95 + 0.1 * random());
    drawFace(frame, head === 'bare' ? player.bare : player.covered, place, faceWidth, 0.85 + 0.3 * random());
  }
  return frame;
}

function drawFace(
  frame: Uint8Array,
  { picture, face }: Face,
  place: { readonly x: number; readonly y: number },
  faceWidth: number,
  light: number,
): void {
  const grow = AROUND_FACE;
  const region = {
    left: Math.max(0, Math.round(face.left - grow * face.width)),
    top: Math.max(0, Math.round(face.top - grow * face.height)),
    width: 0,
    height: 0,
  };
  region.width = Math.min(picture.widthPx, Math.round(face.left + (1 + grow) * face.width)) - region.left;
  region.height = Math.min(picture.heightPx, Math.round(face.top + (1 + BELOW_FACE) * face.height)) - region.top;
  const scale = faceWidth / face.width;
  const width = Math.max(4, Math.round(region.width * scale));
  const height = Math.max(4, Math.round(region.height * scale));
  const colour = sampleRegion(picture, region, width, height).pixels.map((value) => Math.min(255, value * light));
  const middleX = (face.left + face.width / 2 - region.left) * scale;
  const middleY = (face.top + face.height / 2 - region.top) * scale;
  const oval = (k: number): number => {
    const dx = ((k % width) + 0.5 - middleX) / (faceWidth * 0.66);
    const y = Math.floor(k / width) + 0.5 - middleY;
    // Longer downwards: a neck, not hair, is below a face.
    const dy = y / (face.height * scale * (y < 0 ? 0.7 : 0.95));
    return Math.min(1, Math.max(0, (1 - Math.hypot(dx, dy)) * 5));
  };
  blend(frame, colour, oval, {
    left: Math.round(place.x - middleX),
    top: Math.round(place.y - middleY),
    width,
    height,
  });
}

function blend(
  frame: Uint8Array,
  colour: Uint8Array,
  shareAt: (index: number) => number,
  { left, top, width, height }: PixelRectangle,
): void {
  const { widthPx, heightPx } = CLIP_SIZE;
  for (let y = Math.max(0, -top); y < Math.min(height, heightPx - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(width, widthPx - left); x++) {
      const k = y * width + x;
      const share = shareAt(k);
      if (share === 0) continue;
      const to = ((top + y) * widthPx + left + x) * 3;
      for (let channel = 0; channel < 3; channel++)
        frame[to + channel] = (frame[to + channel] ?? 0) * (1 - share) + (colour[3 * k + channel] ?? 0) * share;
    }
}
