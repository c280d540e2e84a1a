import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { CameraState } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '#storage/testing/sample-events.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

const input = {
  name: 'East gate',
  number: 'E-1',
  area: 'Old town',
  scene: 'road',
  url: 'rtsp://viewer:s3cret@192.0.2.9/main',
  recording: { mode: 'continuous' },
  analysis: { mode: 'keyframes' },
  rules: [],
};

test('a password in the address goes into its own field, and never comes back', async () => {
  const created = await request('administrator', 'POST', '/api/cameras', { body: input });
  expect(created.statusCode).toBe(201);
  expect(created.json()).toMatchObject({ url: 'rtsp://192.0.2.9/main', username: 'viewer', hasPassword: true });
  const { id } = created.json<{ id: string }>();
  expect(fixture.cameras.changed).toContain(id);
  const listed = await request('operator', 'GET', '/api/cameras');
  expect(created.body + listed.body).not.toContain('s3cret');
  expect(JSON.stringify(await fixture.storage.audit.list({ limit: 500 }))).not.toContain('s3cret');
  const kept = await request('administrator', 'PUT', `/api/cameras/${id}`, {
    body: { ...input, url: 'rtsp://192.0.2.9/main', username: 'viewer' },
  });
  expect(kept.json()).toMatchObject({ hasPassword: true });
  expect((await request('administrator', 'DELETE', `/api/cameras/${id}`)).statusCode).toBe(204);
  expect(problemOf(await request('administrator', 'GET', `/api/cameras/${id}`)).status).toBe(404);
});

test('a webhook shows its secret once', async () => {
  const created = await request('administrator', 'POST', '/api/webhooks', {
    body: { name: 'w', url: 'https://receiver.example/hook', kinds: ['watchlist.hit'] },
  });
  expect(created.statusCode).toBe(201);
  const { secret } = created.json<{ secret: string }>();
  expect(secret.length).toBeGreaterThan(30);
  expect((await request('administrator', 'GET', '/api/webhooks')).body).not.toContain(secret);
});

test('a review of a violation is kept with who and why', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ scene: 'kitchen', name: 'Wok' }), cameraId('kitchen-1'));
  const violation = sampleViolation();
  await storage.eventSink.emit(violation, []);
  await storage.writer.drain();
  const review = (id: string): Promise<LightMyRequestResponse> =>
    request('inspector', 'POST', `/api/violations/${id}/review`, {
      body: { decision: 'dismissed', reason: 'picture_unclear' },
    });
  expect((await review(violation.violationId)).json()).toMatchObject({
    review: { by: 'inspector', decision: 'dismissed', reason: 'picture_unclear' },
  });
  expect(await storage.audit.list({ limit: 1 })).toMatchObject([
    { action: 'violation.review', target: violation.violationId },
  ]);
  expect(problemOf(await review('none')).status).toBe(404);
});

test('a recording policy is kept whole, has defaults, and is refused where it cannot be used', async () => {
  const schedule = { timeZone: 'Asia/Shanghai', windows: [{ days: [1, 7], from: '22:00', to: '06:00' }] };
  const recording = { mode: 'scheduled', retentionHours: 240, segmentSeconds: 30, schedule };
  const created = await request('administrator', 'POST', '/api/cameras', { body: { ...input, recording } });
  expect(created.json()).toMatchObject({ recording: { ...recording, preRollSeconds: 5, postRollSeconds: 10 } });
  const { id } = created.json<{ id: string }>();
  const changed = await request('administrator', 'PUT', `/api/cameras/${id}`, {
    body: { ...input, recording: { mode: 'on_event', postRollSeconds: 30 } },
  });
  expect(changed.json<{ recording: unknown }>().recording).toEqual({
    mode: 'on_event',
    preRollSeconds: 5,
    postRollSeconds: 30,
  });
  const wrong = [
    { mode: 'sometimes' },
    { mode: 'scheduled' },
    { mode: 'scheduled', schedule: { ...schedule, timeZone: 'Moon/Base' } },
    { mode: 'continuous', segmentSeconds: 1 },
    { mode: 'scheduled', schedule: { ...schedule, windows: [{ days: [8], from: '22:00', to: '06:00' }] } },
  ];
  for (const one of wrong) {
    const refused = await request('administrator', 'POST', '/api/cameras', { body: { ...input, recording: one } });
    expect([one, refused.statusCode]).toEqual([one, 400]);
  }
});

