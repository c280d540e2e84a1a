import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const look = { userId: 'u1', username: 'anna', action: 'live.watch', target: 'cam-1', detail: { way: 'fmp4' } };

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
const clock = new SimulatedClock(Date.now());
let advancing: NodeJS.Timeout;
beforeEach(async () => {
  fixture = await openTestStorage(inject('databaseUrl'), { clock });
  // The spool commits by this clock.
  advancing = setInterval(() => clock.advance(10), 5);
});
afterEach(async () => {
  clearInterval(advancing);
  await fixture.close();
});

test('a look comes to the end of the chain with the time at which it happened, and the chain holds', async () => {
  const { storage } = fixture;
  await storage.audit.append({ ...look, action: 'sighting.search', purpose: 'case 7' });
  const beforeMs = clock.nowMs();
  await Promise.all([storage.looks.append(look), storage.looks.append({ ...look, target: 'cam-2' })]);
  const afterMs = clock.nowMs();
  expect(await storage.audit.list({ limit: 10 })).toHaveLength(1);
  clock.advance(60_000);
  await storage.writer.drain();
  await storage.audit.append({ ...look, action: 'sighting.search', purpose: 'case 8' });

  const entries = await storage.audit.list({ limit: 10 });
  expect(entries.map(({ action, target }) => [action, target])).toEqual([
    ['sighting.search', 'cam-1'],
    ['live.watch', 'cam-2'],
    ['live.watch', 'cam-1'],
    ['sighting.search', 'cam-1'],
  ]);
  expect(entries[2]).toMatchObject({ userId: 'u1', username: 'anna', detail: { way: 'fmp4' } });
  expect(entries[2]!.timeMs).toBeGreaterThanOrEqual(beforeMs);
  expect(entries[2]!.timeMs).toBeLessThanOrEqual(afterMs);
  expect(await storage.audit.verify()).toEqual({ isIntact: true, entries: 4 });
});

test('a look that the spool hands over a second time stays one row', async () => {
  const { storage } = fixture;
  await storage.looks.append(look);
  const [entry] = storage.spool.peek(1);
  await storage.writer.drain();
  // As after a crash between the commit and the removal from the spool.
  await storage.spool.append('audit', JSON.parse(entry!.body) as object);
  await storage.spool.append('audit', JSON.parse(entry!.body) as object);
  await storage.looks.append({ ...look, target: 'cam-2' });
  await storage.writer.drain();
  expect((await storage.audit.list({ limit: 10 })).map(({ target }) => target)).toEqual(['cam-2', 'cam-1']);
  expect(await storage.audit.verify()).toEqual({ isIntact: true, entries: 2 });
});

test('two writers that append at the same time make one chain', async () => {
  const { storage } = fixture;
  for (let index = 0; index < 10; index++) {
    await storage.looks.append({ ...look, target: `look ${index}` });
    await Promise.all([storage.writer.drain(), storage.audit.append(look), storage.audit.append(look)]);
  }
  expect(await storage.audit.verify()).toEqual({ isIntact: true, entries: 30 });
});

test('an unreadable look is put aside, and neither looks nor events around it are lost', async () => {
  const { storage } = fixture;
  await storage.looks.append(look);
  await storage.spool.append('audit', { ...look, timeMs: 'noon' });
  await storage.eventSink.emit(sampleSighting({ timeMs: clock.nowMs() }), []);
  await storage.looks.append(look);
  await storage.writer.drain();
  expect(await storage.audit.list({ limit: 10 })).toHaveLength(2);
  expect(await storage.events.list({ limit: 10 })).toHaveLength(1);
  expect(storage.spool.deadLetters()).toMatchObject([{ kind: 'audit' }]);
});
