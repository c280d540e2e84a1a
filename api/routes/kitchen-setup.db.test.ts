import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import type { KitchenDraft, KitchenSetup, ReferenceTaken } from '../contract/kitchen-setup.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

const ID = cameraId('kitchen-1');
const URL = `/api/kitchens/${ID}`;
const STOVE = [
  { x: 0.5, y: 0.4 },
  { x: 0.7, y: 0.4 },
  { x: 0.7, y: 0.6 },
];
const line: CameraRule = { kind: 'line', id: 'l', name: 'door', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } };
const openingHours: NonNullable<KitchenDraft['openingHours']> = {
  timeZone: 'Asia/Shanghai',
  windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '21:00' }],
};
const draft: KitchenDraft = {
  zones: [{ id: 'z1', use: 'stove', name: '灶台', points: STOVE }],
  items: [{ item: 'flame_unattended', graceMs: 20_000 }],
  openingHours,
};

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'), { modelItems: ['phone_in_hand'] });
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  const { storage, cameras } = fixture;
  if ((await storage.cameras.list()).some(({ id }) => id === ID)) await storage.cameras.remove(ID);
  await storage.cameras.create(sampleCamera({ scene: 'kitchen', rules: [line] }), ID);
  cameras.persons = 0;
  cameras.changed.length = 0;
});

const audited = async (action: string) =>
  (await fixture.storage.audit.list({ limit: 50 })).filter((entry) => entry.action === action && entry.target === ID);

async function put(body: object): Promise<Awaited<ReturnType<Requester>>> {
  return await request('administrator', 'PUT', `${URL}/setup`, { body });
}

test('zones, items and hours are stored, become rules at once, and leave the rest of the camera alone', async () => {
  const before = await fixture.storage.cameras.get(ID);
  const response = await put(draft);
  expect(response.statusCode).toBe(200);
  expect(response.json<KitchenSetup>()).toMatchObject({ ...draft, cameraId: ID, isAnalysed: true });
  const after = await fixture.storage.cameras.get(ID);
  expect(after.rules).toEqual([
    line,
    {
      kind: 'hygiene',
      id: 'flame_unattended-z1',
      name: '灶火无人看管',
      item: 'flame_unattended',
      zone: STOVE,
      graceMs: 20_000,
    },
  ]);
  expect({ ...after, rules: [], kitchen: undefined }).toEqual({ ...before, rules: [], kitchen: undefined });
  expect(fixture.cameras.changed).toEqual([ID]);
  expect((await request('administrator', 'GET', `${URL}/setup`)).json()).toEqual(response.json());
  expect((await audited('kitchen.setup'))[0]).toMatchObject({ username: 'administrator' });
});

test('an item that is on and lacks something is refused with the sentence that says what, and nothing is stored', async () => {
  const presence = { item: 'presence_after_hours', graceMs: 30_000 };
  const cases: readonly [object, string, string][] = [
    [{ ...draft, zones: [] }, 'KITCHEN_ZONE_MISSING', 'items.flame_unattended'],
    [{ ...draft, items: [{ item: 'of_tomorrow', graceMs: 1000 }] }, 'KITCHEN_ITEM_UNKNOWN', 'items.of_tomorrow'],
    [{ ...draft, items: [...draft.items, ...draft.items] }, 'KITCHEN_ITEM_UNKNOWN', 'items.flame_unattended'],
    [{ ...draft, items: [{ item: 'smoking', graceMs: 1000 }] }, 'KITCHEN_MODEL_MISSING', 'items.smoking'],
    [{ ...draft, zones: [...draft.zones, ...draft.zones] }, 'KITCHEN_ZONE_TWICE', 'zones.z1'],
  ];
  for (const [body, code, field] of cases)
    expect(problemOf(await put(body))).toMatchObject({ status: 400, code, field });
  // Which of its lacks is told first depends on whether a model is there.
  const codes = ['KITCHEN_HOURS_MISSING', 'KITCHEN_MODEL_MISSING'];
  expect(codes).toContain(problemOf(await put({ zones: [], items: [presence] })).code);
  const wrongZone = { ...openingHours, timeZone: 'Mars/Olympus' };
  expect(problemOf(await put({ ...draft, openingHours: wrongZone })).code).toBe('RECORDING_SCHEDULE_INVALID');
  expect((await fixture.storage.cameras.get(ID)).rules).toEqual([line]);
  expect(fixture.cameras.changed).toEqual([]);
});

test('an item without a model of ours can be switched on when a pack is installed for it', async () => {
  const workPlace = { id: 'w', use: 'work place' as const, name: '操作台', points: STOVE };
  const body = { ...draft, zones: [workPlace], items: [{ item: 'phone_in_hand', graceMs: 5000 }] };
  expect((await put(body)).json<KitchenSetup>().modelItems).toEqual(['phone_in_hand']);
  expect((await fixture.storage.cameras.get(ID)).rules.map(({ id }) => id)).toEqual(['l', 'phone_in_hand-w']);
});

