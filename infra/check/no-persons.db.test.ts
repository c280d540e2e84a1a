import { sql } from 'kysely';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KitchenReport } from '#api/contract/kitchen-reports.ts';
import { DatasetLabel } from '#api/contract/kitchen-learning.ts';
import type { RemedyAsked } from '#api/contract/kitchen.ts';
import { Remedy } from '#api/contract/remedy.ts';
import { type Requester, requesterOf } from '#api/testing/requests.ts';
import { openTestApp, type TestApp } from '#api/testing/test-app.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId } from '#ingest/media.ts';
import { openDatabase } from '#storage/database.ts';
import { sampleCamera, sampleViolation } from '#storage/testing/sample-events.ts';
import { whyForbidden } from './forbidden.ts';

/**
 * All that is kept of a violation. Whoever adds a column here says by that that it tells nothing about who was in the kitchen. The only
 * names are those of inspectors, and they leave the board in nothing.
 */
const KEPT: Readonly<Record<string, string>> = {
  kitchen_violations:
    'violation_id camera_id rule_id item score box since opened_at closed_at picture_key review_decision review_reason review_note ' +
    'reviewed_by reviewed_at stage revision item_version held deadline asked_at answered_at settled_at',
  violation_steps: 'violation_id revision step time by_user reason note deadline photo_key link_id before',
  violation_clips:
    'violation_id from_time to_time state reason attempts next_at clip_key shown_from shown_to is_blurred',
  remedy_links: 'link_id violation_id created_at created_by expires_at revoked_at used_at',
  kitchen_items:
    'camera_id item min_score min_score_by min_score_at on_hold_since on_hold_confirmed on_hold_answers released_at released_by',
};
/** Fields of what leaves the board, by name. */
const LEAVES = {
  remedy: 'kitchenName itemZh itemEn since deadline note hasPicture box expiresAt receivedAt',
  label: 'file item itemVersion label reason score box kitchen day',
  webhook: 'violationId cameraId kitchenName district item since deadline note link',
  csv: '片区,后厨,后厨数,项目,新增,确认,不成立,待审核,期末进行中,期末待整改,其中逾期,期内办结,整改用时中位数（小时）,期末评分',
};

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

/** Names of all properties in JSON schemas, with the path that leads there. */
function propertyNames(value: unknown, path: readonly string[] = []): { name: string; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(path.at(-1) === 'properties' ? [{ name: key, path: path.join('.') }] : []),
    ...propertyNames(inner, [...path, key]),
  ]);
}

test('the database has no column that could tell one person from another, and the tables of violations only known ones', async () => {
  const db = openDatabase({ url: fixture.databaseUrl, connections: 2, statementTimeoutMs: 10_000, log: silentLog });
  try {
    const { rows } = await sql<{ table: string; column: string }>`
      SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
      WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`.execute(db);
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter(({ table, column }) => whyForbidden(column) ?? whyForbidden(table))).toEqual([]);
    for (const [name, columns] of Object.entries(KEPT))
      expect(rows.filter(({ table }) => table === name).map(({ column }) => column)).toEqual(columns.split(' '));
  } finally {
    await db.destroy();
  }
});

test('the API has no field that could, in any question or answer', async () => {
  const document: unknown = (await request(undefined, 'GET', '/docs/api/json')).json();
  const names = propertyNames(document);
  expect(names.length).toBeGreaterThan(300);
  expect(names.filter(({ name }) => whyForbidden(name))).toEqual([]);
});

test('what leaves the board has known fields only', () => {
  expect(Object.keys(Remedy.properties)).toEqual(LEAVES.remedy.split(' '));
  expect(Object.keys(DatasetLabel.properties)).toEqual(LEAVES.label.split(' '));
});

test('a file, a message, the page of a kitchen and a data set name neither inspectors nor anybody in the kitchen', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ scene: 'kitchen', name: 'Wok', area: 'East' }), cameraId('wok'));
  await storage.outbox.createWebhook({
    ...{ name: 'w', url: 'http://127.0.0.1:9/', createdBy: 'administrator' },
    kinds: ['kitchen.remedy', 'kitchen.violation'],
  });
  const event = sampleViolation({ cameraId: 'wok', pictureKey: 'evidence/wok.jpg' });
  const jpeg = await sharp({ create: { width: 64, height: 36, channels: 3, background: '#357' } })
    .jpeg()
    .toBuffer();
  await storage.eventSink.emit(event, [{ key: 'evidence/wok.jpg', jpeg }]);
  await storage.writer.drain();
  const deadline = new Date(Date.now() + 3_600_000).toISOString();
  const asked = await request('inspector', 'POST', `/api/violations/${event.violationId}/remedy`, {
    body: { deadline, revision: 0 },
  });
  const token = asked.json<RemedyAsked>().link.split('#')[1] ?? '';
  const remedy = await request(undefined, 'GET', '/api/remedy', { headers: { authorization: `Bearer ${token}` } });
  expect(remedy.statusCode).toBe(200);

  const report = { period: 'day', day: new Date().toISOString().slice(0, 10), timeZone: 'UTC', by: 'kitchen' };
  const csv = await request('inspector', 'POST', '/api/kitchen-reports/export', {
    body: { ...report, language: 'zh' },
  });
  expect(csv.body.split('\r\n')).toContain(LEAVES.csv);
  const figures = await request('inspector', 'GET', `/api/kitchen-reports?${new URLSearchParams(report).toString()}`);
  expect(figures.json<KitchenReport>().total.raised).toBe(1);
  const set = await request('administrator', 'POST', '/api/kitchen-dataset', {
    body: { purpose: 'training', from: '2026-01-01T00:00:00Z', to: '2026-12-31T00:00:00Z' },
  });
  expect(set.body).toContain('labels.jsonl');

  // Receivers are told of a remedy ten seconds later.
  const db = openDatabase({ url: fixture.databaseUrl, connections: 1, statementTimeoutMs: 10_000, log: silentLog });
  await sql`UPDATE alert_deliveries SET next_try_at = now() - interval '1 minute'`.execute(db);
  await db.destroy();
  const messages = (await storage.outbox.claimDue(10)).map(
    ({ body }) => JSON.parse(body) as { kind: string; data: object },
  );
  expect(messages.map(({ kind }) => kind).toSorted()).toEqual(['kitchen.remedy', 'kitchen.violation']);
  const sent = messages.find(({ kind }) => kind === 'kitchen.remedy')?.data ?? {};
  expect(Object.keys(sent).filter((name) => !LEAVES.webhook.split(' ').includes(name))).toEqual([]);
  for (const message of messages)
    expect(propertyNames({ properties: message.data }).filter(({ name }) => whyForbidden(name))).toEqual([]);

  for (const left of [remedy.body, csv.body, figures.body, set.body, JSON.stringify(messages)])
    for (const name of ['inspector', 'administrator', 'reviewedBy', 'by_user']) expect(left).not.toContain(name);
});
