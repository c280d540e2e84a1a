import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '#storage/testing/sample-events.ts';
import type { KitchenItem } from '../contract/kitchen-learning.ts';
import type { KitchenReport } from '../contract/kitchen-reports.ts';
import type { Kitchen, RemedyAsked, Violation, ViolationFile } from '../contract/kitchen.ts';
import type { Remedy } from '../contract/remedy.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

const ZONE = 'Asia/Shanghai';
const lines: string[] = [];
let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  // Every line that the server would ever write, access log and all.
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  fixture = await openTestApp(inject('databaseUrl'), { log, config: { remedyRequestsPerMinute: 60 } });
  request = requesterOf(fixture);
  const { cameras } = fixture.storage;
  await cameras.create(sampleCamera({ scene: 'kitchen', name: '川味坊', area: 'East' }), cameraId('wok'));
  await cameras.create(sampleCamera({ scene: 'kitchen', name: 'Clean', area: 'West' }), cameraId('clean'));
});
afterAll(() => fixture.close());

async function raise(changes: Partial<KitchenViolation> = {}): Promise<string> {
  const jpeg = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#357' } })
    .jpeg()
    .toBuffer();
  const event = sampleViolation({ cameraId: 'wok', timeMs: Date.now() - 1000, ...changes });
  const pictureKey = `evidence/${event.violationId}.jpg`;
  await fixture.storage.eventSink.emit({ ...event, pictureKey }, [{ key: pictureKey, jpeg }]);
  await fixture.storage.writer.drain();
  return event.violationId;
}

const step = async (id: string, name: string, body: object) =>
  await request('inspector', 'POST', `/api/violations/${id}/${name}`, { body });
const file = async (id: string) => (await request('inspector', 'GET', `/api/violations/${id}`)).json<ViolationFile>();
const tomorrow = () => new Date(Date.now() + 24 * 3_600_000).toISOString();

async function ask(): Promise<{ readonly id: string; readonly token: string }> {
  const id = await raise();
  const response = await step(id, 'remedy', { deadline: tomorrow(), note: '请盖好桶盖', revision: 0 });
  expect(response.statusCode).toBe(200);
  return { id, token: response.json<RemedyAsked>().link.split('#')[1] ?? '' };
}
const byLink = async (token: string, method: 'GET' | 'POST', url: string, body?: object) =>
  await request(undefined, method, url, { headers: { authorization: `Bearer ${token}` }, ...(body ? { body } : {}) });

/** With a place, an owner and an orientation, as a telephone writes them. */
async function photo(): Promise<Buffer> {
  const taken = await sharp({ create: { width: 2400, height: 1200, channels: 3, background: '#a62' } })
    .jpeg()
    .withMetadata({
      orientation: 6,
      exif: { IFD0: { Artist: 'Zhang San' }, IFD3: { GPSLatitude: '31/1 13/1 0/1' } },
    })
    .toBuffer();
  expect(taken.includes('Zhang San')).toBe(true);
  return taken;
}

