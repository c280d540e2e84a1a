import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import type { Role } from '#storage/users/user-repository.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { cameraId } from '#ingest/media.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

const onvif = {
  serviceUrl: 'http://192.0.2.9/onvif/device_service',
  main: { service: 'media2', token: 'Profile_1' },
  sub: { service: 'media2', token: 'Profile_2' },
  hasPtz: true,
  hasRecordings: false,
};
const input = {
  name: 'Dome',
  number: 'D-1',
  area: 'Old town',
  scene: 'road',
  url: 'rtsp://192.0.2.9/main',
  recording: { mode: 'continuous' },
  analysis: { mode: 'keyframes' },
  rules: [],
};

test('an operator steers, and who did is written down once for a stick that is held', async () => {
  const { storage, cameras } = fixture;
  await storage.cameras.create(sampleCamera({ name: 'Dome' }), cameraId('dome-1'));
  const steer = (body: object): Promise<{ statusCode: number }> =>
    request('operator', 'POST', '/api/cameras/dome-1/ptz', { body });
  for (const body of [
    { action: 'continuous', pan: 0.5 },
    { action: 'continuous', pan: 0.5, durationMs: 500 },
    { action: 'stop' },
    { action: 'preset', preset: 'preset-1' },
    { action: 'absolute', pan: 0, tilt: -1, zoom: 1 },
    { action: 'relative', zoom: -0.25 },
  ])
    expect((await steer(body)).statusCode).toBe(204);
  expect((await request('operator', 'POST', '/api/cameras/dome-1/synchronize')).statusCode).toBe(204);
  expect(cameras.steered.map(({ command }) => command)).toEqual([
    { action: 'continuous', speed: { pan: 0.5 }, durationMs: 2000 },
    { action: 'continuous', speed: { pan: 0.5 }, durationMs: 500 },
    { action: 'stop' },
    { action: 'preset', preset: 'preset-1' },
    { action: 'absolute', position: { pan: 0, tilt: -1, zoom: 1 } },
    { action: 'relative', translation: { zoom: -0.25 } },
    'synchronize',
  ]);
  const rows = (await storage.audit.list({ limit: 100 })).filter(({ action }) => action === 'camera.ptz');
  expect(rows.map(({ username, target, detail }) => [username, target, detail])).toEqual([
    ['operator', 'dome-1', { action: 'relative', zoom: -0.25 }],
    ['operator', 'dome-1', { action: 'absolute', pan: 0, tilt: -1, zoom: 1 }],
    ['operator', 'dome-1', { action: 'preset', preset: 'preset-1' }],
    ['operator', 'dome-1', { action: 'continuous' }],
  ]);
  expect((await request('operator', 'GET', '/api/cameras/dome-1/presets')).json()).toEqual([
    { token: 'preset-1', name: 'Gate' },
  ]);
});

test('a move that never ends, or is not one, is refused', async () => {
  const before = fixture.cameras.steered.length;
  for (const body of [
    { action: 'continuous', pan: 0.5, durationMs: 3_600_000 },
    { action: 'continuous', pan: 5 },
    { action: 'preset' },
    { action: 'dance' },
  ])
    expect(problemOf(await request('operator', 'POST', '/api/cameras/dome-1/ptz', { body })).status).toBe(400);
  expect(fixture.cameras.steered).toHaveLength(before);
});

test('what the probe found is kept with the camera, and by a form that knows nothing of it while the host is the same', async () => {
  const created = await request('administrator', 'POST', '/api/cameras', { body: { ...input, onvif } });
  expect(created.json()).toMatchObject({ onvif });
  const { id } = created.json<{ id: string }>();
  const put = async (body: object): Promise<object> =>
    (await request('administrator', 'PUT', `/api/cameras/${id}`, { body })).json();
  expect(await put({ ...input, name: 'Other', url: 'rtsp://192.0.2.9/other' })).toMatchObject({ onvif });
  expect(await put({ ...input, url: 'rtsp://192.0.2.10/main' })).not.toHaveProperty('onvif');
  expect(await put({ ...input, onvif })).toMatchObject({ onvif });
  expect(await put({ ...input, onvif: null })).not.toHaveProperty('onvif');
  const withPassword = { ...onvif, serviceUrl: 'http://admin:secret@192.0.2.9/onvif' };
  const refused = await request('administrator', 'PUT', `/api/cameras/${id}`, {
    body: { ...input, onvif: withPassword },
  });
  expect(refused.statusCode).toBe(400);
});

