import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import type { Case } from '../contract/cases.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

const NOON_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 12 * 3_600_000;
const DAY = new Date(NOON_MS).toISOString().slice(0, 10);
const range = {
  from: new Date(NOON_MS - 3_600_000).toISOString(),
  to: new Date(NOON_MS + 3_600_000).toISOString(),
};
let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ name: '=cmd|"/c calc"!A1' }), cameraId('cam-1'));
  for (let index = 0; index < 1201; index++)
    void storage.eventSink.emit(
      sampleSighting({ timeMs: NOON_MS + index, plate: samplePlate(`皖A${10_000 + index}`) }),
      [],
    );
  await storage.eventSink.emit(sampleSighting({ timeMs: NOON_MS + 2000, vehicleType: 'bus' }), []);
  await storage.writer.drain();
});
afterAll(() => fixture.close());

const linesOf = (body: string): readonly string[] => body.slice(1).split('\r\n');

describe('a list of results as a file', () => {
  test('says in its first lines what it is for, who took it out and what was asked, and ends with the number of rows', async () => {
    const response = await request('investigator', 'POST', '/api/sightings/export', {
      body: { purpose: 'case 2026-118, "van"', ...range, plate: '皖A1000?', timeZone: 'Asia/Shanghai' },
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    const disposition = String(response.headers['content-disposition']);
    expect(decodeURIComponent(disposition)).toMatch(
      /^attachment; filename="vantage-\d{8}\.csv"; filename\*=UTF-8''过车记录-\d{8}\.csv$/,
    );
    expect(response.body.startsWith('\uFEFF')).toBe(true);
    const lines = linesOf(response.body);
    expect(lines.slice(0, 8)).toEqual([
      '用途,"case 2026-118, ""van"""',
      '导出人,investigator',
      expect.stringMatching(/^导出时间 \(Asia\/Shanghai\),\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      '号牌,皖A1000?',
      `起,${DAY} 19:00:00`,
      `止,${DAY} 21:00:00`,
      '',
      expect.stringMatching(/^时间 \(Asia\/Shanghai\),摄像机,摄像机编号,号牌,/),
    ]);
    const rows = lines.slice(8);
    expect(rows).toHaveLength(12);
    // Newest first; the name of the camera runs nothing.
    expect(rows[0]).toMatch(
      new RegExp(`^${DAY} 20:00:00,"'=cmd\\|""/c calc""!A1",cam-1,皖A10009,0.9,,蓝,轿车,,,,116.4,39.9,/api/evidence/`),
    );
    expect(rows.slice(-2)).toEqual(['共计行数,10', '']);
  });

  test('goes on over all pages, in English too', async () => {
    const response = await request('investigator', 'POST', '/api/sightings/export', {
      body: { purpose: 'case 7', ...range, vehicleType: 'car', language: 'en' },
    });
    const lines = linesOf(response.body);
    expect(lines).toContain('Vehicle type,car');
    const plates = lines.map((line) => line.split(',').find((cell) => cell.startsWith('皖A'))).filter(Boolean);
    expect(plates).toEqual(Array.from({ length: 1201 }, (_, index) => `皖A${11_200 - index}`));
    expect(lines.slice(-2)).toEqual(['Rows in all,1201', '']);
  });

  test('has its row in the audit log', async () => {
    const query = { ...range, vehicleType: 'car' };
    const body = { purpose: 'case 7', plate: '皖A10001', ...query };
    await request('investigator', 'POST', '/api/sightings/export', { body });
    expect(await fixture.storage.audit.list({ limit: 1 })).toMatchObject([
      { username: 'investigator', action: 'sighting.export', target: '皖A10001', purpose: 'case 7', detail: query },
    ]);
  });

  test('of a case is for its members, and part of its history', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await request('investigator', 'POST', '/api/cases', {
      body: { number: '2026-118', title: 'Stolen van', reason: 'theft', expiresAt },
    });
    const { id } = made.json<Case>();
    const body = { purpose: 'the yard', ...range, plate: '皖A10001', caseId: id, language: 'en' };
    const refused = await request('administrator', 'POST', '/api/sightings/export', { body });
    expect(problemOf(refused)).toMatchObject({ status: 403, code: 'CASE_FORBIDDEN' });
    const response = await request('investigator', 'POST', '/api/sightings/export', { body });
    expect(linesOf(response.body).slice(0, 2)).toEqual(['Purpose,the yard', 'Case,2026-118 Stolen van']);
    expect(await fixture.storage.audit.list({ caseId: id, limit: 9 })).toMatchObject([
      { action: 'sighting.export', purpose: 'the yard (2026-118 theft)' },
      { action: 'case.refused', username: 'administrator' },
      { action: 'case.create' },
    ]);
  });

  test.each([
    [{ purpose: undefined }, 'purpose'],
    [{ purpose: 'x' }, 'purpose'],
    [{ plate: '皖;A' }, undefined],
    [{ timeZone: 'Moon/Base' }, 'timeZone'],
    [{ to: range.from }, 'to'],
    [{ language: 'fr' }, 'language'],
  ])('%j is said before anything is sent', async (changes, field) => {
    const response = await request('investigator', 'POST', '/api/sightings/export', {
      body: { purpose: 'case 7', ...range, ...changes },
    });
    const problem = problemOf(response);
    expect(problem.status).toBe(400);
    expect(problem.field).toBe(field);
  });
});
