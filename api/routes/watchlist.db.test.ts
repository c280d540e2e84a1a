import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import type { FeedEvent } from '../contract/events.ts';
import type { WatchlistEntry, WatchlistHit } from '../contract/sightings.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

const DAY_MS = 86_400_000;
let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

async function watch(plate: string): Promise<WatchlistEntry> {
  const expiresAt = new Date(Date.now() + 30 * DAY_MS).toISOString();
  const response = await request('investigator', 'POST', '/api/watchlist', {
    body: { plate, reason: 'case 2026-118', expiresAt },
  });
  return response.json<WatchlistEntry>();
}

const hits = async (query: string): Promise<readonly WatchlistHit[]> =>
  (await request('investigator', 'GET', `/api/watchlist/hits${query}`)).json<WatchlistHit[]>();

test('a hit is unconfirmed until a person has said what it is, and counts accordingly', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera(), cameraId('cam-1'));
  const kinds = ['watchlist.hit'] as const;
  await storage.outbox.createWebhook({ name: 'duty desk', url: 'http://a', kinds, createdBy: 'x' });
  const entry = await watch('皖A8K23D');
  expect(entry).toMatchObject({ hits: 0, confirmedHits: 0, falseHits: 0 });
  const other = await watch('皖A00000');
  const plates = [
    samplePlate('皖A8K23D', { confidence: 0.9 }),
    samplePlate('皖A8K230', { alternatives: [{ text: '皖A8K23D', confidence: 0.25 }] }),
    samplePlate('皖A8K23D', { confidence: 0.8 }),
  ];
  for (const [index, plate] of plates.entries())
    await storage.eventSink.emit(sampleSighting({ plate, timeMs: Date.now() - 10_000 + index }), []);
  await storage.writer.drain();

  // Who is told before anybody looked is told so.
  const [delivery] = await storage.outbox.claimDue(1);
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({
    kind: 'watchlist.hit',
    data: {
      plate: '皖A8K23D',
      isConfirmed: false,
      notice: { zh: expect.stringContaining('待核实'), en: expect.stringContaining('Unconfirmed') },
    },
  });
  const feed = async () =>
    (await request('investigator', 'GET', '/api/events?kinds=watchlist.hit'))
      .json<FeedEvent[]>()
      .map(({ isConfirmed, verdict }) => [isConfirmed, verdict]);
  expect(await feed()).toEqual(Array.from({ length: 3 }, () => [false, undefined]));

  const open = await hits('?state=open');
  expect(open).toMatchObject([
    { match: 'exact', confidence: 0.8 },
    { match: 'possible', confidence: 0.25, sighting: { plate: { text: '皖A8K230' } } },
    {
      entryId: entry.id,
      plate: '皖A8K23D',
      reason: 'case 2026-118',
      owner: 'investigator',
      match: 'exact',
      confidence: 0.9,
      sighting: { cameraName: 'North gate', pictureUrl: expect.any(String) },
    },
  ]);
  expect(open.map(({ decision }) => decision)).toEqual([undefined, undefined, undefined]);
  expect(await hits(`?entryId=${other.id}`)).toEqual([]);

  const decide = (id: string | undefined, body: object) =>
    request('investigator', 'POST', `/api/watchlist/hits/${id}/decision`, { body });
  const [last, possible, first] = open;
  const decided = await decide(possible?.id, { verdict: 'false', note: 'ends in 0' });
  expect(decided.json()).toMatchObject({
    id: possible?.id,
    decision: { verdict: 'false', note: 'ends in 0', by: 'investigator' },
  });
  await decide(first?.id, { verdict: 'false' });
  await decide(first?.id, { verdict: 'confirmed', note: 'the driver agrees' });
  expect((await hits('?state=open')).map(({ id }) => id)).toEqual([last?.id]);
  expect((await hits('?state=confirmed')).map(({ id }) => id)).toEqual([first?.id]);
  expect((await hits('?state=false')).map(({ id }) => id)).toEqual([possible?.id]);
  expect(await feed()).toEqual([
    [false, undefined],
    [false, 'false'],
    [true, 'confirmed'],
  ]);
  const list = (await request('investigator', 'GET', '/api/watchlist')).json<WatchlistEntry[]>();
  expect(list.find(({ id }) => id === entry.id)).toMatchObject({ hits: 3, confirmedHits: 1, falseHits: 1 });

  const decisions = (await storage.audit.list({ limit: 50 })).filter(({ action }) => action === 'watchlist.decide');
  expect(decisions).toMatchObject([
    { target: '皖A8K23D', purpose: 'case 2026-118', detail: { hitId: first?.id, verdict: 'confirmed' } },
    { detail: { hitId: first?.id, verdict: 'false' } },
    { detail: { hitId: possible?.id, verdict: 'false', note: 'ends in 0' } },
  ]);
});

test('whoever looks at hits leaves a row, one for a page that stays open', async () => {
  const { storage } = fixture;
  for (let time = 0; time < 3; time++) await request('administrator', 'GET', '/api/watchlist/hits?state=open');
  await storage.writer.drain();
  const looks = (await storage.audit.list({ limit: 50 })).filter(
    ({ action, username }) => action === 'watchlist.hits' && username === 'administrator',
  );
  expect(looks).toMatchObject([{ target: '*', detail: { state: 'open' } }]);
});

test.each([randomUUID(), 'x'])('there is no hit %s', async (id) => {
  const response = await request('investigator', 'POST', `/api/watchlist/hits/${id}/decision`, {
    body: { verdict: 'confirmed' },
  });
  expect(problemOf(response)).toMatchObject({ status: 404, code: 'WATCHLIST_HIT_NOT_FOUND' });
});

test('a hit is true or false, nothing between', async () => {
  const response = await request('investigator', 'POST', `/api/watchlist/hits/${randomUUID()}/decision`, {
    body: { verdict: 'likely' },
  });
  expect(problemOf(response)).toMatchObject({ status: 400, field: 'verdict' });
});
