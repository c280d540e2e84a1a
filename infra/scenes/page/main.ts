import type { SceneDescription, SeenObject } from '../truth-format.ts';
import { buildCrossing } from './crossing.ts';
import { buildGate } from './gate.ts';
import { buildKitchen } from './kitchen.ts';
import { observe } from './observer.ts';
import { Picture } from './picture.ts';
import { createStage, hangSky, type SceneScript, type Stage } from './stage.ts';

/** What the renderer calls from outside the page. */
export interface ScenePage {
  description: SceneDescription;
  render(timeS: number): { jpegUrl: string; objects: SeenObject[] };
  /** What `render` would report, without the picture: a hundred times faster. */
  observe(timeS: number): SeenObject[];
}

declare global {
  interface Window {
    scenePage?: ScenePage;
  }
}

const SCENES: Record<string, (stage: Stage) => SceneScript> = {
  crossing: buildCrossing,
  gate: buildGate,
  kitchen: buildKitchen,
};

const query = new URLSearchParams(location.search);
const build = SCENES[query.get('scene') ?? ''];
if (!build) throw new Error(`no scene '${query.get('scene')}'; there are ${Object.keys(SCENES).join(', ')}`);

const stage = createStage(
  { width: Number(query.get('width')), height: Number(query.get('height')) },
  Number(query.get('seed')),
);
const picture = new Picture(stage);
document.body.style.margin = '0';
document.body.append(picture.renderer.domElement);
hangSky(stage, picture.renderer);
const { advance, ...description } = build(stage);

window.scenePage = {
  description,
  render(timeS) {
    advance(timeS);
    return { jpegUrl: picture.draw(), objects: observe(stage) };
  },
  observe(timeS) {
    advance(timeS);
    return observe(stage);
  },
};
