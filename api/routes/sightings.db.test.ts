import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import type { CloneReport, SightingPage, Trajectory } from '../contract/sightings.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

test('a search writes who, what and why before it answers; opening a pass as well', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera(), cameraId('cam-1'));
  const sighting = sampleSighting({ plate: samplePlate('京A12345') });
  await storage.eventSink.emit(sighting, [{ key: sighting.pictureKey, jpeg: Buffer.from('the picture') }]);
  await storage.writer.drain();
  const range = {
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const response = await request('investigator', 'POST', '/api/sightings/search', {
    body: { purpose: 'case 2026-118', plate: '京A?2345', ...range },
  });
  const page = response.json<SightingPage>();
  expect(page.sightings).toMatchObject([
    { sightingId: sighting.eventId, cameraName: 'North gate', plate: { text: '京A12345' } },
  ]);
  const [entry] = await storage.audit.list({ limit: 1 });
  expect(entry).toMatchObject({
    username: 'investigator',
    action: 'sighting.search',
    target: '京A?2345',
    purpose: 'case 2026-118',
    detail: range,
  });

  expect((await request('investigator', 'GET', `/api/sightings/${sighting.eventId}`)).statusCode).toBe(200);
  const url = page.sightings[0]!.pictureUrl;
  const picture = await request('investigator', 'GET', url);
  expect([picture.body, picture.headers['content-type']]).toEqual(['the picture', 'image/jpeg']);
  expect(picture.headers['content-security-policy']).toBe("default-src 'none'");
  await storage.writer.drain();
  const looks = await storage.audit.list({ limit: 2 });
  expect(looks.map(({ action, target }) => [action, target])).toEqual([
    ['evidence.open', sighting.pictureKey],
    ['sighting.open', sighting.eventId],
  ]);
});

test.each([
  '/api/evidence/recordings/x.mp4',
  '/api/evidence/evidence/../sealing.key',
  '/api/evidence/evidence/%2e%2e/%2e%2e/sealing.key',
  '/api/evidence/evidence%2f..%2f..%2fsealing.key',
  '/api/evidence//etc/passwd',
  '/api/evidence/evidence/%00.jpg',
  '/api/evidence/evidence/none.jpg',
])('%s gives nothing', async (url) => {
  expect([400, 404]).toContain((await request('investigator', 'GET', url)).statusCode);
});

test('a plate is watched for 90 days at most', async () => {
  const add = (days: number): Promise<LightMyRequestResponse> =>
    request('investigator', 'POST', '/api/watchlist', {
      body: {
        plate: '京A12345',
        reason: 'case 7',
        expiresAt: new Date(Date.now() + days * 86_400_000).toISOString(),
      },
    });
  expect(problemOf(await add(90.01)).code).toBe('WATCHLIST_EXPIRY_INVALID');
  const added = await add(89.9);
  expect(added.statusCode).toBe(201);
  expect(await fixture.storage.audit.list({ limit: 1 })).toMatchObject([
    { action: 'watchlist.add', purpose: 'case 7' },
  ]);
  const { id } = added.json<{ id: string }>();
  expect((await request('investigator', 'DELETE', `/api/watchlist/${id}`)).statusCode).toBe(204);
  expect(problemOf(await request('investigator', 'DELETE', `/api/watchlist/${id}`)).status).toBe(404);
});

