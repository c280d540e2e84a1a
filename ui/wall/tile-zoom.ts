/** A part of the picture, enlarged: `x`, `y` are its middle, 0..1 of the picture. Scale 1 is the whole. */
export interface TileZoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const wholePicture: TileZoom = { scale: 1, x: 0.5, y: 0.5 };
const closest = 8;

function bounded({ scale, x, y }: TileZoom): TileZoom {
  const fit = Math.min(closest, Math.max(1, scale));
  const half = 0.5 / fit;
  const inside = (value: number): number => Math.min(1 - half, Math.max(half, value));
  return fit <= 1.01 ? wholePicture : { scale: fit, x: inside(x), y: inside(y) };
}

/** What lies under the pointer stays there. @param pointer 0..1 of the tile */
export function zoomAt(zoom: TileZoom, pointer: { readonly x: number; readonly y: number }, factor: number): TileZoom {
  const scale = Math.min(closest, Math.max(1, zoom.scale * factor));
  const at = (middle: number, point: number): number => {
    const seen = middle + (point - 0.5) / zoom.scale;
    return seen - (point - 0.5) / scale;
  };
  return bounded({ scale, x: at(zoom.x, pointer.x), y: at(zoom.y, pointer.y) });
}

/** Follows the hand. @param by 0..1 of the tile */
export function pan(zoom: TileZoom, by: { readonly x: number; readonly y: number }): TileZoom {
  return bounded({ ...zoom, x: zoom.x - by.x / zoom.scale, y: zoom.y - by.y / zoom.scale });
}

/** CSS that shows that part in the whole tile. */
export function zoomStyle({ scale, x, y }: TileZoom): { transform: string } | undefined {
  if (scale === 1) return undefined;
  return { transform: `scale(${scale}) translate(${(0.5 - x) * 100}%, ${(0.5 - y) * 100}%)` };
}
