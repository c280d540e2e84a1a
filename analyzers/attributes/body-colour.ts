import type { VehicleColour } from '../analysis-event.ts';
import type { BodyLook, BodySample } from './body-samples.ts';
import { chromaOf, hueOf } from './colour-space.ts';
import { quantile } from './scene-light.ts';

export type ColourName = Exclude<VehicleColour, 'unknown'>;

/** How much speaks for each colour; sums to 1, or to less where something speaks for a colour without a name here. */
export type ColourScores = ReadonlyMap<ColourName, number>;

/** Chroma below the first is noise of the camera and of compression; at the second it is paint. */
const LEAST_CHROMA = 0.02;
const SURE_CHROMA = 0.04;
/** Chroma by lightness: grey paint mirrors the sky and the trees with a little colour of theirs. */
const LEAST_SATURATION = 0.08;
const SURE_SATURATION = 0.125;
/** Share of the body from which on a colour is its paint, and neither a lamp, nor a plate, nor a reflection. */
const LEAST_COLOURED_SHARE = 0.16;
const SURE_COLOURED_SHARE = 0.36;

/** Between neighbours of the grey scale, as lightness between the darkest and the lightest parts of the scene. */
const BLACK_UP_TO = 0.245;
const GREY_UP_TO = 0.66;
const SILVER_UP_TO = 0.77;
const SOFTNESS = 0.035;

/** What one look at a vehicle says about its paint. */
export function judgeBody(samples: BodyLook): ColourScores {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return new Map();
  // Purple and pink have no name here, but they are no grey either.
  const coloured = new Map<ColourName | undefined, number>();
  let colouredWeight = 0;
  for (const sample of samples) {
    const weight = sample.weight * colourStrength(sample);
    if (weight <= 0) continue;
    const name = hueName(sample);
    colouredWeight += weight;
    coloured.set(name, (coloured.get(name) ?? 0) + weight);
  }
  const strongest = Math.max(0, ...coloured.values());
  const isColoured = ramp(strongest / total, LEAST_COLOURED_SHARE, SURE_COLOURED_SHARE);

  const scores = new Map<ColourName, number>();
  const add = (name: ColourName, score: number): void => {
    if (score > 0) scores.set(name, (scores.get(name) ?? 0) + score);
  };
  for (const [name, weight] of coloured) if (name) add(name, (isColoured * weight) / colouredWeight);
  for (const [name, share] of greyShares(samples)) add(name, (1 - isColoured) * share);
  return scores;
}

/** 0..1: whether this place has a colour at all. */
function colourStrength(sample: BodySample): number {
  const chroma = chromaOf(sample);
  const saturation = chroma / Math.max(0.15, sample.lightness);
  return Math.min(ramp(chroma, LEAST_CHROMA, SURE_CHROMA), ramp(saturation, LEAST_SATURATION, SURE_SATURATION));
}

function hueName(sample: BodySample): ColourName | undefined {
  const hue = hueOf(sample);
  const { lightness } = sample;
  if (hue >= 350 || hue < 31) return 'red';
  if (hue < 74) return lightness < 0.28 || chromaOf(sample) < 0.085 ? 'brown' : 'orange';
  if (hue < 118) {
    if (lightness < 0.4) return 'brown';
    return chromaOf(sample) < 0.09 ? undefined : 'yellow';
  }
  if (hue < 205) return 'green';
  if (hue < 286) return 'blue';
  return undefined;
}

/**
 * Panels lie between dark glass and glints. Dark paint mirrors what is around it, so nearly half of the places must be black for it to be
 * black; how light the paint is, three quarters of the places say, because glass is dark on a white vehicle, too.
 */
function greyShares(samples: BodyLook): [ColourName, number][] {
  const body = samples.filter(({ weight }) => weight > 0.5);
  const lightnesses = (body.length >= 12 ? body : samples).map((sample) => sample.lightness);
  const half = quantile(lightnesses, 0.45);
  const most = quantile(lightnesses, 0.75);
  if (half === undefined || most === undefined) return [];
  const notBlack = step(half, BLACK_UP_TO);
  const notGrey = step(most, GREY_UP_TO);
  const notSilver = step(most, SILVER_UP_TO);
  return [
    ['black', 1 - notBlack],
    ['grey', notBlack * (1 - notGrey)],
    ['silver', notBlack * notGrey * (1 - notSilver)],
    ['white', notBlack * notGrey * notSilver],
  ];
}

/** From 0 to 1, half at the border. */
function step(value: number, border: number): number {
  return 1 / (1 + Math.exp((border - value) / SOFTNESS));
}

function ramp(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}
