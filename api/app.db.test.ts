import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ROLES } from '#storage/users/user-repository.ts';
import type { Permission } from './contract/session.ts';
import { PERMISSIONS } from './permissions.ts';
import { type Method, problemOf, type Requester, requesterOf } from './testing/requests.ts';
import { openTestApp, type TestApp } from './testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

/** Every route of the API, and who may use it: any of these permissions, anybody signed in, or anybody at all. */
const ROUTES: Readonly<Record<string, readonly Permission[] | 'signed in' | 'open'>> = {
  'POST /api/session': 'open',
  'DELETE /api/session': 'open',
  'GET /api/session': 'signed in',
  'POST /api/session/password': 'signed in',
  'GET /api/system': 'signed in',
  'GET /api/map': 'signed in',
  'GET /api/hygiene-items': 'signed in',
  'GET /api/cameras': ['wall.view', 'camera.manage', 'kitchen.review', 'vehicle.search'],
  'GET /api/cameras/{id}': ['wall.view', 'camera.manage', 'kitchen.review', 'vehicle.search'],
  'GET /api/cameras/{id}/history': ['wall.view', 'camera.manage', 'kitchen.review', 'vehicle.search'],
  'GET /api/cameras/{id}/still.jpg': ['wall.view', 'kitchen.review', 'camera.manage'],
  'POST /api/cameras': ['camera.manage'],
  'PUT /api/cameras/{id}': ['camera.manage'],
  'DELETE /api/cameras/{id}': ['camera.manage'],
  'POST /api/cameras/probe': ['camera.manage'],
  'POST /api/cameras/discover': ['camera.manage'],
  'POST /api/cameras/{id}/ptz': ['camera.control'],
  'GET /api/cameras/{id}/presets': ['camera.control', 'camera.manage'],
  'POST /api/cameras/{id}/presets': ['camera.manage'],
  'PUT /api/cameras/{id}/presets/{token}': ['camera.manage'],
  'DELETE /api/cameras/{id}/presets/{token}': ['camera.manage'],
  'GET /api/cameras/{id}/imaging': ['camera.control', 'camera.manage'],
  'PUT /api/cameras/{id}/imaging': ['camera.manage'],
  'GET /api/cameras/{id}/ptz-lock': ['camera.control'],
  'POST /api/cameras/{id}/ptz-lock': ['camera.control'],
  'DELETE /api/cameras/{id}/ptz-lock': ['camera.control'],
  'GET /api/cameras/{id}/counts': ['wall.view', 'camera.manage', 'kitchen.review', 'vehicle.search'],
  'POST /api/cameras/{id}/synchronize': ['camera.control'],
  'GET /api/live/ways': ['wall.view'],
  'POST /api/live/key-frames': ['wall.view', 'kitchen.review', 'camera.manage'],
  'POST /api/live/tokens': ['wall.view'],
  'POST /api/live/whep/{cameraId}': ['wall.view'],
  'DELETE /api/live/whep/{cameraId}/{sessionId}': ['wall.view'],
  'GET /api/events': ['wall.view', 'kitchen.review', 'vehicle.search'],
  'GET /api/events/stream': ['wall.view', 'kitchen.review', 'vehicle.search'],
  'GET /api/recordings/{cameraId}/timeline': ['recording.view'],
  'GET /api/recordings/segments/{segmentId}': ['recording.view'],
  'GET /api/recordings/{cameraId}/open/{segmentId}': ['recording.view'],
  'GET /api/recordings/{cameraId}/still.jpg': ['recording.view'],
  'GET /api/bookmarks': ['recording.view'],
  'POST /api/bookmarks': ['recording.view'],
  'DELETE /api/bookmarks/{id}': ['recording.view'],
  'POST /api/bookmarks/{id}/restore': ['recording.view'],
  'GET /api/exports': ['recording.export'],
  'POST /api/exports': ['recording.export'],
  'DELETE /api/exports/{id}': ['recording.export'],
  'GET /api/exports/{id}/files/{file}': ['recording.export'],
  'GET /api/wall/layouts': ['wall.view'],
  'POST /api/wall/layouts': ['wall.view'],
  'PUT /api/wall/layouts/{id}': ['wall.view'],
  'DELETE /api/wall/layouts/{id}': ['wall.view'],
  'POST /api/wall/layouts/{id}/restore': ['wall.view'],
  'POST /api/wall/acknowledgements': ['wall.view'],
  'POST /api/wall/snapshots': ['wall.view'],
  'POST /api/sightings/search': ['vehicle.search'],
  'POST /api/sightings/trajectory': ['vehicle.search'],
  'POST /api/sightings/clones': ['vehicle.search'],
  'POST /api/sightings/export': ['vehicle.search'],
  'GET /api/sightings/{id}': ['vehicle.search'],
  'GET /api/evidence/{*}': ['vehicle.search', 'kitchen.review', 'wall.view'],
  'GET /api/kitchens': ['kitchen.review'],
  'GET /api/kitchens/{id}/setup': ['camera.manage'],
  'PUT /api/kitchens/{id}/setup': ['camera.manage'],
  'POST /api/kitchens/{id}/reference': ['camera.manage'],
  'GET /api/kitchens/{id}/reference.jpg': ['camera.manage', 'kitchen.review'],
  'POST /api/kitchens/{id}/trials': ['camera.manage'],
  'GET /api/kitchens/{id}/trials/{trialId}': ['camera.manage'],
  'DELETE /api/kitchens/{id}/trials/{trialId}': ['camera.manage'],
  'GET /api/kitchens/{id}/trials/{trialId}/pictures/{violationId}.jpg': ['camera.manage'],
  'GET /api/violations': ['kitchen.review'],
  'GET /api/violations/{id}': ['kitchen.review'],
  'POST /api/violations/{id}/review': ['kitchen.review'],
  'POST /api/violations/{id}/clip': ['kitchen.review'],
  'POST /api/violations/{id}/remedy': ['kitchen.review'],
  'POST /api/violations/{id}/link': ['kitchen.review'],
  'DELETE /api/violations/{id}/link': ['kitchen.review'],
  'POST /api/violations/{id}/accept': ['kitchen.review'],
  'POST /api/violations/{id}/recheck': ['kitchen.review'],
  'POST /api/violations/{id}/undo': ['kitchen.review'],
  'GET /api/remedy': 'open',
  'GET /api/remedy/picture': 'open',
  'POST /api/remedy/answer': 'open',
  'GET /api/kitchen-reports': ['kitchen.review'],
  'POST /api/kitchen-reports/export': ['kitchen.review'],
  'GET /api/kitchen-items': ['kitchen.review'],
  'PUT /api/kitchen-items/{cameraId}/{item}/threshold': ['kitchen.review'],
  'POST /api/kitchen-items/{cameraId}/{item}/release': ['kitchen.review'],
  'POST /api/kitchen-dataset': ['kitchen.export'],
  'GET /api/webhooks': ['webhook.manage'],
  'POST /api/webhooks': ['webhook.manage'],
  'DELETE /api/webhooks/{id}': ['webhook.manage'],
  'GET /api/watchlist': ['watchlist.manage'],
  'POST /api/watchlist': ['watchlist.manage'],
  'DELETE /api/watchlist/{id}': ['watchlist.manage'],
  'GET /api/watchlist/hits': ['watchlist.manage'],
  'POST /api/watchlist/hits/{id}/decision': ['watchlist.manage'],
  'GET /api/cases': ['case.manage'],
  'POST /api/cases': ['case.manage'],
  'GET /api/cases/{id}': ['case.manage'],
  'PATCH /api/cases/{id}': ['case.manage'],
  'POST /api/cases/{id}/close': ['case.manage'],
  'POST /api/cases/{id}/reopen': ['case.manage'],
  'POST /api/cases/{id}/items': ['case.manage'],
  'DELETE /api/cases/{id}/items/{itemId}': ['case.manage'],
  'POST /api/cases/{id}/convoy': ['case.manage'],
  'POST /api/cases/{id}/common': ['case.manage'],
  'POST /api/cases/{id}/export': ['case.manage'],
  'GET /api/audit': ['audit.read'],
};
/** They have no place in an OpenAPI document. */
const SOCKETS: typeof ROUTES = { 'GET /api/live/webrtc': ['wall.view'], 'GET /api/live/fmp4': ['wall.view'] };
const ALL_ROUTES: typeof ROUTES = { ...ROUTES, ...SOCKETS };

