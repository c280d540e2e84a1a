import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { AuditLog } from './audit-log.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let audit: AuditLog;
const clock = new SimulatedClock();

beforeAll(async () => {
  database = await openTestDatabase(inject('databaseUrl'));
  audit = new AuditLog({ db: database.db, clock });
  const entries = Array.from({ length: 12 }, (_, index) => ({
    userId: 'u1',
    username: 'anna',
    action: 'sighting.search',
    target: `plate ${index}`,
    purpose: 'case 7',
    detail: { z: 1.5, a: [index, { y: '京', b: null }], left: undefined },
  }));
  await Promise.all(entries.map((entry) => audit.append(entry)));
  clock.advance(1000);
  await audit.append({ userId: 'u1', username: 'anna', action: 'evidence.open', target: 'k', detail: {} });
});
afterAll(() => database.close());

test('keeps what was done, newest first, in pages', async () => {
  const [newest, before] = await audit.list({ limit: 2 });
  expect(newest).toEqual({
    id: '13',
    timeMs: clock.nowMs(),
    userId: 'u1',
    username: 'anna',
    action: 'evidence.open',
    target: 'k',
    purpose: undefined,
    detail: {},
  });
  expect(before!.purpose).toBe('case 7');
  expect((await audit.list({ limit: 2, beforeId: '12' })).map(({ id }) => id)).toEqual(['11', '10']);
  expect(await audit.list({ limit: 100, beforeMs: clock.nowMs() })).toHaveLength(12);
});

test('the chain holds, although its entries were added at the same time', async () => {
  expect(await audit.verify()).toEqual({ isIntact: true, entries: 13 });
});

test.each(['UPDATE audit_log SET target = $$x$$', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
  'the database refuses: %s',
  async (statement) => {
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('audit_log is append-only');
  },
);

test('who changes an entry behind the back of the trigger is found out', async () => {
  await sql.raw('ALTER TABLE audit_log DISABLE TRIGGER USER').execute(database.db);
  await sql.raw(`UPDATE audit_log SET target = 'another' WHERE entry_id = 5`).execute(database.db);
  expect(await audit.verify()).toEqual({ isIntact: false, brokenAtId: '5' });
  await sql.raw('DELETE FROM audit_log WHERE entry_id = 5').execute(database.db);
  expect(await audit.verify()).toEqual({ isIntact: false, brokenAtId: '6' });
});