describe('the life of a violation', () => {
  test('asked, answered by link without an account, accepted; the report counts it', async () => {
    const { id, token } = await ask();
    const opened = await byLink(token, 'GET', '/api/remedy');
    expect(opened.json<Remedy>()).toMatchObject({
      ...{ kitchenName: '川味坊', itemZh: '垃圾桶未加盖或溢出', note: '请盖好桶盖', hasPicture: true },
    });
    expect(opened.headers['cache-control']).toBe('no-store');
    const picture = await byLink(token, 'GET', '/api/remedy/picture');
    expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/jpeg']);
    const sent = await byLink(token, 'POST', '/api/remedy/answer', {
      text: '  已加盖  ',
      photo: (await photo()).toString('base64'),
    });
    expect(sent.json<Remedy>().receivedAt).toBeDefined();
    const again = await byLink(token, 'POST', '/api/remedy/answer', { text: 'again' });
    expect(problemOf(again)).toMatchObject({ status: 409, code: 'REMEDY_ANSWERED' });

    const { violation, steps } = await file(id);
    expect(violation).toMatchObject({ stage: 'answered', isOverdue: false });
    const answer = steps.at(-1);
    expect(answer).toMatchObject({ step: 'answered', note: '已加盖' });
    expect(answer).not.toHaveProperty('by');
    const stored = await request('inspector', 'GET', answer?.photoUrl ?? '');
    const about = await sharp(stored.rawPayload).metadata();
    // Turned upright, made smaller, and with nothing of what the telephone wrote.
    expect([about.width, about.height, about.exif, about.orientation]).toEqual([800, 1600, undefined, undefined]);
    expect(stored.rawPayload.includes('Zhang San')).toBe(false);

    expect((await step(id, 'recheck', { result: 'clear', revision: violation.revision })).statusCode).toBe(200);
    const accepted = await step(id, 'accept', { revision: violation.revision + 1 });
    expect(accepted.json<Violation>()).toMatchObject({ stage: 'accepted' });
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now());
    const report = await request(
      'inspector',
      'GET',
      `/api/kitchen-reports?period=day&day=${day}&timeZone=${encodeURIComponent(ZONE)}&by=kitchen`,
    );
    const row = report.json<KitchenReport>().rows.find(({ cameraId: camera }) => camera === 'wok');
    expect(row).toMatchObject({ name: '川味坊', closed: 1, medianRemedyHours: 0 });
    const done = (await fixture.storage.audit.list({ limit: 50 })).map(({ action }) => action);
    expect(done).toEqual(
      expect.arrayContaining(['violation.remedy', 'remedy.answer', 'violation.recheck', 'violation.accept']),
    );
  });

  test('who decides on what is no longer so is told who was faster', async () => {
    const id = await raise();
    expect((await step(id, 'review', { decision: 'confirmed', revision: 0 })).statusCode).toBe(200);
    const late = await request('administrator', 'POST', `/api/violations/${id}/review`, {
      body: { decision: 'dismissed', reason: 'other', revision: 0 },
    });
    expect(problemOf(late)).toMatchObject({ status: 412, code: 'VIOLATION_CHANGED', holder: 'inspector' });
    expect((await step(id, 'undo', { revision: 1 })).json<Violation>()).toMatchObject({ stage: 'new', revision: 2 });
    expect(problemOf(await step(id, 'accept', { revision: 2 }))).toMatchObject({ code: 'VIOLATION_STEP_REFUSED' });
  });

  test('a deadline in the past or far away is refused, and nothing is asked', async () => {
    const id = await raise();
    for (const days of [-1, 100]) {
      const deadline = new Date(Date.now() + days * 86_400_000).toISOString();
      expect(problemOf(await step(id, 'remedy', { deadline, revision: 0 }))).toMatchObject({ field: 'deadline' });
    }
    expect((await file(id)).violation.stage).toBe('new');
  });

  test('a list can be narrowed to district and item; the file of one shows what was here before', async () => {
    const earlier = await raise({ item: 'floor_dirty', timeMs: Date.now() - 60_000 });
    const later = await raise({ item: 'floor_dirty' });
    const list = async (query: string) =>
      (await request('inspector', 'GET', `/api/violations?state=all&${query}`))
        .json<Violation[]>()
        .map(({ violationId }) => violationId);
    expect(await list('district=East&item=floor_dirty')).toEqual([later, earlier]);
    expect(await list('district=West')).toEqual([]);
    expect((await file(later)).earlier.map(({ violationId }) => violationId)).toEqual([earlier]);
  });
});

