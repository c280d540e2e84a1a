import type { Camera } from '#api/contract/cameras.ts';
import type { WallStep } from '#api/contract/wall.ts';
import { tilesOf } from './wall-layout.ts';

/** Groups of cameras that follow each other on the wall. */
export interface Tour {
  readonly name: string;
  readonly steps: readonly WallStep[];
  readonly dwellSeconds: number;
  /** Which step is shown. */
  readonly at: number;
  readonly isPaused: boolean;
}

export const usualDwellSeconds = 15;

/** All cameras of an area (or all), a wall full at a time. */
export function tourOfCameras(name: string, cameras: readonly Camera[], layout: string, dwellSeconds: number): Tour {
  const size = tilesOf(layout);
  const ids = cameras.filter(({ state }) => state.status !== 'disabled').map(({ id }) => id);
  const count = Math.max(1, Math.ceil(ids.length / size));
  const steps = Array.from({ length: count }, (_, index) => ({
    name: count > 1 ? `${index + 1} / ${count}` : name,
    layout,
    tiles: Array.from({ length: size }, (_unused, tile) => ids[index * size + tile] ?? null),
  }));
  return { name, steps, dwellSeconds, at: 0, isPaused: false };
}

export const stepBy = (tour: Tour, by: number): Tour => ({
  ...tour,
  at: (tour.at + by + tour.steps.length) % tour.steps.length,
});

export const nextStep = (tour: Tour): WallStep | undefined => tour.steps[(tour.at + 1) % tour.steps.length];

/** A tour that was kept over a reload. */
export function readTour(text: string | undefined): Tour | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null) return undefined;
    const { name, steps, dwellSeconds, at } = kept as Partial<Tour>;
    if (typeof name !== 'string' || !Array.isArray(steps) || steps.length === 0) return undefined;
    if (typeof dwellSeconds !== 'number' || typeof at !== 'number' || !steps[at]) return undefined;
    return { name, steps, dwellSeconds, at, isPaused: true };
  } catch {
    return undefined;
  }
}
