/**
 * OKLab: lightness 0..1, and two axes of colour (a: green to red, b: blue to yellow), spaced as people see differences.
 * @see Ottosson, "A perceptual color space for image processing", 2020
 */
export interface Lab {
  readonly lightness: number;
  readonly a: number;
  readonly b: number;
}

/** sRGB 0..255 to linear light 0..1. */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/** @param red and the others as sRGB bytes */
export function labOf(red: number, green: number, blue: number): Lab {
  const r = LINEAR[red] ?? 0;
  const g = LINEAR[green] ?? 0;
  const b = LINEAR[blue] ?? 0;
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    lightness: 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    a: 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    b: 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  };
}

/** How colourful: 0 grey, about 0.3 the strongest colours of a screen. */
export function chromaOf({ a, b }: Lab): number {
  return Math.hypot(a, b);
}

/** Degrees, 0..360: red about 25, yellow about 105, green about 145, blue about 260. */
export function hueOf({ a, b }: Lab): number {
  return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
}