test('a search of the network is for administrators, and bounded', async () => {
  expect((await request('administrator', 'POST', '/api/cameras/discover', { body: {} })).json()).toEqual([]);
  expect((await request('administrator', 'POST', '/api/cameras/discover', { body: { seconds: 600 } })).statusCode).toBe(
    400,
  );
  expect((await request('operator', 'POST', '/api/cameras/discover', { body: {} })).statusCode).toBe(403);
});

test('a probe tells the found streams, the maker, and a clock that is off; never the password', async () => {
  const profile = {
    service: 'media2',
    token: 'Profile_1',
    name: 'Main',
    videoSource: 'source-1',
    codec: 'H265',
    widthPx: 2560,
    heightPx: 1440,
    framesPerSecond: 25,
    bitrateKbps: undefined,
    hasPtz: true,
  } as const;
  const information = { manufacturer: 'Maker', model: 'M1', firmwareVersion: '2', serialNumber: '3' };
  fixture.cameras.found = {
    streams: [{ kind: 'main', url: 'rtsp://192.0.2.9/main', profile }],
    profiles: [profile],
    information,
    onvif: {
      serviceUrl: onvif.serviceUrl,
      main: { service: 'media2', token: 'Profile_1' },
      hasPtz: true,
      hasRecordings: false,
    },
    clockOffsetMs: -3000.4,
    credentials: { username: 'admin', password: 's3cret' },
  };
  const probed = await request('administrator', 'POST', '/api/cameras/probe', { body: { url: '192.0.2.9' } });
  const told = {
    service: 'media2',
    token: 'Profile_1',
    name: 'Main',
    codec: 'H265',
    widthPx: 2560,
    heightPx: 1440,
    framesPerSecond: 25,
  };
  expect(probed.json<{ found: object }>().found).toEqual({
    ...information,
    streams: [{ kind: 'main', url: 'rtsp://192.0.2.9/main', profile: told }],
    profiles: [told],
    onvif: fixture.cameras.found.onvif,
    hasPtz: true,
    clockOffsetMs: -3000,
    isClockOff: true,
  });
  expect(probed.body).not.toContain('s3cret');
});

test('a probe told line by line says each step as it is passed, then the whole, with the certificate to compare', async () => {
  const certificateSha256 = 'ab'.repeat(32);
  const { en, zh, remedyEn, remedyZh } = ingestErrors.CAMERA_CERTIFICATE_UNTRUSTED.text;
  fixture.cameras.failure = ingestErrors.CAMERA_CERTIFICATE_UNTRUSTED({ certificateSha256 });
  const probed = await request('administrator', 'POST', '/api/cameras/probe', {
    body: { url: 'rtsps://192.0.2.9/main' },
    headers: { accept: 'application/x-ndjson' },
  });
  expect(probed.headers['content-type']).toBe('application/x-ndjson');
  const lines = probed.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([
    { step: { step: 'address', ok: true } },
    {
      result: expect.objectContaining({
        certificateSha256,
        steps: [
          { step: 'address', ok: true },
          {
            step: 'reached',
            ok: false,
            errorCode: 'CAMERA_CERTIFICATE_UNTRUSTED',
            reason: { en, zh, remedyEn, remedyZh },
          },
        ],
      }),
    },
  ]);
  fixture.cameras.failure = undefined;
  const refused = await request('operator', 'POST', '/api/cameras/probe', {
    body: { url: 'x' },
    headers: { accept: 'application/x-ndjson' },
  });
  expect(problemOf(refused).status).toBe(403);
});

