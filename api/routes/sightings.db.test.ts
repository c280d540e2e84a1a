import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import type { SightingPage } from '../contract/sightings.ts';
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