describe('the link', () => {
  test('is shown again, replaced and revoked by an inspector, and by nobody else', async () => {
    const { id, token } = await ask();
    const again = await step(id, 'link', { isNew: false });
    expect(again.json<RemedyAsked>().link).toMatch(new RegExp(`^http://[^/]+/remedy#${token}$`));
    const renewed = (await step(id, 'link', { isNew: true })).json<RemedyAsked>().link.split('#')[1] ?? '';
    expect(problemOf(await byLink(token, 'GET', '/api/remedy'))).toMatchObject({ code: 'REMEDY_LINK_ENDED' });
    expect((await byLink(renewed, 'GET', '/api/remedy')).statusCode).toBe(200);
    expect((await request('inspector', 'DELETE', `/api/violations/${id}/link`)).statusCode).toBe(200);
    expect(problemOf(await byLink(renewed, 'POST', '/api/remedy/answer', { text: 'x' }))).toMatchObject({
      code: 'REMEDY_LINK_ENDED',
    });
    expect(
      (await request('operator', 'POST', `/api/violations/${id}/link`, { body: { isNew: true } })).statusCode,
    ).toBe(403);
  });

  test('opens nothing but its own violation: no session comes of it', async () => {
    const { token } = await ask();
    for (const url of ['/api/kitchens', '/api/violations', '/api/evidence/evidence/x.jpg'])
      expect((await byLink(token, 'GET', url)).statusCode).toBe(401);
  });

  test('a body is not even read without a token of ours', async () => {
    for (const authorization of [undefined, 'Bearer x', `Basic ${'a'.repeat(72)}`, `Bearer ${'A'.repeat(72)}`]) {
      const response = await request(undefined, 'POST', '/api/remedy/answer', {
        headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
        body: '{ "broken',
      });
      expect(problemOf(response)).toMatchObject({ status: 404, code: 'REMEDY_LINK_INVALID' });
    }
  });

  test('what is no photo is refused, keeps nothing, and may be sent again', async () => {
    const { token } = await ask();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const cut = (await photo()).subarray(0, 300);
    for (const body of [svg, cut, Buffer.from('text')])
      expect(
        problemOf(await byLink(token, 'POST', '/api/remedy/answer', { text: 'x', photo: body.toString('base64') })),
      ).toMatchObject({ status: 400, code: 'PHOTO_UNREADABLE' });
    const large = Buffer.alloc(8_000_001, 0xff).toString('base64');
    expect(problemOf(await byLink(token, 'POST', '/api/remedy/answer', { text: 'x', photo: large }))).toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    });
    expect(problemOf(await byLink(token, 'POST', '/api/remedy/answer', { text: '  ' }))).toMatchObject({
      field: 'text',
    });
    expect((await byLink(token, 'POST', '/api/remedy/answer', { text: 'ok' })).statusCode).toBe(200);
  });

  test('its token stands in no line of the log and no row of the audit log', async () => {
    const { token } = await ask();
    const before = lines.length;
    await byLink(token, 'GET', '/api/remedy');
    await byLink(token, 'POST', '/api/remedy/answer', { text: 'x', photo: 'bm8=' });
    await byLink(token, 'POST', '/api/remedy/answer', { text: 'done' });
    const logged = lines.slice(before).join('');
    expect(logged).toContain('/api/remedy/answer');
    expect(logged).not.toContain(token);
    await fixture.storage.writer.drain();
    const audited = await fixture.storage.audit.list({ limit: 500 });
    expect(audited.map(({ action }) => action)).toContain('remedy.open');
    expect(JSON.stringify(audited)).not.toContain(token.slice(0, 24));
  });

  test('who asks too often waits', async () => {
    const { token } = await ask();
    let last = 200;
    for (let count = 0; count < 70 && last === 200; count++)
      last = (await byLink(token, 'GET', '/api/remedy')).statusCode;
    expect(last).toBe(429);
  });
});

