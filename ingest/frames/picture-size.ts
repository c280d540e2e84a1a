export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Three bytes a pixel, RGB. */
export function rgbSizeBytes({ widthPx, heightPx }: PictureSize): number {
  return widthPx * heightPx * 3;
}

/** The ffmpeg filter that scales each picture to {@link scaledSize}, whatever sizes come one after the other. */
export function scaleFilter(maxWidthPx: number): string {
  return `scale=w='min(iw\\,${evenDown(maxWidthPx)})':h=-2:flags=bilinear`;
}

/** Never larger than the picture is; aspect kept; the height even, rounded as ffmpeg does for `h=-2`. */
export function scaledSize(size: PictureSize, maxWidthPx: number): PictureSize {
  const widthPx = Math.min(size.widthPx, evenDown(maxWidthPx));
  return { widthPx, heightPx: Math.round((widthPx * size.heightPx) / (size.widthPx * 2)) * 2 };
}

function evenDown(px: number): number {
  return px - (px % 2);
}