function split(route: string): { readonly method: Method; readonly url: string } {
  const [method = '', pattern = ''] = route.split(' ');
  return { method: method as Method, url: pattern.replaceAll(/\{[^}]*\}/g, 'x') };
}

describe('the routes', () => {
  test('the API page describes each of them, and none that the list above does not know', async () => {
    const document = (await request(undefined, 'GET', '/docs/api/json')).json<{
      openapi: string;
      paths: Record<string, Record<string, { responses?: object }>>;
    }>();
    expect(document.openapi).toMatch(/^3\./);
    const described = Object.entries(document.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}`),
    );
    expect(described.filter((route) => route.includes('/api/')).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
    expect(described.filter((route) => !route.includes('/api/')).toSorted()).toEqual([
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
    ]);
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods)))
      expect(operation.responses).toBeTypeOf('object');
    expect((await request(undefined, 'GET', '/docs/api/')).statusCode).toBe(200);
  });

  test.each(Object.entries(ALL_ROUTES))('without a session: %s', async (route, who) => {
    const { method, url } = split(route);
    for (const cookie of ['', 'vantage_session=made-up']) {
      // The body is not even looked at.
      const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? '{ "broken' : undefined;
      const response = await request(undefined, method, url, {
        headers: { ...(cookie ? { cookie } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body } : {}),
      });
      if (who === 'open') expect(response.statusCode).not.toBe(401);
      else expect(problemOf(response)).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' });
    }
  });

  describe.each(ROLES)('as %s', (role) => {
    const limited = Object.entries(ALL_ROUTES).flatMap(([route, who]) =>
      typeof who === 'string' ? [] : [[route, who] as const],
    );
    test.each(limited)('%s', async (route, permissions: readonly Permission[]) => {
      const { method, url } = split(route);
      const mayPass = permissions.some((permission: Permission) => PERMISSIONS[role].includes(permission));
      // An answer that never ends; that it may be had is shown elsewhere.
      if (mayPass && url === '/api/events/stream') return;
      const response = await request(role, method, url, method === 'GET' || method === 'DELETE' ? {} : { body: {} });
      if (mayPass) expect([200, 204, 400, 404]).toContain(response.statusCode);
      else expect(problemOf(response)).toMatchObject({ status: 403, code: 'NOT_ALLOWED' });
    });
  });

  test('the auditor sees no picture and searches for nobody; only auditor and administrator read the log', () => {
    expect(PERMISSIONS.auditor).toEqual(['audit.read']);
    const readers = ROLES.filter((role) => PERMISSIONS[role].includes('audit.read'));
    expect(readers).toEqual(['administrator', 'auditor']);
  });
});

describe('bad input', () => {
  const search = { purpose: 'case 7', from: '2026-11-23T00:00:00Z', to: '2026-11-23T01:00:00Z' };

  test.each([
    ['/api/sightings/search', { ...search, purpose: undefined }, 'purpose'],
    ['/api/sightings/search', { ...search, purpose: 'x' }, 'purpose'],
    ['/api/sightings/search', { ...search, from: 'yesterday' }, 'from'],
    ['/api/sightings/search', { ...search, limit: 501 }, 'limit'],
    ['/api/sightings/search', { ...search, vehicleType: 'person' }, 'vehicleType'],
    ['/api/sightings/search', { ...search, to: search.from }, 'to'],
    ['/api/sightings/search', { ...search, to: '2028-01-01T00:00:00Z' }, 'to'],
    ['/api/sightings/trajectory', { ...search, plate: '京' }, 'plate'],
    ['/api/watchlist', { plate: '京A12345', reason: 'case 7', expiresAt: '2000-01-01T00:00:00Z' }, 'expiresAt'],
    ['/api/watchlist', { plate: '京A12345', reason: 'case 7', expiresAt: '2016-12-31T23:59:60Z' }, 'expiresAt'],
    ['/api/webhooks', { name: 'w', url: 'http://user:pass@host/', kinds: ['watchlist.hit'] }, 'url'],
    ['/api/webhooks', { name: 'w', url: 'ftp://host/', kinds: ['watchlist.hit'] }, 'url'],
    ['/api/webhooks', { name: 'w', url: 'http://host/', kinds: ['watchlist.hit', 'watchlist.hit'] }, 'kinds'],
    ['/api/webhooks', { name: 'w', url: 'http://host/', kinds: ['vehicle.sighting'] }, 'kinds.0'],
  ])('%s names the field: %j', async (url, body, field) => {
    const count = (await fixture.storage.audit.list({ limit: 500 })).length;
    expect(problemOf(await request('administrator', 'POST', url, { body }))).toMatchObject({ status: 400, field });
    expect(await fixture.storage.audit.list({ limit: 500 })).toHaveLength(count);
  });

  test.each([
    '/api/cameras/%00',
    '/api/sightings/%00',
    '/api/events?cameraId=%00',
    '/api/events?before=2016-12-31T23:59:60Z',
    '/api/events?kinds=person.face',
    '/api/audit?before=abc',
    '/api/audit?before=1e400',
    '/api/violations?state=none',
    '/api/recordings/cam-1/timeline?from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z',
  ])('is the fault of who asks, not of the server: %s', async (url) => {
    const { statusCode } = await request('administrator', 'GET', url);
    expect([400, 404]).toContain(statusCode);
  });

  test('JSON that is none, and another content type', async () => {
    const headers = { 'content-type': 'application/json' };
    const broken = await request('administrator', 'POST', '/api/webhooks', { body: '{"a":', headers });
    expect(problemOf(broken)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    const xml = await request('administrator', 'POST', '/api/webhooks', {
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(problemOf(xml)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  test('a prototype in the body changes nothing', async () => {
    const body = '{"username":"operator","password":"guess","__proto__":{"role":"administrator"}}';
    const headers = { 'content-type': 'application/json' };
    expect((await request(undefined, 'POST', '/api/session', { body, headers })).statusCode).toBe(400);
  });

  test('a body of more than a megabyte', async () => {
    const response = await request('administrator', 'POST', '/api/webhooks', { body: { name: 'x'.repeat(1_000_001) } });
    expect(problemOf(response).code).toBe('REQUEST_TOO_LARGE');
  });
});

describe('pages', () => {
  test('every address of a page gives the page, with a policy that lets in nothing from outside', async () => {
    for (const url of ['/', '/some/page', '/wall?layout=4', '/apidocs']) {
      const response = await request(undefined, 'GET', url, { headers: { accept: 'text/html,*/*' } });
      expect([response.statusCode, response.body]).toEqual([200, expect.stringContaining('the page')]);
      expect(response.headers['cache-control']).toBe('no-cache');
      const policy = String(response.headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:/);
      expect(response.headers['x-content-type-options']).toBe('nosniff');
    }
    const asset = await request(undefined, 'GET', '/assets/app-1234.js');
    expect([asset.statusCode, asset.headers['content-type']]).toEqual([
      200,
      expect.stringMatching(/^(text|application)\/javascript/),
    ]);
  });

  test.each([
    ['/api/none', 'text/html'],
    ['/api', 'text/html'],
    ['/docs/none', 'text/html'],
    ['/assets/none.js', '*/*'],
    ['/../package.json', '*/*'],
    ['/..%2f..%2fpackage.json', '*/*'],
  ])('%s is not there', async (url, accept) => {
    const response = await request('administrator', 'GET', url, { headers: { accept } });
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(problemOf(response).code).toMatch(/NOT_FOUND|REQUEST_INVALID/);
  });

  test('the process tells that it lives, is ready, and its figures', async () => {
    expect((await request(undefined, 'GET', '/healthz')).json()).toEqual({ status: 'ok' });
    expect((await request(undefined, 'GET', '/readyz')).json()).toEqual({ status: 'ready' });
    const metrics = await request(undefined, 'GET', '/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
  });
});
