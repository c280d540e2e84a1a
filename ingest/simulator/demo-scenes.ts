import { fileURLToPath } from 'node:url';

export const DEMO_SCENES = ['crossing', 'gate', 'kitchen'] as const;
export type DemoScene = (typeof DEMO_SCENES)[number];

/** Nine cameras of a small city: a road with gates on it, and two kitchens. */
const CYCLE: readonly DemoScene[] = [
  'crossing',
  'gate',
  'kitchen',
  'gate',
  'crossing',
  'gate',
  'crossing',
  'kitchen',
  'crossing',
];

/** Which clip the camera of this index (from 0) plays; goes round when there are more than nine. */
export function sceneOfCamera(index: number, scenes: readonly DemoScene[] = DEMO_SCENES): DemoScene {
  if (scenes.length < DEMO_SCENES.length) return scenes[index % scenes.length] ?? 'crossing';
  return CYCLE[index % CYCLE.length] ?? 'crossing';
}

/** The shipped clip of a scene; its truth lies beside it as `<scene>.truth.json`. */
export function sceneClipFile(scene: DemoScene): string {
  return fileURLToPath(new URL(`./clips/${scene}.mp4`, import.meta.url));
}

export function sceneTruthFile(scene: DemoScene): string {
  return fileURLToPath(new URL(`./clips/${scene}.truth.json`, import.meta.url));
}

/** Spread so that two cameras with the same clip never show the same moment; the same for an index on every run. */
export function phaseOfCamera(index: number): number {
  return Math.round(((index * 0.618_034) % 1) * 30_000);
}
