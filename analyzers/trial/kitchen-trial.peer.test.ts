import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { Canvas, rectangleZone } from '../testing/pictures.ts';
import type { KitchenTrial, TrialListener, TrialSummary, TrialViolation } from './kitchen-trial.ts';
import { runTrialThread } from './trial-thread.ts';

const FPS = 4;
const START_MS = Date.UTC(2026, 10, 25, 8);
const BIN = { x: 0.3, y: 0.4, width: 0.2, height: 0.3 };
const bin: CameraRule = {
  kind: 'hygiene',
  id: 'bin',
  name: 'bin',
  item: 'bin_open',
  zone: rectangleZone(BIN),
  graceMs: 3000,
};
const folder = mkdtempSync(path.join(tmpdir(), 'vantage-trial-'));
const models = {
  detector: 'auto',
  detectionThreshold: 0.3,
  modelFolder: folder,
  modelMirror: '',
  packFolder: '',
  readPlates: true,
};
const fakeModels = new URL('../testing/fake-model-set.ts', import.meta.url);

/** A closed bin; its lid is open where `isOpen` says so. */
function record(
  name: string,
  seconds: number,
  isOpen: (second: number) => boolean,
): KitchenTrial['recordings'][number] {
  const file = path.join(folder, name);
  const pictures = Array.from({ length: seconds * FPS }, (_, index) => {
    const canvas = new Canvas(320, 180, [0, 0, 0]).fill({ x: 0, y: 0, width: 1, height: 1 }, [150, 155, 160]);
    canvas.fill(BIN, [40, 70, 45]);
    if (isOpen(index / FPS)) canvas.fill({ ...BIN, height: 0.15 }, [205, 205, 190]);
    // The first pixel gives the fake models their orders: stay black.
    canvas.fill({ x: 0, y: 0, width: 0.05, height: 0.1 }, [0, 0, 0]);
    return Buffer.from(canvas.pixels);
  });
  const args = `-v error -y -f rawvideo -pix_fmt rgb24 -s 320x180 -r ${FPS} -i - -c:v libx264 -g ${FPS} -qp 12 -pix_fmt yuv420p`;
  const { status } = spawnSync('ffmpeg', [...args.split(' '), file], { input: Buffer.concat(pictures) });
  if (status !== 0) throw new Error('ffmpeg cannot encode the test video');
  return { file, startMs: START_MS, endMs: START_MS + seconds * 1000 };
}

