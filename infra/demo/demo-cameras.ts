import { readFile } from 'node:fs/promises';
import type { AnalysisProfile, Camera, CameraRule, Point } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { sceneTruthFile } from '#ingest/simulator/demo-scenes.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { DemoCamera, DemoScene } from './demo-city.ts';

type Corner = readonly [number, number];

/** What a scene's truth file says of the places to watch; the events themselves are found by the analyzers, never read from here. */
interface SceneSetup {
  readonly zones: readonly { readonly name: string; readonly polygon: readonly Corner[] }[];
  readonly lines: readonly { readonly name: string; readonly points: readonly [Corner, Corner] }[];
}

const PROFILE: Readonly<Record<DemoScene, AnalysisProfile>> = {
  crossing: { mode: 'fps', fps: 3 },
  gate: { mode: 'fps', fps: 3 },
  kitchen: { mode: 'fps', fps: 2 },
};

const HYGIENE_RULES = [
  { item: 'flame_unattended', zone: 'stove', name: '灶台明火无人看管', graceMs: 3000 },
  { item: 'bin_open', zone: 'bin', name: '垃圾桶未盖', graceMs: 3000 },
  { item: 'no_head_cover', zone: 'room', name: '未戴工作帽', graceMs: 5000 },
] as const;

async function readSetup(scene: DemoScene): Promise<SceneSetup> {
  const truth: unknown = JSON.parse(await readFile(sceneTruthFile(scene), 'utf8'));
  const { zones, lines } = typeof truth === 'object' && truth !== null ? (truth as Partial<SceneSetup>) : {};
  return { zones: zones ?? [], lines: lines ?? [] };
}

const toPoint = ([x, y]: Corner): Point => ({ x, y });

function rulesOf(scene: DemoScene, setup: SceneSetup): CameraRule[] {
  if (scene !== 'kitchen') {
    return setup.lines.map(({ points: [from, to] }, index) => ({
      kind: 'line' as const,
      id: `line-${index + 1}`,
      name: `计数线 ${index + 1}`,
      from: toPoint(from),
      to: toPoint(to),
    }));
  }
  return HYGIENE_RULES.flatMap(({ item, zone, name, graceMs }) => {
    const polygon = setup.zones.find((candidate) => candidate.name === zone)?.polygon;
    return polygon
      ? [{ kind: 'hygiene' as const, id: item.replaceAll('_', '-'), name, item, zone: polygon.map(toPoint), graceMs }]
      : [];
  });
}

/** The demo's camera as the registry keeps it. With own footage (`--clip`) there is no truth, so there are no lines and zones either. */
export async function demoCameraRecord(
  camera: DemoCamera,
  source: { readonly url: string; readonly isOwnClip: boolean },
): Promise<Camera> {
  const setup = source.isOwnClip ? { zones: [], lines: [] } : await readSetup(camera.scene);
  return {
    id: cameraId(camera.id),
    name: camera.name,
    number: camera.number,
    area: camera.area,
    scene: camera.scene === 'kitchen' ? 'kitchen' : 'road',
    latitude: camera.latitude,
    longitude: camera.longitude,
    streams: [{ kind: 'main', url: source.url }],
    username: undefined,
    password: undefined,
    recording: recordingPolicy({ mode: 'continuous' }),
    analysis: PROFILE[camera.scene],
    rules: rulesOf(camera.scene, setup),
  };
}
