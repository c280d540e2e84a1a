import type { VehicleColour } from '../analysis-event.ts';
import type { BodyLook, BodySample } from './body-samples.ts';
import { chromaOf, hueOf } from './colour-space.ts';
import { quantile } from './scene-light.ts';

export type ColourName = Exclude<VehicleColour, 'unknown'>;

/** How much speaks for each colour; sums to 1, or is empty when nothing can be said. */
export type ColourScores = ReadonlyMap<ColourName, number>;

/** Less colour than this, at middle lightness, is grey paint that mirrors the sky or the trees. */
const LEAST_CHROMA = 0.055;
const SURE_CHROMA = 0.085;
/** Share of the body from which on a colour is its paint, and neither a lamp, nor a plate, nor a reflection. */
const LEAST_COLOURED_SHARE = 0.14;
const SURE_COLOURED_SHARE = 0.34;

/** Centres of the grey scale, as lightness relative to the lightest parts of the scene. */
const GREYS: readonly (readonly [name: ColourName, lightness: number])[] = [
  ['black', 0.27],
  ['grey', 0.5],
  ['silver', 0.7],
  ['white', 0.88],
];
const GREY_WIDTH = 0.09;

/** What one look at a vehicle says about its paint. */
export function judgeBody(samples: BodyLook): ColourScores {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return new Map();
  const coloured = new Map<ColourName, number>();
  let colouredWeight = 0;
  for (const sample of samples) {
    const strength = colourStrength(sample);
    if (strength <= 0) continue;
    const name = hueName(sample);
    if (!name) continue;
    const weight = sample.weight * strength;
    colouredWeight += weight;
    coloured.set(name, (coloured.get(name) ?? 0) + weight);
  }
  const [, strongest = 0] = [...coloured].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const isColoured = ramp(strongest / total, LEAST_COLOURED_SHARE, SURE_COLOURED_SHARE);

  const scores = new Map<ColourName, number>();
  const add = (name: ColourName, score: number): void => {
    if (score > 0) scores.set(name, (scores.get(name) ?? 0) + score);
  };
  for (const [name, weight] of coloured) add(name, (isColoured * weight) / colouredWeight);
  for (const [name, share] of greyShares(samples)) add(name, (1 - isColoured) * share);
  return scores;
}

/** 0..1: whether this place has a colour at all. The darker it is, the more chroma noise and compression make up. */
function colourStrength(sample: BodySample): number {
  const { lightness } = sample;
  if (lightness < 0.16) return 0;
  const darkness = Math.max(0, 0.4 - lightness) / 0.4;
  const needed = LEAST_CHROMA - 0.015 * darkness;
  return ramp(chromaOf(sample), needed, needed + SURE_CHROMA - LEAST_CHROMA);
}

function hueName(sample: BodySample): ColourName | undefined {
  const hue = hueOf(sample);
  const { lightness } = sample;
  if (hue >= 350 || hue < 42) return 'red';
  if (hue < 74) return lightness < 0.5 || chromaOf(sample) < 0.09 ? 'brown' : 'orange';
  if (hue < 118) {
    if (lightness < 0.55) return 'brown';
    return chromaOf(sample) < 0.09 ? undefined : 'yellow';
  }
  if (hue < 205) return 'green';
  if (hue < 300) return 'blue';
  return undefined;
}

/** Body panels lie between dark glass and glints: the lightness that two thirds of the places stay below. */
function greyShares(samples: BodyLook): [ColourName, number][] {
  const body = samples.filter(({ weight }) => weight > 0.5);
  const lightness = quantile(
    (body.length >= 12 ? body : samples).map((sample) => sample.lightness),
    0.66,
  );
  if (lightness === undefined) return [];
  const nearness = GREYS.map(([name, centre]): [ColourName, number] => {
    const isBeyond = (name === 'black' && lightness < centre) || (name === 'white' && lightness > centre);
    const distance = isBeyond ? 0 : (lightness - centre) / GREY_WIDTH;
    return [name, Math.exp(-0.5 * distance ** 2)];
  });
  const sum = nearness.reduce((before, [, near]) => before + near, 0);
  return nearness.map(([name, near]) => [name, near / sum]);
}

function ramp(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}
