import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '#storage/testing/sample-events.ts';
import { ROLES } from '#storage/users/user-repository.ts';
import type { Case, CaseDetail, CaseItem, CompanyReport } from '../contract/cases.ts';
import { SESSION_COOKIE } from '../plugins/auth.ts';
import { type Method, problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, PASSWORD, type TestApp } from '../testing/test-app.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.now() - 2 * HOUR_MS;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
let fixture: TestApp;
let request: Requester;
/** A second investigator. */
let berta: (method: Method, url: string, body?: object) => Promise<LightMyRequestResponse>;
let sightingId = '';
let open: Case;

beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'), { config: { requestsPerMinute: 10_000 } });
  request = requesterOf(fixture);
  const { storage } = fixture;
  const user = await storage.users.create({ username: 'berta', role: 'investigator', password: PASSWORD });
  const cookie = `${SESSION_COOKIE}=${(await storage.sessions.create(user.userId)).token}`;
  berta = (method, url, body) => request(undefined, method, url, { headers: { cookie }, ...(body ? { body } : {}) });
  for (const id of ['cam-1', 'cam-2', 'cam-3'])
    await storage.cameras.create(sampleCamera({ name: `Camera ${id}` }), cameraId(id));
  for (const [index, camera] of ['cam-1', 'cam-2', 'cam-3'].entries())
    for (const [plate, seconds] of [
      ['皖A00001', 0],
      ['皖A00002', 30],
    ] as const) {
      const timeMs = START_MS + index * 600_000 + seconds * 1000;
      const sighting = sampleSighting({ plate: samplePlate(plate), cameraId: camera, timeMs });
      await storage.eventSink.emit(sighting, [{ key: sighting.pictureKey, jpeg: Buffer.from(plate) }]);
      sightingId ||= sighting.eventId;
    }
  await storage.writer.drain();
});
afterAll(() => fixture.close());

const input = (changes: object = {}) => ({
  number: '合公（刑）2026-118',
  title: 'Stolen van',
  reason: 'theft of a van',
  expiresAt: iso(Date.now() + 60 * DAY_MS),
  ...changes,
});
beforeEach(async () => {
  open = (await request('investigator', 'POST', '/api/cases', { body: input() })).json<Case>();
});

const at = (rest = ''): string => `/api/cases/${open.id}${rest}`;
const historyOf = async (): Promise<readonly string[]> =>
  (await fixture.storage.audit.list({ caseId: open.id, limit: 50 })).map(
    ({ username, action, target }) => `${username} ${action} ${target}`,
  );

