import { readFile } from 'node:fs/promises';
import type { Box } from '#analyzers/detection.ts';
import type { SceneTruth, TruthFrame, TruthObject } from '../../scenes/truth-format.ts';

/** A vehicle as it truly was at one time. */
export interface TrueVehicle {
  readonly id: number;
  readonly box: Box;
  /** Large and free enough that a tracker must have it; the others may be found or not. */
  readonly isWanted: boolean;
}

const LEAST_WIDTH = 0.03;
const MOST_HIDDEN = 0.5;
const MOST_CUT = 0.5;

export async function readTruth(file: string): Promise<SceneTruth> {
  return JSON.parse(await readFile(file, 'utf8')) as SceneTruth;
}

/** All vehicles at a time; between two frames of the truth they move evenly. */
export function vehiclesAt(truth: SceneTruth, timeMs: number): TrueVehicle[] {
  const after = truth.frames.findIndex((frame) => frame.timeMs >= timeMs);
  const next = after < 0 ? truth.frames.at(-1) : truth.frames[after];
  const before = after > 0 ? truth.frames[after - 1] : next;
  if (!next || !before) return [];
  const span = next.timeMs - before.timeMs;
  const share = span <= 0 ? 0 : Math.min(1, Math.max(0, (timeMs - before.timeMs) / span));
  const nearer = share < 0.5 ? before : next;
  return nearer.objects
    .filter(({ type }) => type !== 'person')
    .map((object) => {
      const from = objectOf(before, object.id) ?? object;
      const to = objectOf(next, object.id) ?? object;
      const isWanted =
        object.box.width >= LEAST_WIDTH && object.occludedRatio <= MOST_HIDDEN && object.cutRatio <= MOST_CUT;
      return { id: object.id, box: between(from.box, to.box, share), isWanted };
    });
}

function objectOf(frame: TruthFrame, id: number): TruthObject | undefined {
  return frame.objects.find((object) => object.id === id);
}

function between(from: Box, to: Box, share: number): Box {
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}
