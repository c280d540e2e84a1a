import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { FAKE_ORDERS } from '../testing/fake-model-set.ts';
import { Canvas } from '../testing/pictures.ts';
import type { AnalysisJob, PlateRequest } from './analyzer-messages.ts';
import { AnalyzerPool } from './analyzer-pool.ts';

const FAKES = new URL('../testing/fake-model-set.ts', import.meta.url);
const UNUSABLE = new URL('../testing/unusable-model-set.ts', import.meta.url);
const MODELS = {
  detector: 'auto',
  detectionThreshold: 0.3,
  modelFolder: '',
  modelMirror: '',
  packFolder: '',
  readPlates: false,
} as const;
const PLATES: PlateRequest = { minVehicleWidthPx: 20, maxVehicles: 2, skip: [], wholePicture: false };

let pool: AnalyzerPool | undefined;

afterEach(async () => {
  await pool?.close();
});

async function startPool(modelSetModule: URL, threads = 1): Promise<AnalyzerPool> {
  pool = new AnalyzerPool({ threads, models: MODELS, modelSetModule, clock: systemClock, log: silentLog });
  await pool.start();
  return pool;
}

function job(order: keyof typeof FAKE_ORDERS, plates?: PlateRequest): AnalysisJob {
  const canvas = new Canvas(64, 36, [FAKE_ORDERS[order], 0, 0]);
  return { pixels: canvas.shared, widthPx: 64, heightPx: 36, plates };
}

it('reads a picture out of shared memory and answers with what is in it', async () => {
  const running = await startPool(FAKES);
  const result = await running.submit('cam', job('find', PLATES));
  expect(result?.detections.map(({ label }) => label)).toEqual(['person', 'car']);
  expect(result?.plates).toMatchObject([{ text: '京A12345', vehicleIndex: 1 }]);
  expect(result?.vehiclesRead).toEqual([1]);
});

it('reads no plate of a vehicle that is too narrow, known already, or not asked for', async () => {
  const running = await startPool(FAKES);
  const ask = async (plates?: PlateRequest): Promise<number | undefined> =>
    (await running.submit('cam', job('find', plates)))?.plates.length;
  expect(await ask({ ...PLATES, minVehicleWidthPx: 40 })).toBe(0);
  expect(await ask({ ...PLATES, skip: [{ x: 0.32, y: 0.3, width: 0.4, height: 0.3 }] })).toBe(0);
  expect(await ask(undefined)).toBe(0);
});

it('looks in the whole picture when it may and no vehicle is wide enough', async () => {
  const running = await startPool(FAKES);
  const result = await running.submit('cam', job('find', { ...PLATES, minVehicleWidthPx: 40, wholePicture: true }));
  expect(result?.plates).toMatchObject([{ text: '京A12345', vehicleIndex: undefined }]);
});

it('drops the older picture of a camera that waits, and counts it', async () => {
  const running = await startPool(FAKES);
  const first = running.submit('cam', job('slow'));
  const second = running.submit('cam', job('find'));
  const third = running.submit('cam', job('find'));
  expect(await second).toBeUndefined();
  expect((await first)?.detections).toHaveLength(2);
  expect((await third)?.detections).toHaveLength(2);
  expect(running.counters).toMatchObject({ analysed: 2, dropped: 1 });
});

it('passes on what a model threw and goes on', async () => {
  const running = await startPool(FAKES);
  await expect(running.submit('cam', job('throwError'))).rejects.toMatchObject({ code: 'ANALYZER_DIED' });
  expect((await running.submit('cam', job('find')))?.detections).toHaveLength(2);
});

it('replaces a thread that dies, and refuses only the picture that it had', async () => {
  const running = await startPool(FAKES);
  const doomed = running.submit('cam-1', job('exitThread'));
  const patient = running.submit('cam-2', job('find'));
  await expect(doomed).rejects.toMatchObject({ code: 'ANALYZER_DIED' });
  expect((await patient)?.detections).toHaveLength(2);
  expect(running.counters).toMatchObject({ died: 1, failed: 1, threads: 1 });
});

it('replaces a thread that is killed while idle', async () => {
  const running = await startPool(FAKES);
  await running.killOneThread();
  expect((await running.submit('cam', job('find')))?.detections).toHaveLength(2);
  expect(running.counters.died).toBe(1);
});

it('does not start with models that cannot be loaded, and says why', async () => {
  await expect(startPool(UNUSABLE)).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH', context: { model: 'fake' } });
});

it('gives back the pictures that wait when it is closed', async () => {
  const running = await startPool(FAKES);
  const inWork = running.submit('cam', job('slow'));
  const waiting = running.submit('cam', job('find'));
  await running.close();
  expect(await waiting).toBeUndefined();
  await vi.waitFor(async () => inWork);
  expect(await running.submit('cam', job('find'))).toBeUndefined();
});

it('can be started again after its models could not be loaded', async () => {
  pool = new AnalyzerPool({ threads: 1, models: MODELS, modelSetModule: UNUSABLE, clock: systemClock, log: silentLog });
  await expect(pool.start()).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
  await expect(pool.start()).rejects.toMatchObject({ code: 'MODEL_HASH_MISMATCH' });
});