test('one of two operators steers at a time, the other is told who; an administrator takes over, and it is written down', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ name: 'Shared' }), cameraId('shared-1'));
  const steer = (role: Role, body: object) => request(role, 'POST', '/api/cameras/shared-1/ptz', { body });
  const lock = (role: Role) => request(role, 'GET', '/api/cameras/shared-1/ptz-lock');
  expect((await lock('operator')).json()).toEqual({});
  expect((await steer('operator', { action: 'continuous', pan: 1 })).statusCode).toBe(204);
  const before = fixture.cameras.steered.length;
  for (const action of ['stop', 'continuous']) {
    const refused = await steer('administrator', { action });
    expect(problemOf(refused)).toMatchObject({ status: 412, code: 'PTZ_IN_USE', holder: 'operator' });
    expect(problemOf(refused).titleZh).toContain('其他用户');
  }
  expect(fixture.cameras.steered).toHaveLength(before);
  expect((await lock('administrator')).json()).toMatchObject({ holder: { username: 'operator', isYou: false } });
  expect((await lock('operator')).json()).toMatchObject({ holder: { username: 'operator', isYou: true } });

  const take = (role: Role, takeOver: boolean) =>
    request(role, 'POST', '/api/cameras/shared-1/ptz-lock', { body: { takeOver } });
  expect(problemOf(await take('administrator', false)).code).toBe('PTZ_IN_USE');
  expect(problemOf(await take('operator', true)).code).toBe('NOT_ALLOWED');
  expect((await take('administrator', true)).json()).toMatchObject({
    holder: { username: 'administrator', isYou: true },
  });
  expect(problemOf(await steer('operator', { action: 'stop' }))).toMatchObject({ holder: 'administrator' });
  const [row] = await storage.audit.list({ limit: 1 });
  expect(row).toMatchObject({ action: 'camera.ptz', detail: { action: 'take_over', from: 'operator' } });

  expect((await request('operator', 'DELETE', '/api/cameras/shared-1/ptz-lock')).statusCode).toBe(204);
  expect(problemOf(await steer('operator', { action: 'stop' })).code).toBe('PTZ_IN_USE');
  expect((await request('administrator', 'DELETE', '/api/cameras/shared-1/ptz-lock')).statusCode).toBe(204);
  expect((await steer('operator', { action: 'stop' })).statusCode).toBe(204);
});

test('presets and the picture are set by administrators, seen by operators, and written down', async () => {
  const { storage, cameras } = fixture;
  await storage.cameras.create(sampleCamera({ name: 'Set up' }), cameraId('set-1'));
  const at = '/api/cameras/set-1';
  const created = await request('administrator', 'POST', `${at}/presets`, { body: { name: ' Gate ' } });
  expect([created.statusCode, created.json()]).toEqual([201, { token: 'preset-2', name: 'Gate' }]);
  const odd = encodeURIComponent('a/b 1');
  expect((await request('administrator', 'PUT', `${at}/presets/${odd}`, { body: { name: '北门' } })).statusCode).toBe(
    204,
  );
  expect((await request('administrator', 'DELETE', `${at}/presets/${odd}`)).statusCode).toBe(204);
  expect((await request('operator', 'GET', `${at}/imaging`)).json()).toEqual({
    settings: { brightness: 50, irCutFilter: 'AUTO' },
    options: { brightness: { minimum: 0, maximum: 100 }, irCutFilters: ['ON', 'AUTO'] },
  });
  const set = { brightness: 60, irCutFilter: 'ON' };
  expect((await request('administrator', 'PUT', `${at}/imaging`, { body: set })).statusCode).toBe(200);
  expect(cameras.setUp).toEqual([
    { cameraId: 'set-1', kept: 'Gate' },
    { cameraId: 'set-1', renamed: { token: 'a/b 1', name: '北门' } },
    { cameraId: 'set-1', removed: 'a/b 1' },
    { cameraId: 'set-1', set },
  ]);
  const rows = (await storage.audit.list({ limit: 10 })).filter(({ target }) => target === 'set-1');
  expect(rows.map(({ action, detail }) => [action, detail])).toEqual([
    ['camera.imaging', set],
    ['camera.preset.remove', { preset: 'a/b 1' }],
    ['camera.preset.rename', { preset: 'a/b 1', name: '北门' }],
    ['camera.preset.create', { name: 'Gate' }],
  ]);
  for (const [method, path, body] of [
    ['POST', '/presets', { name: 'x' }],
    ['PUT', '/presets/1', { name: 'x' }],
    ['DELETE', '/presets/1', undefined],
    ['PUT', '/imaging', set],
  ] as const)
    expect(problemOf(await request('operator', method, at + path, { ...(body ? { body } : {}) })).status).toBe(403);
  expect(problemOf(await request('administrator', 'POST', `${at}/presets`, { body: { name: ' ' } })).status).toBe(400);
  expect(problemOf(await request('inspector', 'GET', `${at}/imaging`)).status).toBe(403);
});
