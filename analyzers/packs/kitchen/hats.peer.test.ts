import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { sceneTruthFile } from '#ingest/simulator/demo-scenes.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { HygieneModels } from './hygiene-models.ts';

const CLIP = fileURLToPath(new URL('../../../ingest/simulator/clips/kitchen.mp4', import.meta.url));
/** As a sub-stream has it: heads are about 20 px. */
const [WIDTH_PX, HEIGHT_PX] = [640, 360];
/** The one who comes in without a cap. */
const NEWCOMER = 4;

interface Truth {
  readonly fps: number;
  readonly frames: readonly {
    readonly index: number;
    readonly objects: readonly {
      readonly id: number;
      readonly type: string;
      readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
      readonly cutRatio: number;
    }[];
  }[];
}

it('tells who wears a hat and who does not among mannequins that its network never met, two pictures a second', async () => {
  const truth = JSON.parse(readFileSync(sceneTruthFile('kitchen'), 'utf8')) as Truth;
  const every = truth.fps / 2;
  const filter = `select='not(mod(n,${every}))',scale=${WIDTH_PX}:${HEIGHT_PX}`;
  const raw = execFileSync(
    'ffmpeg',
    [
      '-loglevel',
      'error',
      '-i',
      CLIP,
      '-vf',
      filter,
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-',
    ],
    { maxBuffer: 512 * 1024 * 1024 },
  );
  const registry = new ModelRegistry({ folder: '/nowhere', packFolder: '/nowhere', mirror: '', log: silentLog });
  const models = new HygieneModels({ registry, confirmMasks: false, log: silentLog });
  const told = { newcomer: [] as string[], cooks: [] as string[] };
  try {
    const sizeBytes = 3 * WIDTH_PX * HEIGHT_PX;
    for (const [at, frame] of truth.frames.filter(({ index }) => index % every === 0).entries()) {
      const pixels = new Uint8Array(raw.subarray(at * sizeBytes, (at + 1) * sizeBytes));
      for (const { id, type, box, cutRatio } of frame.objects) {
        if (type !== 'person' || cutRatio > 0.1) continue;
        const person = { label: 'person' as const, score: 1, box };
        const picture = { pixels, widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
        const [reading] = await models.read(picture, [person], [{ item: 'no_head_cover', zone: [] }]);
        told[id === NEWCOMER ? 'newcomer' : 'cooks'].push(reading?.state ?? 'none');
      }
    }
  } finally {
    await models.close();
  }
  const share = (states: readonly string[], state: string): number =>
    states.filter((one) => one === state).length / states.length;
  expect(told.cooks.length).toBeGreaterThan(40);
  expect(told.newcomer.length).toBeGreaterThan(8);
  expect(share(told.cooks, 'violation')).toBeLessThan(0.05);
  expect(share(told.cooks, 'fine')).toBeGreaterThan(0.8);
  expect(share(told.newcomer, 'violation')).toBeGreaterThan(0.4);
  expect(share(told.newcomer, 'fine')).toBeLessThan(0.1);
});
