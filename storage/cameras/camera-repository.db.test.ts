import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { sealingWith } from '../sealing.ts';
import { sampleCamera } from '../testing/sample-events.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { type CameraChange, CameraRepository } from './camera-repository.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let cameras: CameraRepository;

beforeAll(async () => {
  database = await openTestDatabase(inject('databaseUrl'));
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('cameras').execute();
  cameras = new CameraRepository({ db: database.db, sealing: sealingWith(Buffer.alloc(32, 7)) });
});

test('gives back what was put in, with password, rules and profile', async () => {
  const input = sampleCamera({
    analysis: { mode: 'fps', fps: 5 },
    rules: [{ kind: 'line', id: 'l1', name: 'Stop line', from: { x: 0, y: 0.5 }, to: { x: 1, y: 0.5 } }],
    latitude: undefined,
    longitude: undefined,
  });
  const created = await cameras.create(input, cameraId('cam-1'));
  expect(created).toEqual({ ...input, id: 'cam-1' });
  expect(await cameras.get(created.id)).toEqual(created);
  expect(await cameras.list()).toEqual([created]);
});

test('the password lies sealed in the database', async () => {
  await cameras.create(sampleCamera({ password: 'hidden-123' }));
  const { rows } = await sql<{ row: string }>`SELECT cameras::text AS row FROM cameras`.execute(database.db);
  expect(rows[0]!.row).not.toContain('hidden-123');
  expect(rows[0]!.row).not.toContain(Buffer.from('hidden-123').toString('hex'));
});

test('an update without a password keeps it, one with undefined forgets it', async () => {
  const { id } = await cameras.create(sampleCamera());
  const { password: _password, ...rest } = sampleCamera({ name: 'South gate' });
  expect(await cameras.update(id, rest)).toMatchObject({ name: 'South gate', password: 'a secret of the camera' });
  expect((await cameras.update(id, { ...rest, password: undefined })).password).toBeUndefined();
});

test('keeps transport and certificate that an update leaves out, and forgets what it names as undefined', async () => {
  const certificateSha256 = 'ab'.repeat(32);
  const { transport: _transport, ...plain } = sampleCamera();
  expect(await cameras.get((await cameras.create(plain)).id)).toMatchObject({ transport: 'auto' });
  const { id } = await cameras.create(sampleCamera({ transport: 'udp', certificateSha256 }));
  expect(await cameras.update(id, plain)).toMatchObject({ transport: 'udp', certificateSha256 });
  const changed = await cameras.update(id, { ...plain, transport: 'tcp', certificateSha256: undefined });
  expect([changed.transport, changed.certificateSha256]).toEqual(['tcp', undefined]);
});

test('refuses a second camera of the same id, and changes to one that is not there', async () => {
  const id = cameraId('cam-1');
  await cameras.create(sampleCamera(), id);
  await expect(cameras.create(sampleCamera(), id)).rejects.toMatchObject({ code: 'CAMERA_EXISTS' });
  const missing = cameraId('cam-2');
  await expect(cameras.get(missing)).rejects.toMatchObject({ code: 'CAMERA_NOT_FOUND' });
  await expect(cameras.update(missing, sampleCamera())).rejects.toMatchObject({ code: 'CAMERA_NOT_FOUND' });
  await expect(cameras.remove(missing)).rejects.toMatchObject({ code: 'CAMERA_NOT_FOUND' });
});

test('a removed camera is gone from the list, without its password, and its id can be used again', async () => {
  const id = cameraId('cam-1');
  await cameras.create(sampleCamera(), id);
  await cameras.remove(id);
  expect(await cameras.list()).toEqual([]);
  const row = await database.db.selectFrom('cameras').selectAll().executeTakeFirstOrThrow();
  expect([row.password_sealed, row.username]).toEqual([null, null]);
  await cameras.create(sampleCamera({ name: 'New' }), id);
  expect((await cameras.list()).map(({ name }) => name)).toEqual(['New']);
});

test('tells of every change until nobody listens any more', async () => {
  const changes: CameraChange[] = [];
  const stop = cameras.onChange((change) => changes.push(change));
  const { id } = await cameras.create(sampleCamera());
  await cameras.update(id, sampleCamera({ name: 'South gate' }));
  await cameras.remove(id);
  stop();
  await cameras.create(sampleCamera());
  expect(changes.map(({ kind, camera }) => [kind, camera.name])).toEqual([
    ['created', 'North gate'],
    ['updated', 'South gate'],
    ['removed', 'South gate'],
  ]);
});

test('the revision of a camera changes with every change, also when it comes back after its removal', async () => {
  const seen = new Set<number | undefined>();
  const look = async () => {
    seen.add((await cameras.revisions()).get(cameraId('cam-r')));
    await new Promise((resolve) => setTimeout(resolve, 3));
  };
  await look();
  await cameras.create(sampleCamera(), cameraId('cam-r'));
  await look();
  await cameras.update(cameraId('cam-r'), sampleCamera({ name: 'other' }));
  await look();
  await cameras.remove(cameraId('cam-r'));
  expect((await cameras.revisions()).has(cameraId('cam-r'))).toBe(false);
  await cameras.create(sampleCamera(), cameraId('cam-r'));
  await look();
  expect(seen.size).toBe(4);
});

test('keeps the whole recording policy, and after a removal how long recordings are kept', async () => {
  const id = cameraId('cam-p');
  const recording = recordingPolicy({
    mode: 'scheduled',
    segmentSeconds: 30,
    retentionHours: 240,
    postRollSeconds: 20,
    schedule: { timeZone: 'Asia/Shanghai', windows: [{ days: [1, 7], from: '22:00', to: '06:00' }] },
  });
  await cameras.create(sampleCamera({ recording }), id);
  expect((await cameras.get(id)).recording).toEqual(recording);
  await cameras.remove(id);
  const row = await database.db.selectFrom('cameras').select('recording').executeTakeFirstOrThrow();
  expect(row.recording).toEqual({ ...recording, mode: 'off' });
});

test('many cameras come at once, or none of them', async () => {
  const many = Array.from({ length: 2500 }, (_, index) => ({ ...sampleCamera(), id: cameraId(`many-${index}`) }));
  await cameras.createAll(many);
  expect((await cameras.list()).filter(({ id }) => id.startsWith('many-'))).toHaveLength(2500);
  const more = [{ ...sampleCamera(), id: cameraId('more-1') }, ...many.slice(0, 1)];
  await expect(cameras.createAll(more)).rejects.toMatchObject({ code: 'CAMERA_EXISTS' });
  await expect(cameras.get(cameraId('more-1'))).rejects.toMatchObject({ code: 'CAMERA_NOT_FOUND' });
});
