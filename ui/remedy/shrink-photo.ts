const longestSidePx = 1600;
const quality = 0.82;
/** As the server takes it. */
const mostBytes = 8_000_000;

/** Width and height of a picture that fits into a square; never enlarged. */
export function fitted(
  width: number,
  height: number,
  side: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * A photo made small before it goes over a slow line; the browser turns it upright and leaves out what the camera wrote into it. One that the
 * browser cannot read goes as it is, for the server to judge.
 *
 * @returns base64; undefined when it is too large
 */
export async function photoForSending(file: Blob): Promise<string | undefined> {
  const smaller = await shrink(file).catch(() => undefined);
  const chosen = smaller ?? file;
  return chosen.size > mostBytes ? undefined : toBase64(new Uint8Array(await chosen.arrayBuffer()));
}

async function shrink(file: Blob): Promise<Blob | undefined> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    const { width, height } = fitted(picture.width, picture.height, longestSidePx);
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', quality));
  } finally {
    picture.close();
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  // In parts: a call takes no million arguments.
  for (let offset = 0; offset < bytes.length; offset += 0x8000)
    text += String.fromCharCode(...bytes.subarray(offset, offset + 0x8000));
  return btoa(text);
}
