import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { openDatabase } from '../database.ts';
import { samplePlate, sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';
import type { Case, CaseUser } from './case.ts';

const DAY_MS = 86_400_000;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: SimulatedClock;
let anna: CaseUser;
beforeEach(async () => {
  clock = new SimulatedClock(Date.now());
  fixture = await openTestStorage(inject('databaseUrl'), { clock, settings: { eventRetentionDays: 10 } });
  const user = await fixture.storage.users.create({ username: 'anna', role: 'investigator', password: 'long enough' });
  anna = { id: user.userId, username: 'anna', role: 'investigator' };
});
afterEach(() => fixture.close());

async function open(days: number, number = '2026-118'): Promise<Case> {
  const input = { number, title: 'Stolen van', reason: 'theft', expiresAtMs: clock.nowMs() + days * DAY_MS };
  return await fixture.storage.cases.create(input, anna);
}

/** Stored with its pictures. */
async function seen(changes: Partial<VehicleSighting> = {}): Promise<VehicleSighting> {
  const { storage } = fixture;
  const sighting = sampleSighting({ timeMs: clock.nowMs() - DAY_MS, plate: samplePlate('皖A12345'), ...changes });
  const keys = [sighting.pictureKey, ...(sighting.plateCropKey === undefined ? [] : [sighting.plateCropKey])];
  const emitted = storage.eventSink.emit(
    sighting,
    keys.map((key) => ({ key, jpeg: Buffer.from(key) })),
  );
  while (storage.spool.count < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  storage.spool.flush();
  await emitted;
  await storage.writer.drain();
  return sighting;
}

const isThere = (key: string): Promise<boolean> =>
  fixture.storage.blobs.get(key).then(
    () => true,
    () => false,
  );

describe('what is kept in a case', () => {
  test('outlives its sighting with its pictures, and goes with the case', async () => {
    const { storage } = fixture;
    const kept = await seen({ plateCropKey: 'evidence/crop.jpg' });
    const other = await seen();
    const { caseId } = await open(30);
    const item = await storage.caseItems.addSighting(caseId, anna, { sightingId: kept.eventId, note: undefined });
    await storage.caseItems.addNote(caseId, anna, 'asked the neighbours');

    clock.advance(20 * DAY_MS);
    await storage.retention.run();
    await expect(storage.sightings.get(kept.eventId)).rejects.toMatchObject({ code: 'SIGHTING_NOT_FOUND' });
    expect(await storage.caseItems.list(caseId, anna)).toMatchObject([
      { itemId: item.itemId, sighting: { sightingId: kept.eventId, plate: { text: '皖A12345' }, trackId: 'track-1' } },
      { note: 'asked the neighbours', sighting: undefined },
    ]);
    expect(await Promise.all([kept.pictureKey, 'evidence/crop.jpg', other.pictureKey].map(isThere))).toEqual([
      true,
      true,
      false,
    ]);

    clock.advance(10 * DAY_MS);
    // Over at this moment, before anything is deleted.
    await expect(storage.cases.requireReader(caseId, anna)).rejects.toMatchObject({ code: 'CASE_NOT_FOUND' });
    expect(await storage.cases.list({ user: anna })).toEqual([]);
    await storage.retention.run();
    expect(await Promise.all([kept.pictureKey, 'evidence/crop.jpg'].map(isThere))).toEqual([false, false]);
    const db = openDatabase({ url: fixture.url, connections: 1, statementTimeoutMs: 5000, log: silentLog });
    try {
      for (const table of ['cases', 'case_members', 'case_items', 'held_pictures'] as const)
        expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
    } finally {
      await db.destroy();
    }
    expect(await storage.audit.list({ caseId, limit: 10 })).toMatchObject([
      { username: 'system', action: 'case.end', target: '2026-118', purpose: '2026-118 theft', detail: { items: 2 } },
    ]);
    expect(await storage.audit.verify()).toMatchObject({ isIntact: true });
  });

  test('leaves its pictures to a sighting whose time is not over, and to another case that keeps them', async () => {
    const { storage } = fixture;
    const first = await seen();
    const second = await seen();
    const short = await open(3, 'short');
    const long = await open(60, 'long');
    for (const { eventId } of [first, second])
      await storage.caseItems.addSighting(short.caseId, anna, { sightingId: eventId, note: undefined });
    await storage.caseItems.addSighting(long.caseId, anna, { sightingId: second.eventId, note: undefined });

    clock.advance(4 * DAY_MS);
    await storage.retention.run();
    expect(await storage.cases.list({ user: anna })).toMatchObject([{ number: 'long' }]);
    expect(await Promise.all([first.pictureKey, second.pictureKey].map(isThere))).toEqual([true, true]);
    clock.advance(10 * DAY_MS);
    await storage.retention.run();
    expect(await Promise.all([first.pictureKey, second.pictureKey].map(isThere))).toEqual([false, true]);
  });

  test('a removed item lets go of its pictures', async () => {
    const { storage } = fixture;
    const kept = await seen();
    const { caseId } = await open(100);
    const { itemId } = await storage.caseItems.addSighting(caseId, anna, { sightingId: kept.eventId, note: 'why' });
    clock.advance(20 * DAY_MS);
    await storage.retention.run();
    expect(await isThere(kept.pictureKey)).toBe(true);
    await storage.caseItems.remove(caseId, anna, itemId);
    await storage.retention.run();
    expect(await isThere(kept.pictureKey)).toBe(false);
    await expect(storage.caseItems.remove(caseId, anna, itemId)).rejects.toMatchObject({ code: 'CASE_ITEM_NOT_FOUND' });
  });

  test('that is put in while retention runs is kept whole or not at all', async () => {
    const { storage } = fixture;
    const { caseId } = await open(100);
    const sightings = [];
    for (let index = 0; index < 8; index++) sightings.push(await seen());
    clock.advance(20 * DAY_MS);
    const [, ...added] = await Promise.allSettled([
      storage.retention.run(),
      ...sightings.map(({ eventId }) =>
        storage.caseItems.addSighting(caseId, anna, { sightingId: eventId, note: undefined }),
      ),
    ]);
    const outcomes = added.map((result) =>
      result.status === 'fulfilled' ? 'kept' : (result.reason as { readonly code: string }).code,
    );
    await storage.retention.run();
    for (const [index, { pictureKey }] of sightings.entries())
      expect([outcomes[index], await isThere(pictureKey)]).toEqual(
        outcomes[index] === 'kept' ? ['kept', true] : ['SIGHTING_NOT_FOUND', false],
      );
  });

  test('has an upper limit', async () => {
    const { storage } = fixture;
    const { caseId } = await open(100);
    const db = openDatabase({ url: fixture.url, connections: 1, statementTimeoutMs: 5000, log: silentLog });
    try {
      await sql`INSERT INTO case_items (item_id, case_id, added_by, added_at, note)
        SELECT n::text, ${caseId}, 'anna', now(), 'a note' FROM generate_series(1, 1999) n`.execute(db);
    } finally {
      await db.destroy();
    }
    await storage.caseItems.addNote(caseId, anna, 'the last');
    await expect(storage.caseItems.addNote(caseId, anna, 'too many')).rejects.toMatchObject({ code: 'CASE_FULL' });
  });

  test('a picture that cannot be deleted now is deleted the next time', async () => {
    const { storage } = fixture;
    const kept = await seen();
    const { caseId } = await open(15);
    await storage.caseItems.addSighting(caseId, anna, { sightingId: kept.eventId, note: undefined });
    clock.advance(20 * DAY_MS);
    const remove = storage.blobs.delete.bind(storage.blobs);
    storage.blobs.delete = () => Promise.reject(new Error('the disk is away'));
    await storage.retention.run();
    expect(await isThere(kept.pictureKey)).toBe(true);
    storage.blobs.delete = remove;
    await storage.retention.run();
    expect(await isThere(kept.pictureKey)).toBe(false);
  });
});

describe('the end of a case', () => {
  test('comes 30 days after closing, and where it was before when it is reopened', async () => {
    const { storage } = fixture;
    const { caseId, expiresAtMs } = await open(300);
    clock.advance(DAY_MS);
    const closed = await storage.cases.close(caseId, anna, 'solved');
    expect(closed.expiresAtMs).toBe(clock.nowMs() + 30 * DAY_MS);
    clock.advance(29 * DAY_MS);
    await storage.retention.run();
    const reopened = await storage.cases.reopen(caseId, anna);
    expect(reopened).toMatchObject({ expiresAtMs, closedAtMs: undefined, closingNote: undefined });
    await storage.cases.close(caseId, anna, 'solved again');
    clock.advance(30 * DAY_MS);
    await expect(storage.cases.reopen(caseId, anna)).rejects.toMatchObject({ code: 'CASE_NOT_FOUND' });
  });

  test('closing makes no case longer', async () => {
    const { caseId, expiresAtMs } = await open(5);
    expect((await fixture.storage.cases.close(caseId, anna, 'solved')).expiresAtMs).toBe(expiresAtMs);
  });

  test.each([0, -1, 366.1])('cannot lie %d days ahead', async (days) => {
    await expect(open(days)).rejects.toMatchObject({ code: 'CASE_EXPIRY_INVALID', context: { field: 'expiresAt' } });
    const { caseId } = await open(366);
    await expect(
      fixture.storage.cases.change(caseId, anna, { expiresAtMs: clock.nowMs() + days * DAY_MS }),
    ).rejects.toMatchObject({ code: 'CASE_EXPIRY_INVALID' });
  });
});

test('hits go 30 days after their entry, unless a case keeps their sighting; the entry goes with the last', async () => {
  const { storage } = fixture;
  const expiresAtMs = clock.nowMs() + 2 * DAY_MS;
  const input = { reason: 'case 7', owner: 'anna', expiresAtMs };
  const running = await storage.watchlist.add({
    ...input,
    plate: '皖A00001',
    expiresAtMs: clock.nowMs() + 90 * DAY_MS,
  });
  const expired = await storage.watchlist.add({ ...input, plate: '皖A00002' });
  const empty = await storage.watchlist.add({ ...input, plate: '皖A00003' });
  await seen({ plate: samplePlate('皖A00001') });
  await seen({ plate: samplePlate('皖A00002') });
  const kept = await seen({ plate: samplePlate('皖A00002') });
  const { caseId } = await open(60);
  await storage.caseItems.addSighting(caseId, anna, { sightingId: kept.eventId, note: undefined });
  const entries = async (): Promise<readonly string[]> =>
    (await storage.watchlistHits.list({})).map(({ entryId }) => entryId).toSorted();

  clock.advance(31 * DAY_MS);
  await storage.retention.run();
  expect(await entries()).toEqual([running.entryId, expired.entryId, expired.entryId].toSorted());
  clock.advance(2 * DAY_MS);
  await storage.retention.run();
  expect(await entries()).toEqual([running.entryId, expired.entryId].toSorted());
  clock.advance(30 * DAY_MS);
  await storage.retention.run();
  expect(await entries()).toEqual([running.entryId]);
  const db = openDatabase({ url: fixture.url, connections: 1, statementTimeoutMs: 5000, log: silentLog });
  try {
    const left = await db.selectFrom('watchlist').select('entry_id').execute();
    expect(left).toEqual([{ entry_id: running.entryId }]);
    expect(left).not.toContainEqual({ entry_id: empty.entryId });
  } finally {
    await db.destroy();
  }
});