describe('a case', () => {
  test('is its owner’s alone until others are made members', async () => {
    expect(open).toMatchObject({
      number: '合公（刑）2026-118',
      owner: 'investigator',
      members: ['investigator'],
      status: 'open',
      items: 0,
    });
    expect((await berta('GET', '/api/cases')).json<Case[]>().map(({ id }) => id)).not.toContain(open.id);
    const attempts: readonly (readonly [Method, string, object?])[] = [
      ['GET', at()],
      ['PATCH', at(), { title: 'Mine' }],
      ['POST', at('/close'), { note: 'over' }],
      ['POST', at('/reopen'), {}],
      ['POST', at('/items'), { sightingId }],
      ['DELETE', at(`/items/${randomUUID()}`)],
      ['POST', at('/convoy'), convoy()],
      ['POST', at('/common'), common()],
      ['POST', at('/export')],
    ];
    for (const [method, url, body] of attempts)
      expect(problemOf(await berta(method, url, body))).toMatchObject({ status: 403, code: 'CASE_FORBIDDEN' });
    // Whoever tries leaves a trace, which the members see.
    expect((await historyOf()).filter((line) => line === `berta case.refused ${open.id}`)).toHaveLength(
      attempts.length,
    );

    const changed = await request('investigator', 'PATCH', at(), { body: { members: ['Berta'] } });
    expect(changed.json<Case>().members).toEqual(['investigator', 'berta']);
    expect((await berta('GET', '/api/cases?status=open')).json<Case[]>().map(({ id }) => id)).toContain(open.id);
    expect((await berta('GET', at())).statusCode).toBe(200);
    expect((await berta('POST', at('/items'), { note: 'seen at the yard' })).statusCode).toBe(200);
    // A member works in it; its frame is the owner's.
    for (const [method, url, body] of [
      ['PATCH', at(), { members: ['berta'] }],
      ['POST', at('/close'), { note: 'over' }],
    ] as const)
      expect(problemOf(await berta(method, url, body)).code).toBe('CASE_OWNER_ONLY');
    await request('investigator', 'PATCH', at(), { body: { members: [] } });
    expect(problemOf(await berta('GET', at())).code).toBe('CASE_FORBIDDEN');
  });

  test('is known to the administrator, who changes its members but sees nothing that is kept in it', async () => {
    const listed = (await request('administrator', 'GET', '/api/cases')).json<Case[]>();
    expect(listed.find(({ id }) => id === open.id)).toMatchObject({ owner: 'investigator' });
    for (const [method, url] of [
      ['GET', at()],
      ['POST', at('/export')],
    ] as const)
      expect(problemOf(await request('administrator', method, url)).code).toBe('CASE_FORBIDDEN');
    const changed = await request('administrator', 'PATCH', at(), { body: { members: ['administrator'] } });
    expect(changed.json<Case>()).toMatchObject({ owner: 'investigator', members: ['investigator', 'administrator'] });
    expect((await request('administrator', 'GET', at())).statusCode).toBe(200);
  });

  test.each(['nobody', 'operator', 'auditor', ''])('%j cannot be made a member', async (name) => {
    const response = await request('investigator', 'PATCH', at(), { body: { members: ['berta', name] } });
    expect(problemOf(response)).toMatchObject({ status: 400, code: 'CASE_MEMBER_UNSUITABLE', field: 'members' });
    const listed = (await request('investigator', 'GET', '/api/cases')).json<Case[]>();
    expect(listed.find(({ id }) => id === open.id)?.members).toEqual(['investigator']);
  });

  test.each(ROLES.filter((role) => role !== 'investigator' && role !== 'administrator'))(
    'is not there for the %s',
    async (role) => {
      for (const [method, url] of [
        ['GET', '/api/cases'],
        ['GET', at()],
        ['POST', at('/export')],
      ] as const)
        expect(problemOf(await request(role, method, url)).code).toBe('NOT_ALLOWED');
      // Not even with its number in hand.
      const search = { purpose: 'case 7', from: iso(START_MS), to: iso(Date.now()), caseId: open.id };
      const response = await request(role, 'POST', '/api/sightings/export', { body: search });
      expect(problemOf(response).code).toBe('NOT_ALLOWED');
    },
  );

  test('takes nothing more once it is closed, and shows what it has', async () => {
    await request('investigator', 'POST', at('/items'), { body: { note: 'the last' } });
    const closed = await request('investigator', 'POST', at('/close'), { body: { note: 'solved' } });
    expect(closed.json()).toMatchObject({ status: 'closed', closingNote: 'solved' });
    expect(Date.parse(closed.json<Case>().expiresAt)).toBeLessThanOrEqual(Date.now() + 30 * DAY_MS);
    for (const [method, url, body] of [
      ['PATCH', at(), { title: 'Another' }],
      ['POST', at('/close'), { note: 'again' }],
      ['POST', at('/items'), { note: 'one more' }],
      ['POST', at('/convoy'), convoy()],
      ['POST', at('/common'), common()],
    ] as const)
      expect(problemOf(await request('investigator', method, url, { body })).code).toBe('CASE_CLOSED');
    expect((await request('investigator', 'GET', at())).json<CaseDetail>().items).toMatchObject([{ note: 'the last' }]);
    expect((await request('investigator', 'POST', at('/export'))).statusCode).toBe(200);
    const reopened = await request('investigator', 'POST', at('/reopen'));
    expect(reopened.json<Case>()).toMatchObject({ status: 'open', expiresAt: open.expiresAt });
    expect(reopened.json<Case>().closedAt).toBeUndefined();
  });

  test.each([
    [{ expiresAt: iso(Date.now() + 367 * DAY_MS) }, 'expiresAt', 'CASE_EXPIRY_INVALID'],
    [{ expiresAt: iso(Date.now() - 1000) }, 'expiresAt', 'CASE_EXPIRY_INVALID'],
    [{ expiresAt: '2016-12-31T23:59:60Z' }, 'expiresAt', 'REQUEST_INVALID'],
    [{ reason: 'x' }, 'reason', 'REQUEST_INVALID'],
    [{ number: undefined }, 'number', 'REQUEST_INVALID'],
  ])('is not made of %j', async (changes, field, code) => {
    const response = await request('investigator', 'POST', '/api/cases', { body: input(changes) });
    expect(problemOf(response)).toMatchObject({ status: 400, field, code });
  });
});

