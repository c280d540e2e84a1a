import type { BodyLook } from './body-samples.ts';
import { chromaOf, hueOf } from './colour-space.ts';

/**
 * What a vehicle looks like from afar: shares of its places that are dark to light grey (6) or of a hue (8). float32 [14], sums to 1. Serves
 * to tell neighbours on one camera apart for as long as they are followed, and is never stored.
 */
export type Appearance = Float32Array;

const GREY_BINS = 6;
const HUE_BINS = 8;
const GREY_CHROMA = 0.05;

export function appearanceOf(samples: BodyLook): Appearance {
  const bins = new Float32Array(GREY_BINS + HUE_BINS);
  let total = 0;
  // Each place counts for the two nearest bins, so that a little more light moves little.
  const add = (first: number, count: number, position: number, isRing: boolean, weight: number): void => {
    const low = Math.floor(position);
    const share = position - low;
    const place = (index: number): number =>
      first + (isRing ? (index + count) % count : Math.max(0, Math.min(count - 1, index)));
    bins[place(low)] = (bins[place(low)] ?? 0) + (1 - share) * weight;
    bins[place(low + 1)] = (bins[place(low + 1)] ?? 0) + share * weight;
  };
  for (const sample of samples) {
    const { lightness, weight } = sample;
    total += weight;
    const isGrey = chromaOf(sample) < GREY_CHROMA;
    if (isGrey) add(0, GREY_BINS, lightness * GREY_BINS - 0.5, false, weight);
    else add(GREY_BINS, HUE_BINS, (hueOf(sample) / 360) * HUE_BINS, true, weight);
  }
  return total === 0 ? bins : bins.map((value) => value / total);
}

/** How much two have in common, 0..1. */
export function likenessOf(a: Appearance, b: Appearance): number {
  return a.reduce((sum, value, index) => sum + Math.min(value, b[index] ?? 0), 0);
}

/** What is remembered of a track: the older half, the newer half. */
export function blendAppearance(before: Appearance | undefined, now: Appearance): Appearance {
  return before ? before.map((value, index) => (value + (now[index] ?? 0)) / 2) : now;
}
