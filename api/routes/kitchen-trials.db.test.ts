import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { KitchenTrial as TrialOrder, TrialListener, TrialSummary } from '#analyzers/trial/kitchen-trial.ts';
import { analyzerErrors } from '#analyzers/errors.ts';
import { cameraId } from '#ingest/media.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import type { HygieneItem } from '../contract/kitchen.ts';
import type { KitchenDraft, KitchenTrial } from '../contract/kitchen-setup.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

interface Running {
  readonly trial: TrialOrder;
  readonly listener: TrialListener;
  readonly signal: AbortSignal;
  end(summary: TrialSummary): void;
  fail(error: Error): void;
}

const ID = cameraId('kitchen-1');
const URL = `/api/kitchens/${ID}/trials`;
const POLL = { timeout: 10_000, interval: 20 };
const NOW_MS = Date.UTC(2026, 10, 25, 12);
/** Two files with a hole of a known cause between them, and one of no known cause before the first. */
const FIRST_MS = NOW_MS - 50 * 60_000;
const MINUTE_MS = 60_000;
const setup: KitchenDraft = {
  zones: [
    {
      id: 'z1',
      use: 'bin',
      name: '垃圾桶',
      points: [
        { x: 0, y: 0 },
        { x: 0.2, y: 0 },
        { x: 0.2, y: 0.2 },
      ],
    },
  ],
  items: [{ item: 'bin_open', graceMs: 3000 }],
};

let fixture: TestApp;
let request: Requester;
const clock = new SimulatedClock(NOW_MS);
/** Those that were begun, oldest first. */
const begun: Running[] = [];

beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'), {
    clock,
    runTrial: (trial, listener, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => resolve(undefined));
        begun.push({ trial, listener, signal, end: resolve, fail: reject });
      }),
  });
  request = requesterOf(fixture);
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ scene: 'kitchen', analysis: { mode: 'fps', fps: 2 } }), ID);
  for (const [index, fromMinute, untilMinute] of [
    [1, 0, 20],
    [2, 30, 48],
  ] as const) {
    storage.segmentLog.appendSegment({
      segmentId: `seg-${index}`,
      cameraId: ID,
      stream: 'main',
      path: `kitchen-1/${index}.mp4`,
      startMs: FIRST_MS + fromMinute * MINUTE_MS,
      endMs: FIRST_MS + untilMinute * MINUTE_MS,
      frames: 100,
      sizeBytes: 1,
      codecString: 'avc1.42e01f',
      widthPx: 320,
      heightPx: 180,
    });
  }
  const [startMs, endMs] = [FIRST_MS + 20 * MINUTE_MS, FIRST_MS + 30 * MINUTE_MS];
  const gap = { gapId: 'g', cameraId: ID, stream: 'main' as const, errorCode: undefined };
  storage.segmentLog.closeGap({ ...gap, startMs, endMs, cause: 'camera_unreachable' });
  await storage.writer.drain();
});
afterAll(() => fixture.close());
afterEach(async () => {
  for (const { end } of begun.splice(0)) end({ pictures: 0, faultyPictures: 0, unread: [], rules: [] });
});

async function start(body: object = { setup }): Promise<KitchenTrial> {
  const response = await request('administrator', 'POST', URL, { body });
  expect(response.statusCode).toBe(202);
  return response.json<KitchenTrial>();
}
const look = async ({ trialId }: KitchenTrial): Promise<KitchenTrial> =>
  (await request('administrator', 'GET', `${URL}/${trialId}`)).json<KitchenTrial>();

test('the last hour of recording is tried with the draft, and the holes in it are told with their cause', async () => {
  const trial = await start();
  expect(trial).toMatchObject({ state: 'running', ahead: 0, progress: 0, picturesPerSecond: 2, violations: [] });
  expect(new Date(trial.from).getTime()).toBe(FIRST_MS);
  expect(new Date(trial.to).getTime()).toBe(FIRST_MS + 48 * MINUTE_MS);
  expect(trial.notLookedAt).toEqual([
    {
      from: new Date(FIRST_MS + 20 * MINUTE_MS).toISOString(),
      to: new Date(FIRST_MS + 30 * MINUTE_MS).toISOString(),
      reason: { en: 'The camera could not be reached.', zh: '摄像机无法连接。' },
    },
  ]);
  const [running] = begun;
  expect(running?.trial.camera.rules).toMatchObject([{ kind: 'hygiene', item: 'bin_open', graceMs: 3000 }]);
  expect(running?.trial.recordings.map(({ file }) => file)).toEqual(
    [1, 2].map((index) => `${fixture.recordingFolder}/kitchen-1/${index}.mp4`),
  );
  const entries = await fixture.storage.audit.list({ limit: 20 });
  expect(entries.find(({ action }) => action === 'kitchen.trial')).toMatchObject({
    username: 'administrator',
    target: ID,
    detail: { from: trial.from, to: trial.to, items: ['bin_open'] },
  });
  // What is tried is not live.
  expect((await fixture.storage.cameras.get(ID)).rules).toEqual([]);
});

test('a time without recordings, or too long a one, is refused', async () => {
  const at = (ms: number) => new Date(ms).toISOString();
  const post = (body: object) => request('administrator', 'POST', URL, { body: { setup, ...body } });
  expect(problemOf(await post({ from: at(0) })).code).toBe('KITCHEN_NOT_RECORDED');
  expect(problemOf(await post({ from: at(FIRST_MS - 7 * 3_600_000), to: at(NOW_MS) })).code).toBe('RANGE_INVALID');
  expect(begun).toHaveLength(0);
  const { notLookedAt } = (await post({ from: at(FIRST_MS - MINUTE_MS), to: at(NOW_MS) })).json<KitchenTrial>();
  expect(notLookedAt.map(({ reason }) => reason.en)).toEqual([
    'There is no recording of this time.',
    'The camera could not be reached.',
    'This part is still being recorded.',
  ]);
});