let whole: KitchenTrial['recordings'][number];
beforeAll(() => {
  whole = record('kitchen.mp4', 40, (second) => second >= 15 && second < 25);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function trialOf(changes: Partial<KitchenTrial> = {}): KitchenTrial {
  return {
    camera: { id: cameraId('kitchen'), rules: [bin] },
    analysis: { mode: 'fps', fps: 2 },
    reference: undefined,
    recordings: [whole],
    fromMs: whole.startMs,
    toMs: whole.endMs,
    maxWidthPx: 640,
    trackEndMs: 2500,
    detectionThreshold: 0.3,
    skipUnchanged: true,
    ...changes,
  };
}

interface Outcome {
  readonly summary: TrialSummary | undefined;
  readonly raised: readonly TrialViolation[];
  readonly closed: readonly number[];
  readonly progress: readonly number[];
}

async function run(trial: KitchenTrial, onProgress?: (abort: AbortController) => void): Promise<Outcome> {
  const abort = new AbortController();
  const raised: TrialViolation[] = [];
  const closed: number[] = [];
  const progress: number[] = [];
  const listener: TrialListener = {
    progress: (doneMs) => {
      progress.push(doneMs);
      onProgress?.(abort);
    },
    raised: (violation) => raised.push(violation),
    closed: (_violationId, atMs) => closed.push(atMs),
  };
  const deps = { models, modelSetModule: fakeModels, clock: systemClock };
  return { summary: await runTrialThread(trial, deps, listener, abort.signal), raised, closed, progress };
}

test('what lasted longer than its grace time is raised once, with its times and its picture', async () => {
  const { summary, raised, closed, progress } = await run(trialOf());
  expect(summary).toMatchObject({ pictures: 80, faultyPictures: 0, unread: [] });
  expect(raised).toHaveLength(1);
  const [violation] = raised;
  expect(violation).toMatchObject({ item: 'bin_open', ruleId: 'bin' });
  const seconds = (timeMs = 0): number => (timeMs - START_MS) / 1000;
  expect(seconds(violation?.sinceMs)).toBeCloseTo(15, 0);
  // Seven of ten pictures of the grace time must agree.
  expect(seconds(violation?.raisedMs)).toBeGreaterThanOrEqual(16.5);
  expect(seconds(violation?.raisedMs)).toBeLessThan(20);
  // When it was last seen for sure, not when that was certain.
  expect(seconds(closed[0])).toBeGreaterThanOrEqual(24);
  expect(seconds(closed[0])).toBeLessThan(27);
  expect(Buffer.from(violation?.picture ?? []).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(progress.at(-1)).toBe(whole.endMs - 500);
  expect(summary?.rules[0]?.violation).toBeGreaterThan(10);
}, 60_000);

test('key frames will do, where live analysis has no more', async () => {
  const { summary, raised } = await run(trialOf({ analysis: { mode: 'keyframes' } }));
  expect(summary?.pictures).toBe(40);
  expect(raised).toHaveLength(1);
}, 60_000);

test('a longer grace time raises nothing, and what nothing looks for is told as that', async () => {
  const unknown: CameraRule = { ...bin, id: 'unknown', item: 'of_tomorrow' };
  const { summary, raised } = await run(
    trialOf({ camera: { id: cameraId('kitchen'), rules: [{ ...bin, graceMs: 30_000 }, unknown] } }),
  );
  expect(raised).toEqual([]);
  expect(summary?.rules[1]).toEqual({
    ruleId: 'unknown',
    item: 'of_tomorrow',
    violation: 0,
    fine: 0,
    unknown: 0,
    because: undefined,
  });
}, 60_000);

test('what could not be told in any picture is told with its cause', async () => {
  const floor: CameraRule = { ...bin, id: 'floor', item: 'floor_dirty' };
  const { summary } = await run(trialOf({ camera: { id: cameraId('kitchen'), rules: [floor] } }));
  expect(summary?.rules).toEqual([
    { ruleId: 'floor', item: 'floor_dirty', violation: 0, fine: 0, unknown: 80, because: 'no reference picture' },
  ]);
}, 60_000);

test('only the range asked for is looked at, and a file that cannot be read is told, not passed over', async () => {
  const file = path.join(folder, 'broken.mp4');
  writeFileSync(file, 'nothing of a video');
  const broken = { file, startMs: whole.endMs, endMs: whole.endMs + 10_000 };
  const { summary, raised } = await run(
    trialOf({ recordings: [whole, broken], fromMs: START_MS + 30_000, toMs: broken.endMs - 2000 }),
  );
  expect(raised).toEqual([]);
  expect(summary).toMatchObject({
    pictures: 20,
    unread: [{ startMs: broken.startMs, endMs: broken.endMs - 2000, code: 'PICTURE_UNDECODABLE' }],
  });
}, 60_000);

test('it can be ended in the middle', async () => {
  const { summary, progress } = await run(trialOf(), (abort) => abort.abort());
  expect(summary).toBeUndefined();
  expect(progress.length).toBeLessThan(80);
}, 60_000);

test('models that cannot be loaded end it with their reason', async () => {
  const unusable = new URL('../testing/unusable-model-set.ts', import.meta.url);
  const listener: TrialListener = { progress: () => {}, raised: () => {}, closed: () => {} };
  const deps = { models, modelSetModule: unusable, clock: systemClock };
  await expect(runTrialThread(trialOf(), deps, listener, new AbortController().signal)).rejects.toMatchObject({
    code: expect.stringMatching(/^MODEL_/),
  });
}, 60_000);