test('a camera of the road has no kitchen to set up', async () => {
  const road = await fixture.storage.cameras.create(sampleCamera({ scene: 'road' }));
  const response = await request('administrator', 'GET', `/api/kitchens/${road.id}/setup`);
  expect(problemOf(response)).toMatchObject({ status: 400, code: 'KITCHEN_NOT_ONE' });
});

async function recordClip(): Promise<number> {
  const startMs = Date.UTC(2026, 10, 20, 10);
  const name = 'kitchen-1/clip.mp4';
  await mkdir(path.join(fixture.recordingFolder, 'kitchen-1'), { recursive: true });
  const args = '-v error -y -f lavfi -i testsrc2=size=320x180:rate=10:duration=10 -c:v libx264 -g 10 -pix_fmt yuv420p';
  const { status } = spawnSync('ffmpeg', [...args.split(' '), path.join(fixture.recordingFolder, name)]);
  if (status !== 0) throw new Error('ffmpeg cannot encode the test video');
  fixture.storage.segmentLog.appendSegment({
    segmentId: crypto.randomUUID(),
    cameraId: ID,
    stream: 'main',
    path: name,
    startMs,
    endMs: startMs + 10_000,
    frames: 100,
    sizeBytes: 1,
    codecString: 'avc1.42e01f',
    widthPx: 320,
    heightPx: 180,
  });
  await fixture.storage.writer.drain();
  return startMs;
}

test('a reference picture is taken of the recording, kept, shown, and replaced by the next one', async () => {
  const startMs = await recordClip();
  const take = (seconds: number, more: object = {}) =>
    request('administrator', 'POST', `${URL}/reference`, {
      body: { time: new Date(startMs + seconds * 1000).toISOString(), ...more },
    });
  const first = await take(4.05);
  expect(first.statusCode).toBe(201);
  const { takenAt, pictureUrl, isChecked } = first.json<ReferenceTaken>();
  expect(new Date(takenAt).getTime() - startMs).toBe(4100);
  expect(isChecked).toBe(true);
  const picture = await request('inspector', 'GET', pictureUrl);
  expect(picture.headers['content-type']).toBe('image/jpeg');
  expect(picture.rawPayload.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  const { reference } = (await fixture.storage.cameras.get(ID)).kitchen ?? {};
  // What is to be deleted when its time is over lies under `evidence/`.
  expect(reference?.pictureKey).toMatch(/^reference\/kitchen-1\//);

  await put(draft);
  expect((await fixture.storage.cameras.get(ID)).kitchen?.reference).toEqual(reference);
  expect((await take(6)).statusCode).toBe(201);
  await expect(fixture.storage.blobs.get(reference?.pictureKey ?? '')).rejects.toMatchObject({
    code: 'BLOB_NOT_FOUND',
  });
  const now = (await fixture.storage.cameras.get(ID)).kitchen;
  expect(now?.reference?.takenAtMs).toBe(startMs + 6000);
  expect(now?.zones).toEqual(draft.zones);
  expect((await audited('kitchen.reference')).length).toBeGreaterThanOrEqual(2);

  await fixture.storage.cameras.remove(ID);
  const key = now?.reference?.pictureKey ?? '';
  await expect
    .poll(
      () =>
        fixture.storage.blobs.get(key).then(
          () => 'there',
          () => 'gone',
        ),
      { timeout: 10_000 },
    )
    .toBe('gone');
});

test('a picture with somebody in it is refused, until a person says that nobody is there', async () => {
  const time = new Date((await recordClip()) + 2000).toISOString();
  const take = (body: object) => request('administrator', 'POST', `${URL}/reference`, { body: { time, ...body } });
  fixture.cameras.persons = 2;
  expect(problemOf(await take({}))).toMatchObject({ status: 412, code: 'KITCHEN_REFERENCE_PERSON' });
  expect((await fixture.storage.cameras.get(ID)).kitchen?.reference).toBeUndefined();
  expect((await take({ nobodyIsThere: true })).statusCode).toBe(201);
  expect((await audited('kitchen.reference'))[0]?.detail).toMatchObject({ nobodyIsThere: true });
  fixture.cameras.persons = undefined;
  expect((await take({})).json<ReferenceTaken>().isChecked).toBe(false);
});

test('without a picture there is no reference: not recorded, not here', async () => {
  const time = '2020-01-01T00:00:00.000Z';
  const recorded = await request('administrator', 'POST', `${URL}/reference`, { body: { time } });
  expect(problemOf(recorded)).toMatchObject({ status: 404, code: 'KITCHEN_NOT_RECORDED' });
  const live = await request('administrator', 'POST', `${URL}/reference`, { body: {} });
  expect(problemOf(live).code).toBe('LIVE_CAMERA_NOT_HERE');
});
