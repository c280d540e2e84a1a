import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
const ORIGIN = 'https://video.example.org';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: ReturnType<typeof standingClock>;
let id: string;
beforeEach(async () => {
  clock = standingClock();
  fixture = await openTestStorage(inject('databaseUrl'), { clock });
  await fixture.storage.cameras.create(sampleCamera({ scene: 'kitchen', name: 'Wok', area: 'East' }), cameraId('wok'));
  id = await raise();
});
afterEach(() => fixture.close());

/** Its time stands until it is put forward; its timers are real, since the spool waits for them. */
function standingClock(): Clock & { advance(ms: number): void } {
  let nowMs = Date.now();
  return {
    ...systemClock,
    nowMs: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}

async function raise(changes: Parameters<typeof sampleViolation>[0] = {}): Promise<string> {
  const event = sampleViolation({ cameraId: 'wok', timeMs: clock.nowMs() - 60_000, ...changes });
  await fixture.storage.eventSink.emit(event, []);
  await fixture.storage.writer.drain();
  return event.violationId;
}

const work = () => fixture.storage.violationWork;
const now = () => fixture.storage.violations.get(id);
const ask = (changes: object = {}) =>
  work().ask(id, {
    ...{ by: 'ines', isAgain: false, origin: ORIGIN, deadlineMs: clock.nowMs() + 24 * HOUR_MS, note: 'close the lid' },
    ...changes,
  });
const open = (url: string) => work().links.open(work().links.read(url.split('#')[1] ?? ''));
const steps = async () => (await work().steps(id)).map(({ step, by }) => `${step} ${by ?? 'kitchen'}`);

test('a violation goes its whole way, and every step stays', async () => {
  expect(await now()).toMatchObject({ stage: 'new', revision: 0, itemVersion: 1, deadlineMs: undefined });
  const url = await ask({ revision: 0 });
  expect(url.startsWith(`${ORIGIN}/remedy#`)).toBe(true);
  expect(await now()).toMatchObject({ stage: 'asked', revision: 1, review: { decision: 'confirmed', by: 'ines' } });
  const remedy = await open(url);
  expect(remedy).toMatchObject({
    kitchenName: 'Wok',
    item: 'bin_open',
    note: 'close the lid',
    receivedAtMs: undefined,
  });
  clock.advance(HOUR_MS);
  await work().answer(remedy.linkId, { note: 'lid is on', photoKey: 'evidence/remedy/1.jpg' });
  expect(await now()).toMatchObject({ stage: 'answered', answeredAtMs: clock.nowMs() });
  expect(await open(url)).toMatchObject({ receivedAtMs: clock.nowMs() });
  const second = await ask({ by: 'omar', isAgain: true, note: 'still half open', revision: 2 });
  expect(await now()).toMatchObject({ stage: 'asked', answeredAtMs: undefined });
  await work().answer((await open(second)).linkId, { note: 'now', photoKey: undefined });
  await work().recheck(id, { by: 'omar', result: 'clear' });
  await work().accept(id, { by: 'omar', revision: 5 });
  expect(await now()).toMatchObject({ stage: 'accepted', settledAtMs: clock.nowMs(), revision: 6 });
  expect(await steps()).toEqual([
    'asked ines',
    'answered kitchen',
    'sent_back omar',
    'answered kitchen',
    'rechecked omar',
    'accepted omar',
  ]);
  await expect(work().review(id, { decision: 'dismissed', by: 'omar' })).rejects.toMatchObject({
    code: 'VIOLATION_STEP_REFUSED',
  });
});

test('of two inspectors at once one is first, and the other is told by whom', async () => {
  const results = await Promise.allSettled([
    work().review(id, { decision: 'confirmed', by: 'ines', revision: 0 }),
    work().review(id, { decision: 'dismissed', by: 'omar', revision: 0 }),
  ]);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(1);
  const first = (await now()).review?.by;
  expect(refused[0]?.reason).toMatchObject({ code: 'VIOLATION_CHANGED', context: { holder: first } });
  expect(await work().steps(id)).toHaveLength(1);
});

test('the last step can be taken back, by whom it was taken, for a quarter of an hour', async () => {
  await work().review(id, { decision: 'dismissed', reason: 'other', by: 'ines' });
  await expect(work().undo(id, { by: 'omar' })).rejects.toMatchObject({ code: 'VIOLATION_UNDO_REFUSED' });
  await work().undo(id, { by: 'ines', revision: 1 });
  expect(await now()).toMatchObject({ stage: 'new', review: undefined, revision: 2 });
  // What is undone is not undone again.
  await expect(work().undo(id, { by: 'ines' })).rejects.toMatchObject({ code: 'VIOLATION_UNDO_REFUSED' });
  await work().review(id, { decision: 'confirmed', by: 'ines' });
  clock.advance(16 * 60_000);
  await expect(work().undo(id, { by: 'ines' })).rejects.toMatchObject({ code: 'VIOLATION_UNDO_REFUSED' });
});

test('an undone question ends its link; an undone dismissal gives it back', async () => {
  const taken = await ask();
  await work().undo(id, { by: 'ines' });
  await expect(open(taken)).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  const url = await ask();
  await work().review(id, { decision: 'dismissed', by: 'ines' });
  await expect(open(url)).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  await work().undo(id, { by: 'ines' });
  expect(await open(url)).toMatchObject({ violationId: id });
  expect(await now()).toMatchObject({ stage: 'asked' });
});

test('a link is good for one answer, ends with its time, and a new one replaces it', async () => {
  const first = await ask();
  const link = await open(first);
  expect(await work().links.current(id, ORIGIN)).toBe(first);
  const renewed = await work().renewLink(id, { by: 'ines', origin: ORIGIN });
  await expect(open(first)).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  await expect(work().answer(link.linkId, { note: 'x', photoKey: undefined })).rejects.toMatchObject({
    code: 'REMEDY_LINK_ENDED',
  });
  const { linkId } = await open(renewed);
  await work().answer(linkId, { note: 'done', photoKey: undefined });
  await expect(work().answer(linkId, { note: 'again', photoKey: undefined })).rejects.toMatchObject({
    code: 'REMEDY_ANSWERED',
  });
  const third = await ask({ isAgain: true });
  // A week after the deadline.
  clock.advance(24 * HOUR_MS + 6 * 24 * HOUR_MS);
  expect(await open(third)).toMatchObject({ violationId: id });
  clock.advance(2 * 24 * HOUR_MS);
  await expect(open(third)).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  expect(await work().links.current(id, ORIGIN)).toBeUndefined();
  await expect(
    work().answer(work().links.read(third.split('#')[1] ?? '').linkId, { note: 'late', photoKey: undefined }),
  ).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  expect(() => work().links.read('made-up')).toThrow(expect.objectContaining({ code: 'REMEDY_LINK_INVALID' }));
});

test('a revoked link ends at once, and the kitchen stays asked', async () => {
  const url = await ask();
  await work().revokeLink(id, { by: 'ines' });
  await expect(open(url)).rejects.toMatchObject({ code: 'REMEDY_LINK_ENDED' });
  expect((await now()).stage).toBe('asked');
});

test('receivers of kitchen.remedy get the link, which stands nowhere in the database', async () => {
  const { outbox } = fixture.storage;
  await outbox.createWebhook({ name: 'w', url: 'http://127.0.0.1:9/', kinds: ['kitchen.remedy'], createdBy: 'root' });
  const url = await ask();
  expect(await outbox.claimDue(10)).toEqual([]);
  clock.advance(10_000);
  const [delivery] = await outbox.claimDue(10);
  expect(JSON.parse(delivery?.body ?? '{}')).toMatchObject({
    kind: 'kitchen.remedy',
    data: { violationId: id, kitchenName: 'Wok', item: 'bin_open', link: url },
  });
  const client = new pg.Client({ connectionString: fixture.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ text: string }>(
      `SELECT query_to_xml('SELECT * FROM ' || quote_ident(tablename), true, false, '')::text AS text
       FROM pg_tables WHERE schemaname = 'public'`,
    );
    const everything = rows.map(({ text }) => text).join('\n');
    expect(everything).toContain(id);
    expect(everything).not.toContain(url.split('#')[1]);
    await expect(client.query('UPDATE violation_steps SET by_user = NULL')).rejects.toThrow('append-only');
    await expect(client.query('DELETE FROM violation_steps')).rejects.toThrow('append-only');
    await expect(client.query('TRUNCATE violation_steps')).rejects.toThrow('append-only');
    // They go with their violation.
    await client.query('DELETE FROM kitchen_violations');
    expect(await work().steps(id)).toEqual([]);
  } finally {
    await client.end();
  }
});

test('a question that is undone before receivers were told is told to nobody', async () => {
  const { outbox } = fixture.storage;
  await outbox.createWebhook({ name: 'w', url: 'http://127.0.0.1:9/', kinds: ['kitchen.remedy'], createdBy: 'root' });
  await ask();
  await work().undo(id, { by: 'ines' });
  clock.advance(60_000);
  expect(await outbox.claimDue(10)).toEqual([]);
});

test('the board counts what was asked, and puts an overdue kitchen first', async () => {
  await fixture.storage.cameras.create(sampleCamera({ scene: 'kitchen', name: 'Bad', area: 'West' }), cameraId('bad'));
  await raise({ cameraId: 'bad', item: 'flame_unattended' });
  const board = async () => await fixture.storage.violations.board({ flame_unattended: 3, bin_open: 2 });
  expect((await board()).map(({ name }) => name)).toEqual(['Bad', 'Wok']);
  await ask({ deadlineMs: clock.nowMs() + HOUR_MS });
  clock.advance(2 * HOUR_MS);
  expect((await board())[0]).toMatchObject({
    name: 'Wok',
    openItems: ['bin_open'],
    asked: 1,
    answered: 0,
    overdue: 1,
    score: 80,
  });
  expect((await board())[0]?.scores.at(-1)).toBe(80);
  const remedies = await fixture.storage.violations.list({ state: 'remedy', limit: 10 });
  expect(remedies.map(({ violationId }) => violationId)).toEqual([id]);
});

test('an item that is mostly wrong is put on hold, its violations are kept and told to nobody, and it can be released', async () => {
  const { kitchenItems, violations, outbox } = fixture.storage;
  await outbox.createWebhook({
    name: 'w',
    url: 'http://127.0.0.1:9/',
    kinds: ['kitchen.violation'],
    createdBy: 'root',
  });
  for (let index = 0; index < 10; index++) {
    const violationId = await raise({ score: index < 4 ? 0.9 : 0.5 });
    expect(await kitchenItems.holds()).toEqual([]);
    await work().review(violationId, { decision: index < 4 ? 'confirmed' : 'dismissed', by: 'ines' });
  }
  expect(await kitchenItems.holds()).toEqual([
    { cameraId: 'wok', item: 'bin_open', sinceMs: clock.nowMs(), confirmed: 4, answers: 10 },
  ]);
  const told = (await outbox.claimDue(100)).length;
  expect(told).toBe(10);
  const heldId = await raise();
  expect(await outbox.claimDue(100)).toEqual([]);
  expect(await violations.get(heldId)).toMatchObject({ held: 'item_on_hold', stage: 'new' });
  expect((await violations.list({ state: 'open', limit: 50 })).map((one) => one.violationId)).not.toContain(heldId);
  expect((await violations.list({ state: 'held', limit: 50 })).map((one) => one.violationId)).toEqual([heldId]);
  const [item] = await kitchenItems.list();
  expect(item).toMatchObject({ confirmed: 4, answers: 10, held: 1, hold: { answers: 10 } });
  expect(item?.suggestion).toEqual({ minScore: 0.7, dismissedHeld: 6, confirmedHeld: 0 });

  expect(await kitchenItems.release('wok', 'bin_open', 'ines')).toBe(true);
  expect(await kitchenItems.release('wok', 'bin_open', 'ines')).toBe(false);
  expect((await violations.get(await raise())).held).toBeUndefined();
  // The old answers do not put it back.
  clock.advance(1000);
  await work().review(id, { decision: 'dismissed', by: 'ines' });
  expect(await kitchenItems.holds()).toEqual([]);

  await kitchenItems.setMinScore('wok', 'bin_open', 0.7, 'ines');
  expect((await violations.get(await raise({ score: 0.69 }))).held).toBe('below_threshold');
  expect((await violations.get(await raise({ score: 0.7 }))).held).toBeUndefined();
  expect((await violations.get(await raise({ score: 0.1, item: 'floor_dirty' }))).held).toBeUndefined();
  await kitchenItems.setMinScore('wok', 'bin_open', undefined, 'ines');
  expect((await violations.get(await raise({ score: 0.1 }))).held).toBeUndefined();
});

test('when its time is over a violation goes with its picture, its steps and the photo of the kitchen', async () => {
  const { storage } = fixture;
  const keys = ['evidence/kitchen.jpg', 'evidence/remedy/1.jpg'];
  for (const key of keys) await storage.blobs.put(key, Buffer.from(key), 'image/jpeg');
  const { linkId } = await open(await ask());
  await work().answer(linkId, { note: 'done', photoKey: 'evidence/remedy/1.jpg' });
  await raise({ violationId: id, phase: 'closed' });
  await storage.retention.run();
  for (const key of keys) expect((await storage.blobs.get(key)).body.length).toBeGreaterThan(0);
  clock.advance(100 * 24 * HOUR_MS);
  await storage.retention.run();
  await expect(storage.violations.get(id)).rejects.toMatchObject({ code: 'VIOLATION_NOT_FOUND' });
  expect(await work().steps(id)).toEqual([]);
  for (const key of keys) await expect(storage.blobs.get(key)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
});
