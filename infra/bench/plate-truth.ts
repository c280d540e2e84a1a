/** CCPD's own order of provinces and characters. @see https://github.com/detectRecog/CCPD */
const CCPD_PROVINCES = '皖沪津渝冀晋蒙辽吉黑苏浙京闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新警学O';
const CCPD_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZO';
const CCPD_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789O';

/**
 * The plate in the name of a CCPD picture (area-tilt-box-corners-plate-brightness-blur, the plate as indices).
 * @returns undefined when the name is not of that form
 */
export function plateOfCcpdName(fileName: string): string | undefined {
  const indices = fileName.split('-')[4]?.split('_').map(Number);
  if (!indices || indices.length < 7) return undefined;
  const characters = indices.map((index, place) =>
    place === 0 ? CCPD_PROVINCES[index] : place === 1 ? CCPD_LETTERS[index] : CCPD_CHARACTERS[index],
  );
  return characters.every((character) => character !== undefined) ? characters.join('') : undefined;
}

/** The plate in the name of a crop: everything up to the first `-`, `_` or `.`. */
export function plateOfCropName(fileName: string): string {
  return fileName.split(/[-_.]/)[0] ?? '';
}

/** Corners of a box in pixels. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the plate is, by the name of a CCPD picture. @returns undefined when the name is not of that form */
export function plateBoxOfCcpdName(fileName: string): PixelBox | undefined {
  const [left, top, right, bottom] = (fileName.split('-')[2] ?? '').split(/[&_]/).map(Number);
  const isBox = [left, top, right, bottom].every((value) => value !== undefined && Number.isFinite(value));
  return isBox ? { left: left ?? 0, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 } : undefined;
}
