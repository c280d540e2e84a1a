import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
beforeEach(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { cameras } = fixture.storage;
  await cameras.create(sampleCamera({ scene: 'kitchen', name: 'Wok', area: 'East' }), cameraId('wok'));
  await cameras.create(sampleCamera({ scene: 'kitchen', name: 'Clean', area: 'West' }), cameraId('clean'));
  await cameras.create(sampleCamera({ name: 'Road' }), cameraId('road'));
});
afterEach(() => fixture.close());

async function raise(...events: readonly Partial<KitchenViolation>[]): Promise<KitchenViolation[]> {
  const made = events.map((changes, index) =>
    sampleViolation({ cameraId: 'wok', timeMs: Date.now() - 60_000 + index * 1000, ...changes }),
  );
  for (const event of made) await fixture.storage.eventSink.emit(event, []);
  await fixture.storage.writer.drain();
  return made;
}

test('the board has every kitchen, the worst first, with its gravest open violation', async () => {
  const [bin, flame] = await raise({ item: 'bin_open' }, { item: 'flame_unattended' }, { item: 'bin_open' });
  const [kitchen, clean, ...others] = await fixture.storage.violations.board({ flame_unattended: 3, bin_open: 1 });
  expect(others).toEqual([]);
  expect(kitchen).toMatchObject({ name: 'Wok', district: 'East', open: 3, unreviewed: 3, last30Days: 3, score: 50 });
  expect(kitchen!.worst!.violationId).toBe(flame!.violationId);
  expect(clean).toMatchObject({ name: 'Clean', open: 0, score: 100, worst: undefined });

  const { violationWork } = fixture.storage;
  await violationWork.review(flame!.violationId, { decision: 'dismissed', reason: 'allowed_here', by: 'ines' });
  await violationWork.review(bin!.violationId, { decision: 'confirmed', note: 'again', by: 'ines' });
  const [after] = await fixture.storage.violations.board({ flame_unattended: 3, bin_open: 1 });
  expect(after).toMatchObject({ open: 2, unreviewed: 1, last30Days: 3, score: 80, worst: { item: 'bin_open' } });
});

test('a review is shown with the violation, and a second one replaces it', async () => {
  const [violation] = await raise({});
  const { violations, violationWork } = fixture.storage;
  const id = violation!.violationId;
  await violationWork.review(id, { decision: 'confirmed', by: 'ines' });
  const dismissed = { decision: 'dismissed', reason: 'picture_unclear', note: 'fog', by: 'omar' } as const;
  await violationWork.review(id, dismissed);
  expect((await violations.get(id)).review).toMatchObject(dismissed);
  await expect(violationWork.review('none', dismissed)).rejects.toMatchObject({ code: 'VIOLATION_NOT_FOUND' });
});

test('the list is newest first, of one kitchen or all, open, unreviewed or any', async () => {
  const violationId = randomUUID();
  const made = await raise({ violationId }, {}, { cameraId: 'clean' });
  await raise({ violationId, phase: 'closed' });
  const ids = made.map((event) => event.violationId).toReversed();
  const list = async (filter: object): Promise<string[]> =>
    (await fixture.storage.violations.list({ state: 'all', limit: 10, ...filter })).map((v) => v.violationId);
  expect(await list({})).toEqual(ids);
  expect(await list({ limit: 1 })).toEqual(ids.slice(0, 1));
  expect(await list({ state: 'open' })).toEqual(ids.slice(0, 2));
  expect(await list({ state: 'unreviewed' })).toEqual(ids);
  expect(await list({ cameraId: 'clean' })).toEqual(ids.slice(0, 1));
  expect(await list({ district: 'East' })).toEqual(ids.slice(1));
  expect(await list({ item: 'flame_unattended' })).toEqual([]);
  expect(await list({ beforeMs: made[1]!.timeMs })).toEqual([violationId]);
});

test('what is open goes on after a restart, dismissed or not; what has ended does not', async () => {
  const [open, dismissed, ended] = await raise({ item: 'bin_open' }, { item: 'rodent' }, { item: 'flame_unattended' });
  await raise({ ...ended!, eventId: randomUUID(), phase: 'closed', timeMs: Date.now() });
  const review = { decision: 'dismissed', reason: 'allowed_here', by: 'ines' } as const;
  await fixture.storage.violationWork.review(dismissed!.violationId, review);
  const known = await fixture.storage.openViolations.openOf(cameraId('wok'));
  expect(known).toEqual(
    [open!, dismissed!].map(({ violationId, item, ruleId, sinceMs, box }) => ({
      violationId,
      item,
      ruleId,
      sinceMs,
      box,
    })),
  );
  expect(await fixture.storage.openViolations.openOf(cameraId('clean'))).toEqual([]);
});
