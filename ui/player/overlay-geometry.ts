import type { Box } from '#api/contract/common.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}
/** In CSS pixels of the element that holds the picture. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** Where the picture lies in its element under `object-fit: contain` or `cover`; the whole element while its size is unknown. */
export function pictureRectangle(element: Size, picture: Size, fit: 'contain' | 'cover'): Rectangle {
  if (picture.width <= 0 || picture.height <= 0) return { x: 0, y: 0, ...element };
  const ratios = [element.width / picture.width, element.height / picture.height];
  const scale = fit === 'contain' ? Math.min(...ratios) : Math.max(...ratios);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (element.width - width) / 2, y: (element.height - height) / 2, width, height };
}

/** A box of 0..1 in pixels of the element; what reaches beyond the picture is cut off. */
export function boxRectangle(box: Box, picture: Rectangle): Rectangle {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  const left = clamp(box.x);
  const top = clamp(box.y);
  return {
    x: picture.x + left * picture.width,
    y: picture.y + top * picture.height,
    width: (clamp(box.x + box.width) - left) * picture.width,
    height: (clamp(box.y + box.height) - top) * picture.height,
  };
}