test('searches by look-alikes, ways and clones write who, what, why and for which case before they answer', async () => {
  const { storage } = fixture;
  const nowMs = Date.now();
  for (const [minutesAgo, text] of [
    [50, '皖B70001'],
    [40, '皖B70001'],
    [30, '皖B7000I'],
  ] as const)
    await storage.eventSink.emit(
      sampleSighting({
        timeMs: nowMs - minutesAgo * 60_000,
        vehicleColour: { name: 'red', confidence: 0.9 },
        direction: 'approaching',
        plate: samplePlate(text, { confidence: 0.6 }),
      }),
      [],
    );
  await storage.writer.drain();
  const range = { from: new Date(nowMs - 3_600_000).toISOString(), to: new Date(nowMs + 1000).toISOString() };
  const opened = await request('investigator', 'POST', '/api/cases', {
    body: {
      number: '2026-119',
      title: 'Red van',
      reason: 'theft of goods',
      expiresAt: new Date(nowMs + 30 * 86_400_000).toISOString(),
    },
  });
  const { id: caseId } = opened.json<{ id: string }>();
  const why = { purpose: 'where it went', caseId };
  const filters = {
    isFuzzy: true,
    area: { west: 116, south: 39, east: 117, north: 40 },
    timeOfDay: { from: '00:00', to: '24:00', timeZone: 'Asia/Shanghai' },
    vehicleColour: 'red',
    direction: 'approaching',
  };
  const search = await request('investigator', 'POST', '/api/sightings/search', {
    body: { ...why, plate: '皖B70001', ...range, ...filters },
  });
  const page = search.json<SightingPage>();
  expect(page.sightings.map(({ plate, likelihood }) => [plate?.text, likelihood === 1])).toEqual([
    ['皖B70001', true],
    ['皖B70001', true],
    ['皖B7000I', false],
  ]);
  expect(page.sightings[2]!.likelihood).toBeGreaterThan(0.2);
  expect(page.plates[0]).toEqual({ text: '皖B70001', count: 2, likelihood: 1 });
  expect(page.sightings[0]).toMatchObject({ vehicleColour: { name: 'red' }, direction: 'approaching' });
  const trajectory = await request('investigator', 'POST', '/api/sightings/trajectory', {
    body: { ...why, plate: '皖B70001', ...range, isFuzzy: true },
  });
  expect(trajectory.json<Trajectory>().legs.map(({ isImplausible }) => isImplausible)).not.toContain(true);
  const clones = await request('investigator', 'POST', '/api/sightings/clones', { body: { ...why, ...range } });
  expect(clones.json<CloneReport>().suspicions).toEqual([]);
  const rows = await storage.audit.list({ limit: 3 });
  expect(rows.map(({ action, target, purpose }) => [action, target, purpose])).toEqual([
    ['sighting.clones', '*', 'where it went (2026-119 theft of goods)'],
    ['sighting.trajectory', '皖B70001', 'where it went (2026-119 theft of goods)'],
    ['sighting.search', '皖B70001', 'where it went (2026-119 theft of goods)'],
  ]);
  expect(rows.map(({ detail }) => detail)).toEqual([
    { caseId, ...range },
    { caseId, ...range, isFuzzy: true },
    { caseId, ...range, ...filters },
  ]);
});

test('who is not in a case searches for none of it, and leaves a trace', async () => {
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  const opened = await request('investigator', 'POST', '/api/cases', {
    body: {
      number: '2026-121',
      title: 'Closed circle',
      reason: 'nobody else',
      expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    },
  });
  const { id: caseId } = opened.json<{ id: string }>();
  for (const route of ['search', 'clones']) {
    const body = { purpose: 'curiosity', caseId, ...range };
    expect(problemOf(await request('administrator', 'POST', `/api/sightings/${route}`, { body })).status).toBe(403);
    const [row] = await fixture.storage.audit.list({ limit: 1 });
    expect(row).toMatchObject({ action: 'case.refused', username: 'administrator', target: caseId });
  }
  const body = { purpose: 'curiosity', caseId: 'no-such-case', ...range };
  expect(problemOf(await request('investigator', 'POST', '/api/sightings/search', { body })).status).toBe(404);
});

test.each([
  ['a day of clones at most', 'clones', { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:01Z' }, 'to'],
  ['no wildcards in a fuzzy search', 'search', { plate: '皖A？2345', isFuzzy: true }, 'isFuzzy'],
  ['no area upside down', 'search', { area: { west: 1, south: 2, east: 3, north: 1 } }, 'area'],
  [
    'no time zone of nowhere',
    'search',
    { timeOfDay: { from: '01:00', to: '02:00', timeZone: 'No/Where' } },
    'timeOfDay',
  ],
  ['no hour 25', 'search', { timeOfDay: { from: '25:00', to: '02:00', timeZone: 'UTC' } }, undefined],
  ['no search without a purpose', 'search', { purpose: '' }, 'purpose'],
])('%s', async (_title, route, body, field) => {
  const response = await request('investigator', 'POST', `/api/sightings/${route}`, {
    body: { purpose: 'case 2026-120', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', ...body },
  });
  expect(response.statusCode).toBe(400);
  if (field !== undefined) expect(problemOf(response).field).toBe(field);
});

test('who may not search gets nothing', async () => {
  const body = { purpose: 'curiosity', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  for (const role of ['operator', 'inspector', 'auditor'] as const)
    for (const route of ['search', 'clones'])
      expect((await request(role, 'POST', `/api/sightings/${route}`, { body })).statusCode).toBe(403);
});