describe('what is kept in a case', () => {
  test('is the sighting with its picture and notes, once', async () => {
    const add = async (body: object): Promise<CaseItem> =>
      (await request('investigator', 'POST', at('/items'), { body })).json<CaseItem>();
    const first = await add({ sightingId });
    expect(first).toMatchObject({ kind: 'sighting', addedBy: 'investigator', sighting: { sightingId } });
    const again = await add({ sightingId, note: 'the van' });
    await add({ sightingId, note: 'dented' });
    await add({ sightingId, note: 'dented' });
    const note = await add({ note: 'asked the neighbours' });
    expect([again.id, note.kind]).toEqual([first.id, 'note']);
    const detail = (await request('investigator', 'GET', at())).json<CaseDetail>();
    expect(detail.items).toMatchObject([
      { id: first.id, note: 'the van\ndented', sighting: { plate: { text: '皖A00001' }, isRecorded: false } },
      { id: note.id, note: 'asked the neighbours' },
    ]);
    expect(detail.case.items).toBe(2);
    const picture = await request('investigator', 'GET', detail.items[0]?.sighting?.pictureUrl ?? '');
    expect(picture.body).toBe('皖A00001');

    expect((await request('investigator', 'DELETE', at(`/items/${note.id}`))).statusCode).toBe(204);
    expect(problemOf(await request('investigator', 'DELETE', at(`/items/${note.id}`))).code).toBe(
      'CASE_ITEM_NOT_FOUND',
    );
    const nothing = await request('investigator', 'POST', at('/items'), { body: {} });
    expect(problemOf(nothing)).toMatchObject({ status: 400, field: 'sightingId' });
    const none = await request('investigator', 'POST', at('/items'), { body: { sightingId: randomUUID() } });
    expect(problemOf(none).code).toBe('SIGHTING_NOT_FOUND');
  });

  test('stands in its history with who did it and why, one look for a page that stays open', async () => {
    await request('investigator', 'POST', at('/items'), { body: { sightingId } });
    for (let time = 0; time < 3; time++) await request('investigator', 'GET', at());
    await fixture.storage.writer.drain();
    await request('investigator', 'POST', at('/convoy'), { body: convoy() });
    await request('investigator', 'POST', at('/common'), { body: common() });
    await request('investigator', 'POST', at('/export?language=en'));
    await request('investigator', 'PATCH', at(), { body: { title: 'Found van' } });
    const { history } = (await request('investigator', 'GET', at())).json<CaseDetail>();
    expect(history.map(({ by, action, target }) => [by, action, target])).toEqual([
      ['investigator', 'case.change', open.number],
      ['investigator', 'case.export', open.number],
      ['investigator', 'case.common', '2 places'],
      ['investigator', 'case.convoy', '皖A00001'],
      ['investigator', 'case.open', open.number],
      ['investigator', 'case.add_item', '皖A00001'],
      ['investigator', 'case.create', open.number],
    ]);
    expect(new Set(history.map(({ purpose }) => purpose))).toEqual(new Set([`${open.number} theft of a van`]));
    // The auditor sees what was done, and not what is in it.
    const rows = (await request('auditor', 'GET', '/api/audit?limit=20')).json<{ action: string; detail: object }[]>();
    const { plate: _target, ...bounds } = convoy();
    expect(rows.find(({ action }) => action === 'case.convoy')?.detail).toEqual({
      caseId: open.id,
      ...bounds,
      found: 1,
      isCut: false,
    });
    expect(rows.find(({ action }) => action === 'case.common')?.detail).toEqual({
      caseId: open.id,
      ...common(),
      limit: 20,
      found: 2,
      isCut: false,
    });
  });

  test('goes out as a file that says what it is', async () => {
    await request('investigator', 'POST', at('/items'), { body: { sightingId, note: '=1+1' } });
    await request('investigator', 'POST', at('/items'), { body: { note: 'two\nlines' } });
    const response = await request('investigator', 'POST', at('/export?language=zh&timeZone=Asia/Shanghai'));
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(decodeURIComponent(String(response.headers['content-disposition']))).toMatch(
      /filename\*=UTF-8''合公（刑）2026-118-\d{8}\.csv$/,
    );
    expect(
      response.body.startsWith(
        '\uFEFF用途,theft of a van\r\n案件,合公（刑）2026-118 Stolen van\r\n导出人,investigator\r\n',
      ),
    ).toBe(true);
    const lines = response.body.split('\r\n');
    expect(lines.slice(4)).toEqual([
      '成员,investigator',
      '',
      expect.stringMatching(/^类别,加入人,加入时间 \(Asia\/Shanghai\),备注,时间 \(Asia\/Shanghai\),摄像机,/),
      expect.stringMatching(/^过车记录,investigator,[^,]+,'=1\+1|^过车记录,investigator,[^,]+,"'=1\+1",/),
      expect.stringMatching(/^笔记,investigator,[^,]+,"two\nlines"$/),
      '共计行数,2',
      '',
    ]);
    expect(problemOf(await request('investigator', 'POST', at('/export?timeZone=Moon'))).field).toBe('timeZone');
  });
});

function convoy(changes: object = {}): Readonly<Record<string, unknown>> {
  return {
    plate: '皖A00001',
    from: iso(START_MS - HOUR_MS),
    to: iso(START_MS + HOUR_MS),
    withinSeconds: 60,
    minCameras: 3,
    limit: 20,
    ...changes,
  };
}

function common(): { readonly places: readonly object[] } {
  const place = (camera: string, minutes: number) => ({
    cameraIds: [camera],
    from: iso(START_MS + minutes * 60_000 - 60_000),
    to: iso(START_MS + minutes * 60_000 + 60_000),
  });
  return { places: [place('cam-1', 0), place('cam-3', 20)] };
}

describe('a search that is part of a case', () => {
  const body = () => ({ purpose: 'the yard', from: iso(START_MS), to: iso(Date.now()), caseId: open.id });

  test.each([
    ['/api/sightings/search', {}, 'sighting.search'],
    ['/api/sightings/trajectory', { plate: '皖A00001' }, 'sighting.trajectory'],
    ['/api/sightings/clones', { plate: '皖A00001' }, 'sighting.clones'],
  ])('%s has its number beside the purpose, and is for its members', async (url, changes, action) => {
    const refused = await berta('POST', url, { ...body(), ...changes });
    expect(problemOf(refused)).toMatchObject({ status: 403, code: 'CASE_FORBIDDEN' });
    expect((await request('investigator', 'POST', url, { body: { ...body(), ...changes } })).statusCode).toBe(200);
    const { history } = (await request('investigator', 'GET', at())).json<CaseDetail>();
    expect(history.slice(0, 2)).toMatchObject([
      { by: 'investigator', action, purpose: `the yard (${open.number} theft of a van)` },
      { by: 'berta', action: 'case.refused' },
    ]);
    await request('investigator', 'POST', at('/close'), { body: { note: 'over' } });
    const late = await request('investigator', 'POST', url, { body: { ...body(), ...changes } });
    expect(problemOf(late).code).toBe('CASE_CLOSED');
  });
});

describe('searches over many vehicles', () => {
  test('answer a member of a case', async () => {
    const together = await request('investigator', 'POST', at('/convoy'), { body: convoy() });
    const report = together.json<CompanyReport>();
    expect(report).toMatchObject({ isCut: false, vehicles: [{ plate: '皖A00002', together: 3 }] });
    expect(report.vehicles[0]?.sightings.map(({ cameraName }) => cameraName)).toEqual([
      'Camera cam-1',
      'Camera cam-2',
      'Camera cam-3',
    ]);
    const everywhere = await request('investigator', 'POST', at('/common'), { body: common() });
    expect(
      everywhere
        .json<CompanyReport>()
        .vehicles.map(({ plate }) => plate)
        .toSorted(),
    ).toEqual(['皖A00001', '皖A00002']);
  });

  test('have no address outside a case', async () => {
    for (const url of ['/api/convoy', '/api/common', '/api/sightings/convoy', '/api/cases/convoy'])
      expect((await request('administrator', 'POST', url, { body: convoy() })).statusCode).toBe(404);
  });

  test.each([
    ['/convoy', convoy({ to: iso(START_MS + 24 * HOUR_MS) }), 'CASE_QUESTION_TOO_WIDE', 'to'],
    ['/convoy', convoy({ limit: 51 }), 'REQUEST_INVALID', 'limit'],
    ['/convoy', convoy({ withinSeconds: 601 }), 'REQUEST_INVALID', 'withinSeconds'],
    ['/convoy', convoy({ minCameras: 1 }), 'REQUEST_INVALID', 'minCameras'],
    ['/convoy', convoy({ plate: '皖A0000?' }), 'PLATE_PATTERN_INVALID', undefined],
    ['/common', { places: common().places.slice(1) }, 'REQUEST_INVALID', 'places'],
    ['/common', { places: [common().places[0], common().places[0]] }, 'CASE_PLACES_OVERLAP', 'places.1'],
    [
      '/common',
      { places: [common().places[0], { ...common().places[1], cameraIds: undefined }] },
      'REQUEST_INVALID',
      'places.1.area',
    ],
    [
      '/common',
      {
        places: [
          common().places[0],
          { ...common().places[1], cameraIds: undefined, area: { west: 116, south: 39, east: 117, north: 40 } },
        ],
      },
      'CASE_QUESTION_TOO_WIDE',
      'places.1.area',
    ],
  ])('%s is refused outside its bounds: %#', async (url, body, code, field) => {
    const before = (await historyOf()).length;
    const problem = problemOf(await request('investigator', 'POST', at(url), { body }));
    expect([problem.status, problem.code, problem.field]).toEqual([400, code, field]);
    expect(await historyOf()).toHaveLength(before);
  });
});