test('the history of a camera tells each change with its reason, newest first, and how many a row stands for', async () => {
  const { storage } = fixture;
  const camera = await storage.cameras.create(sampleCamera({ name: 'history' }));
  const nowMs = Date.now();
  const state = (status: CameraState['status'], sinceMs: number, errorCode?: string): CameraState => ({
    cameraId: camera.id,
    stream: 'main',
    status,
    sinceMs,
    errorCode,
    nextRetryMs: undefined,
    lastPacketMs: undefined,
    bitrateKbps: 0,
    framesPerSecond: 0,
    lossRatio: 0,
    widthPx: undefined,
    heightPx: undefined,
    codecString: undefined,
  });
  const states = [
    state('connecting', nowMs - 3000),
    state('live', nowMs - 2000),
    state('offline', nowMs - 1000, 'STREAM_ENDED'),
    // The same status with a better reason: since when it is offline does not change.
    state('offline', nowMs - 1000, 'CAMERA_UNREACHABLE'),
    state('live', nowMs + 1000),
  ];
  for (const [index, one] of states.entries()) storage.cameraStates.stateChanged(one, states[index - 1]);
  // It begins to flap.
  for (let index = 0; index < 40; index++) {
    const flap = state(index % 2 === 0 ? 'offline' : 'live', nowMs + 2000 + index * 10);
    storage.cameraStates.stateChanged(flap, state(index % 2 === 0 ? 'live' : 'offline', 0));
  }
  storage.cameraStates.close();
  await storage.writer.drain();
  const history = await request('operator', 'GET', `/api/cameras/${camera.id}/history`);
  const rows = history.json<{ status: string; errorCode?: string; changes: number; stream: string }[]>().toReversed();
  expect(rows.slice(0, 5).map(({ status, errorCode }) => `${status} ${errorCode ?? ''}`.trim())).toEqual([
    'connecting',
    'live',
    'offline STREAM_ENDED',
    'offline CAMERA_UNREACHABLE',
    'live',
  ]);
  expect(rows).toHaveLength(21);
  expect(rows.at(-1)).toMatchObject({ status: 'live', changes: 25, stream: 'main' });
  expect(rows.reduce((sum, { changes }) => sum + changes, 0)).toBe(45);
  expect((await request('operator', 'GET', '/api/cameras/nobody/history')).statusCode).toBe(404);
});

test('rules of every kind are kept, and a calibration that cannot be used is refused in both languages', async () => {
  const zone = [
    { x: 0.1, y: 0.1 },
    { x: 0.4, y: 0.1 },
    { x: 0.4, y: 0.5 },
  ];
  const corner = (x: number, y: number, acrossMetres: number, alongMetres: number) => ({
    x,
    y,
    acrossMetres,
    alongMetres,
  });
  const rules = [
    { kind: 'region', id: 'r1', name: 'Trees', use: 'ignore', zone },
    { kind: 'line', id: 'l1', name: 'North', from: { x: 0.1, y: 0.5 }, to: { x: 0.9, y: 0.5 } },
    { kind: 'dwell', id: 'd1', name: 'Bay', zone, dwellMs: 30_000 },
    {
      kind: 'calibration',
      id: 'c1',
      name: 'Lane',
      points: [corner(0.3, 0.8, 0, 0), corner(0.7, 0.8, 3.5, 0), corner(0.6, 0.4, 3.5, 12), corner(0.4, 0.4, 0, 12)],
    },
  ];
  const created = await request('administrator', 'POST', '/api/cameras', { body: { ...input, rules } });
  expect(created.statusCode).toBe(201);
  const { id } = created.json<{ id: string }>();
  expect((await request('administrator', 'GET', `/api/cameras/${id}`)).json()).toMatchObject({ rules });

  const line = [corner(0.2, 0.8, 0, 0), corner(0.4, 0.8, 3, 0), corner(0.6, 0.8, 3, 9), corner(0.8, 0.8, 0, 9)];
  const put = (changed: readonly object[]): Promise<LightMyRequestResponse> =>
    request('administrator', 'PUT', `/api/cameras/${id}`, { body: { ...input, rules: changed } });
  const refused = problemOf(await put([{ kind: 'calibration', id: 'c1', name: 'Lane', points: line }]));
  expect(refused).toMatchObject({ status: 400, code: 'CALIBRATION_UNUSABLE' });
  expect(refused.titleZh).toContain('标定');
  expect(refused.remedy).toContain('rectangle');
  const twice = problemOf(await put([...rules, { ...rules[3], id: 'c2' }]));
  expect(twice).toMatchObject({ status: 400, code: 'CALIBRATION_TWICE' });
  expect((await request('administrator', 'GET', `/api/cameras/${id}`)).json()).toMatchObject({ rules });
  expect((await request('administrator', 'DELETE', `/api/cameras/${id}`)).statusCode).toBe(204);
});

test('what the lines of a camera counted is told per hour, to who may see the camera, and not without bounds', async () => {
  const { storage } = fixture;
  const counted = await storage.cameras.create(sampleCamera(), cameraId('counted'));
  const fromMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
  for (const [index, direction] of (['forward', 'forward', 'backward'] as const).entries()) {
    const timeMs = fromMs + index;
    await storage.eventSink.emit(
      {
        eventId: uuidv7(timeMs),
        schemaVersion: 1,
        timeMs,
        cameraId: counted.id,
        kind: 'vehicle.crossing',
        trackId: 't',
        ruleId: 'l1',
        vehicleType: 'car',
        direction,
      },
      [],
    );
  }
  await storage.writer.drain();
  const ask = (fromTime: number, toTime: number): Promise<LightMyRequestResponse> =>
    request(
      'operator',
      'GET',
      `/api/cameras/counted/counts?from=${new Date(fromTime).toISOString()}&to=${new Date(toTime).toISOString()}`,
    );
  const hour = new Date(fromMs).toISOString();
  expect((await ask(fromMs, fromMs + 3_600_000)).json()).toMatchObject({
    hours: [
      { hour, kind: 'line', ruleId: 'l1', direction: 'backward', vehicleType: 'car', count: 1 },
      { hour, kind: 'line', ruleId: 'l1', direction: 'forward', vehicleType: 'car', count: 2 },
    ],
  });
  expect(problemOf(await ask(fromMs, fromMs)).code).toBe('RANGE_INVALID');
  expect(problemOf(await ask(fromMs - 40 * 86_400_000, fromMs)).code).toBe('RANGE_INVALID');
});