test('progress, findings and their pictures come while it runs; what could not be told, at its end', async () => {
  const trial = await start({
    setup: {
      ...setup,
      items: [...setup.items, { item: 'floor_dirty', graceMs: 1000 }, { item: 'no_mask', graceMs: 1000 }],
    },
  });
  const [running] = begun;
  if (!running) throw new Error('not begun');
  const { listener, trial: order } = running;
  const raised = {
    violationId: 'v1',
    item: 'bin_open',
    ruleId: order.camera.rules[0]?.id ?? '',
    sinceMs: FIRST_MS + MINUTE_MS,
    raisedMs: FIRST_MS + MINUTE_MS + 3000,
    score: 0.8,
    box: { x: 0, y: 0, width: 0.2, height: 0.2 },
    picture: Buffer.from('jpeg'),
  };
  listener.raised({ ...raised, violationId: 'v2', sinceMs: FIRST_MS + 2 * MINUTE_MS, picture: undefined });
  listener.raised(raised);
  listener.closed('v1', FIRST_MS + 90_000);
  // Half of the 38 recorded minutes, the hole not counted.
  listener.progress(FIRST_MS + 19 * MINUTE_MS, 2280);
  const midway = await look(trial);
  expect(midway).toMatchObject({ state: 'running', pictures: 2280, progress: 0.5, notJudged: [] });
  expect(midway.violations.map(({ violationId, closed }) => [violationId, closed])).toEqual([
    ['v1', new Date(FIRST_MS + 90_000).toISOString()],
    ['v2', undefined],
  ]);
  const url = midway.violations[0]?.pictureUrl ?? '';
  expect((await request('administrator', 'GET', url)).body).toBe('jpeg');
  expect((await request('inspector', 'GET', url)).statusCode).toBe(403);
  expect(midway.violations[1]?.pictureUrl).toBeUndefined();

  const unread = [
    { startMs: FIRST_MS + 47 * MINUTE_MS, endMs: FIRST_MS + 48 * MINUTE_MS, code: 'PICTURE_UNDECODABLE' },
  ];
  const none = { violation: 0, fine: 0 };
  running.end({
    pictures: 4000,
    faultyPictures: 3,
    unread,
    rules: order.camera.rules.map(({ id: ruleId }, index) =>
      index === 0
        ? { ruleId, item: 'bin_open', violation: 5, fine: 3995, unknown: 0, because: undefined }
        : { ruleId, item: 'no_mask', ...none, unknown: 4000, because: 'dark' as const },
    ),
  });
  await expect.poll(async () => (await look(trial)).state, POLL).toBe('done');
  const done = await look(trial);
  expect(done).toMatchObject({ progress: 1, pictures: 4000, faultyPictures: 3 });
  expect(done.notLookedAt.map(({ reason }) => reason.en)).toEqual([
    'The camera could not be reached.',
    'The recording could not be read.',
  ]);
  const items = (await request('administrator', 'GET', '/api/hygiene-items')).json<HygieneItem[]>();
  const catalogued = (item: string) => items.find(({ code }) => code === item)?.status;
  const reasons = (item: string) => done.notJudged.filter((one) => one.item === item).map(({ reason }) => reason.en);
  expect(reasons('bin_open')).toEqual([]);
  expect(reasons('no_mask')).toEqual(
    catalogued('no_mask') === 'bring-your-model' ? ['There is no model for it.'] : ['It was too dark.'],
  );
  // Each thing that it lacks; whether a model is among them is the catalogue's to say.
  expect(reasons('floor_dirty')).toEqual(
    expect.arrayContaining(['No zone is drawn for it.', 'There is no reference picture.']),
  );

  clock.advance(3_600_001);
  const gone = await request('administrator', 'GET', `${URL}/${trial.trialId}`);
  expect(problemOf(gone).code).toBe('NOT_FOUND');
  expect((await request('administrator', 'GET', url)).statusCode).toBe(404);
});

test('one runs at a time, the others wait their turn; what is taken back ends, and too many are refused', async () => {
  const [first, second, third] = [await start(), await start(), await start()];
  expect([first, second, third].map(({ state, ahead }) => [state, ahead])).toEqual([
    ['running', 0],
    ['waiting', 1],
    ['waiting', 2],
  ]);
  expect(begun).toHaveLength(1);
  await request('administrator', 'DELETE', `${URL}/${second.trialId}`);
  expect((await look(third)).ahead).toBe(1);
  await request('administrator', 'DELETE', `${URL}/${first.trialId}`);
  expect(begun[0]?.signal.aborted).toBe(true);
  await expect.poll(() => begun.length, POLL).toBe(2);
  expect((await look(third)).state).toBe('running');
  const waiting: KitchenTrial[] = [];
  for (let count = 0; count < 8; count++) waiting.push(await start());
  expect(problemOf(await request('administrator', 'POST', URL, { body: { setup } }))).toMatchObject({
    status: 429,
    code: 'TRIALS_WAITING',
  });
  for (const { trialId } of [...waiting, third]) await request('administrator', 'DELETE', `${URL}/${trialId}`);
});

test('a trial that fails says why, and the next one runs', async () => {
  const trial = await start();
  begun[0]?.fail(analyzerErrors.MODEL_MISSING());
  await expect.poll(async () => (await look(trial)).state, POLL).toBe('failed');
  expect((await look(trial)).problem).toMatchObject({ code: 'MODEL_MISSING', zh: expect.stringMatching(/。$/) });
  expect((await start()).state).toBe('running');
});