describe('what leaves the board', () => {
  const exportCsv = async (body: object) =>
    await request('inspector', 'POST', '/api/kitchen-reports/export', {
      body: { period: 'week', day: '2026-11-26', timeZone: ZONE, by: 'kitchen', language: 'zh', ...body },
    });

  test('a report as a file opens in a spreadsheet, in the time zone asked for, and names nobody', async () => {
    const response = await exportCsv({});
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    const text = response.body;
    expect(text.startsWith('\uFEFF')).toBe(true);
    // Monday to Sunday, midnight in Shanghai.
    expect(text).toContain('起 (Asia/Shanghai),2026-11-23 00:00:00');
    expect(text).toContain('止 (Asia/Shanghai),2026-11-30 00:00:00');
    expect(text).toContain('West,Clean,1,全部,0,0,0,0,0,0,0,0,,100');
    for (const role of ['inspector', 'administrator']) expect(text).not.toContain(role);
    expect((await exportCsv({ language: 'en', by: 'district' })).body).toContain('District,Kitchen,Kitchens,Item');
    expect(problemOf(await exportCsv({ timeZone: 'Nowhere/None' }))).toMatchObject({ status: 400 });
  });

  test('a day on which clocks change has its own length', async () => {
    const hours = async (day: string) => {
      const { from, to } = (
        await request(
          'inspector',
          'GET',
          `/api/kitchen-reports?period=day&day=${day}&timeZone=Europe/Berlin&by=district`,
        )
      ).json<KitchenReport>();
      return (Date.parse(to) - Date.parse(from)) / 3_600_000;
    };
    expect(await hours('2026-03-29')).toBe(23);
    expect(await hours('2026-10-25')).toBe(25);
    expect(await hours('2026-11-26')).toBe(24);
  });

  test('judged violations leave as crops with labels that tell nothing of a person', async () => {
    const confirmed = await raise({ box: { x: 0.9, y: 0.5, width: 0.2, height: 0.25 } });
    const dismissed = await raise();
    await step(confirmed, 'review', { decision: 'confirmed', note: 'the cook in the red apron' });
    await step(dismissed, 'review', { decision: 'dismissed', reason: 'picture_unclear' });
    const body = { purpose: '训练', from: '2026-01-01T00:00:00Z', to: tomorrow() };
    expect((await request('inspector', 'POST', '/api/kitchen-dataset', { body })).statusCode).toBe(403);
    const short = await request('administrator', 'POST', '/api/kitchen-dataset', {
      body: { ...body, to: '2026-12-31T00:00:00Z', purpose: undefined },
    });
    expect(problemOf(short)).toMatchObject({ field: 'purpose' });
    const response = await request('administrator', 'POST', '/api/kitchen-dataset', { body });
    expect(response.headers['content-type']).toBe('application/x-tar');
    const folder = await mkdtemp(path.join(tmpdir(), 'vantage-dataset-'));
    try {
      await writeFile(path.join(folder, 'set.tar'), response.rawPayload);
      const unpacked = spawnSync('tar', ['-xf', 'set.tar'], { cwd: folder, encoding: 'utf8' });
      expect([unpacked.status, unpacked.stderr]).toEqual([0, '']);
      const text = await readFile(path.join(folder, 'labels.jsonl'), 'utf8');
      const labels = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const label = labels.find(({ file: name }) => name === `crops/${confirmed}.jpg`);
      // The box was cut by the edge of the picture, and so is the crop.
      expect(label).toEqual({
        ...{ file: `crops/${confirmed}.jpg`, item: 'bin_open', itemVersion: 1, label: 'confirmed', score: 0.75 },
        box: expect.objectContaining({ y: expect.closeTo(1 / 6, 1) }),
        ...{ kitchen: 'wok', day: new Date().toISOString().slice(0, 10) },
      });
      expect(labels.find(({ file: name }) => name === `crops/${dismissed}.jpg`)).toMatchObject({
        ...{ label: 'dismissed', reason: 'picture_unclear' },
      });
      const crop = await sharp(path.join(folder, 'crops', `${confirmed}.jpg`)).metadata();
      expect([crop.width, crop.height]).toEqual([96, 136]);
      for (const secret of ['inspector', 'apron', 'administrator']) expect(text).not.toContain(secret);
    } finally {
      await rm(folder, { recursive: true });
    }
    const [entry] = (await fixture.storage.audit.list({ limit: 5 })).filter(
      ({ action }) => action === 'kitchen.dataset',
    );
    expect(entry).toMatchObject({ username: 'administrator', purpose: '训练' });
  });

  test('a threshold counts once an inspector sets it, and a kitchen on hold says so on the board', async () => {
    for (let index = 0; index < 10; index++) {
      const id = await raise({ cameraId: 'clean', item: 'rodent', score: index < 3 ? 0.9 : 0.5 });
      await step(id, 'review', { decision: index < 3 ? 'confirmed' : 'dismissed' });
    }
    const item = (await request('inspector', 'GET', '/api/kitchen-items'))
      .json<KitchenItem[]>()
      .find((one) => one.cameraId === 'clean' && one.item === 'rodent');
    expect(item).toMatchObject({
      ...{ confirmed: 3, answers: 10, suggestion: { minScore: 0.7, dismissedHeld: 7, confirmedHeld: 0 } },
      precisionLow: expect.closeTo(0.108, 2),
      precisionHigh: expect.closeTo(0.603, 2),
    });
    const holds = async () =>
      (await request('inspector', 'GET', '/api/kitchens')).json<Kitchen[]>().find((one) => one.cameraId === 'clean')
        ?.holds;
    expect(await holds()).toMatchObject([{ item: 'rodent', confirmed: 3, answers: 10 }]);
    expect((await request('inspector', 'POST', '/api/kitchen-items/clean/rodent/release')).statusCode).toBe(204);
    expect(await holds()).toEqual([]);
    const set = async (camera: string, minScore: number | null) =>
      await request('inspector', 'PUT', `/api/kitchen-items/${camera}/rodent/threshold`, { body: { minScore } });
    expect((await set('none', 0.7)).statusCode).toBe(404);
    expect((await set('clean', 1.1)).statusCode).toBe(400);
    expect((await set('clean', 0.7)).statusCode).toBe(204);
    const held = await raise({ cameraId: 'clean', item: 'rodent', score: 0.6 });
    expect((await file(held)).violation).toMatchObject({ held: 'below_threshold' });
  });
});
