import { readFile } from 'node:fs/promises';
import type { AnalysisProfile, Camera, CameraRule, Point } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { sceneTruthFile } from '#ingest/simulator/demo-scenes.ts';
import type { DemoCamera, DemoScene } from './demo-city.ts';

/** What a scene's truth file says of the places to watch; the events themselves are found by the analyzers, never read from here. */
interface SceneSetup {
  readonly zones?: Readonly<Record<string, readonly Point[]>>;
  readonly lines?: readonly { readonly id: string; readonly from: Point; readonly to: Point }[];
}

const PROFILE: Readonly<Record<DemoScene, AnalysisProfile>> = {
  crossing: { mode: 'fps', fps: 3 },
  gate: { mode: 'fps', fps: 3 },
  kitchen: { mode: 'fps', fps: 2 },
};

const HYGIENE_RULES = [
  { item: 'flame_unattended', zone: 'stove', name: '灶台明火无人看管', graceMs: 3000 },
  { item: 'bin_open', zone: 'bin', name: '垃圾桶未盖', graceMs: 3000 },
] as const;

async function readSetup(scene: DemoScene): Promise<SceneSetup> {
  const truth: unknown = JSON.parse(await readFile(sceneTruthFile(scene), 'utf8'));
  return typeof truth === 'object' && truth !== null ? (truth as SceneSetup) : {};
}

function rulesOf(scene: DemoScene, setup: SceneSetup): CameraRule[] {
  if (scene === 'kitchen') {
    return HYGIENE_RULES.flatMap(({ item, zone, name, graceMs }) => {
      const points = setup.zones?.[zone];
      return points
        ? [{ kind: 'hygiene' as const, id: item.replaceAll('_', '-'), name, item, zone: points, graceMs }]
        : [];
    });
  }
  return (setup.lines ?? []).map((line) => ({
    kind: 'line' as const,
    id: line.id,
    name: '停止线',
    from: line.from,
    to: line.to,
  }));
}

/** The demo's camera as the registry keeps it. With own footage (`--clip`) there is no truth, so there are no lines and zones either. */
export async function demoCameraRecord(
  camera: DemoCamera,
  source: { readonly url: string; readonly isOwnClip: boolean },
): Promise<Camera> {
  const setup = source.isOwnClip ? {} : await readSetup(camera.scene);
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
    isRecording: true,
    analysis: PROFILE[camera.scene],
    rules: rulesOf(camera.scene, setup),
  };
}
