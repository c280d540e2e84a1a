import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { PERMISSIONS } from '../permissions.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, PASSWORD, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

describe('signing in', () => {
  const signIn = (username: string, password: string): Promise<LightMyRequestResponse> =>
    request(undefined, 'POST', '/api/session', { body: { username, password } });

  test('the right password gives a cookie that scripts and other sites do not get, and a session', async () => {
    const response = await signIn('OPERATOR', PASSWORD);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      username: 'operator',
      role: 'operator',
      permissions: PERMISSIONS.operator,
    });
    const [cookie] = response.cookies;
    expect(cookie).toMatchObject({ name: 'vantage_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    const headers = { cookie: `vantage_session=${cookie!.value}` };
    expect((await request(undefined, 'GET', '/api/session', { headers })).json()).toMatchObject({ role: 'operator' });
    expect((await request(undefined, 'DELETE', '/api/session', { headers })).statusCode).toBe(204);
    expect((await request(undefined, 'GET', '/api/session', { headers })).statusCode).toBe(401);
  });

  test('a wrong password and an unknown name are refused in the same words, and both are in the audit log', async () => {
    const answers = [await signIn('operator', 'not it'), await signIn('nobody', PASSWORD)].map(problemOf);
    const [wrong, unknown] = answers.map(({ requestId: _requestId, ...rest }) => rest);
    expect(wrong).toEqual(unknown);
    expect(wrong).toMatchObject({ status: 401, code: 'SIGN_IN_REFUSED' });
    const entries = await fixture.storage.audit.list({ limit: 2 });
    expect(entries).toMatchObject([
      { action: 'session.refused', username: 'nobody' },
      { action: 'session.refused', username: 'operator' },
    ]);
  });

  test('a new password ends the other sessions of the user and keeps this one', async () => {
    await fixture.storage.users.create({ username: 'temp', role: 'operator', password: PASSWORD });
    const cookies = await Promise.all(
      [1, 2].map(async () => `vantage_session=${(await signIn('temp', PASSWORD)).cookies[0]!.value}`),
    );
    const change = (body: object): Promise<LightMyRequestResponse> =>
      request(undefined, 'POST', '/api/session/password', { headers: { cookie: cookies[0]! }, body });
    const next = 'another password, long';
    expect(problemOf(await change({ current: 'wrong', next }))).toMatchObject({ status: 401, field: 'current' });
    expect(problemOf(await change({ current: PASSWORD, next: 'short' }))).toMatchObject({ status: 400, field: 'next' });
    expect((await change({ current: PASSWORD, next })).statusCode).toBe(204);
    const statuses = await Promise.all(
      cookies.map(
        async (cookie) => (await request(undefined, 'GET', '/api/session', { headers: { cookie } })).statusCode,
      ),
    );
    expect(statuses).toEqual([200, 401]);
    expect((await signIn('temp', PASSWORD)).statusCode).toBe(401);
  });
});

describe('limits', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await openTestApp(inject('databaseUrl'), {
      config: { signInsPerMinute: 3, requestsPerMinute: 10, publicOrigin: 'https://video.example.org' },
    });
  });
  afterAll(() => strict.close());

  test.each(['/api/session', '/%61pi/session'])('few sign-ins a minute, at %s', async (url) => {
    const signIn = (address: string): Promise<LightMyRequestResponse> =>
      strict.app.inject({
        method: 'POST',
        url,
        // What a client writes there itself stands before what the proxy adds.
        headers: { 'x-forwarded-for': `${Math.random()}, ${address}` },
        payload: { username: 'operator', password: 'guess' },
      });
    const address = url === '/api/session' ? '192.0.2.1' : '192.0.2.2';
    const statuses = [];
    for (let attempt = 0; attempt < 4; attempt++) statuses.push((await signIn(address)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(problemOf(await signIn(address)).code).toBe('TOO_MANY_REQUESTS');
    expect((await signIn('192.0.2.3')).statusCode).toBe(401);
  });

  test('requests a minute, with a session and without', async () => {
    for (const headers of [{ cookie: strict.cookie('operator') }, {}]) {
      const address = `192.0.2.${'cookie' in headers ? 10 : 11}`;
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 12; attempt++) {
        const all = { ...headers, 'x-forwarded-for': address };
        statuses.push((await strict.app.inject({ url: '/api/system', headers: all })).statusCode);
      }
      expect(statuses.slice(0, 10)).not.toContain(429);
      expect(statuses.slice(10)).toEqual([429, 429]);
    }
  });

  test('behind HTTPS the cookie goes over HTTPS only, and only the public origin may post', async () => {
    const signIn = (origin: string): Promise<LightMyRequestResponse> =>
      strict.app.inject({
        method: 'POST',
        url: '/api/session',
        headers: { origin, 'x-forwarded-for': '192.0.2.20' },
        payload: { username: 'operator', password: PASSWORD },
      });
    const response = await signIn('https://video.example.org');
    expect(response.cookies[0]).toMatchObject({ secure: true });
    expect(response.headers['strict-transport-security']).toContain('max-age=');
    expect(problemOf(await signIn('https://localhost:80')).code).toBe('CROSS_SITE');
  });
});

describe('other sites', () => {
  test.each(['https://evil.example', 'null', 'http://localhost:81', 'http://localhost.evil.example'])(
    'a POST from %s is refused',
    async (origin) => {
      const body = { username: 'operator', password: PASSWORD };
      const response = await request('operator', 'POST', '/api/session', { body, headers: { origin } });
      expect(problemOf(response)).toMatchObject({ status: 403, code: 'CROSS_SITE' });
    },
  );

  test('a POST of our own page passes', async () => {
    const response = await request('operator', 'POST', '/api/session', {
      body: { username: 'operator', password: PASSWORD },
      headers: { origin: 'http://localhost:8080', host: 'localhost:8080' },
    });
    expect(response.statusCode).toBe(200);
  });
});
