import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createTestDatabase } from '#storage/testing/test-database.ts';
import { simulateEvents } from '../simulation/simulate-events.ts';
import type { BenchReport } from './bench-report.ts';
import { benchSearch } from './search.ts';

const spec = { seed: 5, cameras: 80, vehicles: 3000, days: 3, firstDay: '2026-10-12' };
const options = {
  rows: 300,
  questions: 4,
  compared: 5,
  insertsPerSecond: 500,
  withPeer: true,
  keepPeer: false,
  recall: 40,
  cloneDays: 3,
  seed: 1,
  onProgress: () => undefined,
};
let dataFolder: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let report: BenchReport;

beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(tmpdir(), 'vantage-bench-'));
  database = await createTestDatabase(inject('databaseUrl'));
  vi.stubEnv('DATABASE_URL', database.url);
  await simulateEvents({ ...spec, dataFolder, truthFile: undefined, onProgress: () => undefined });
  report = await benchSearch({ ...options, dataFolder });
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  await rm(dataFolder, { recursive: true, force: true });
});

test('every kind of question has the answers of plain SQL, with what it takes beside what the plain table takes', () => {
  const compared = report.results.filter(({ compared: count }) => count !== undefined);
  expect(compared).toHaveLength(8);
  for (const { query, compared: asked, equal } of compared) expect([query, equal]).toEqual([query, asked]);
  for (const { p50Ms, p95Ms, peerP50Ms, peerP95Ms } of compared) {
    expect(Number(p50Ms)).toBeGreaterThan(0);
    expect(Number(p95Ms)).toBeGreaterThanOrEqual(Number(p50Ms));
    expect(Number(peerP95Ms)).toBeGreaterThanOrEqual(Number(peerP50Ms));
  }
  expect(report.conditions['insertsPerSecondReached']).toBeGreaterThan(0);
});

test('of vehicles drawn at random the fuzzy search finds nearly every pass, and more than the exact one', () => {
  const [fuzzy, likely, trajectory, exact] = report.results;
  expect(fuzzy).toMatchObject({ query: 'recall of the fuzzy search', plates: 40 });
  expect(Number(fuzzy!['wholeTrajectoriesRatio'])).toBeGreaterThanOrEqual(0.95);
  expect(Number(fuzzy!['recall'])).toBeGreaterThan(Number(exact!['recall']));
  expect(Number(likely!['precision'])).toBeGreaterThanOrEqual(Number(fuzzy!['precision']));
  expect(Number(trajectory!['precision'])).toBeGreaterThan(0.9);
});

test('a store that is too small is no measure', async () => {
  await expect(benchSearch({ ...options, dataFolder, rows: 1_000_000 })).rejects.toMatchObject({
    code: 'BENCH_CITY_MISSING',
  });
});
