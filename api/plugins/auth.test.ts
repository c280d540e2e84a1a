import { expect, test, vi } from 'vitest';
import { SessionCache, type SessionUser } from './auth.ts';

const END_MS = 1_000_000;
const anna: SessionUser = { id: 'u1', username: 'anna', role: 'operator', expiresAtMs: END_MS };

function away(): Promise<never> {
  return Promise.reject(new Error('connect ECONNREFUSED'));
}

test('a session is asked of the database at most every five seconds', async () => {
  const find = vi.fn(() => Promise.resolve<SessionUser | undefined>(anna));
  const cache = new SessionCache(find);
  for (const nowMs of [0, 1000, 4999]) expect(await cache.find('t', nowMs)).toBe(anna);
  expect(find).toHaveBeenCalledTimes(1);
  await cache.find('t', 5000);
  expect(find).toHaveBeenCalledTimes(2);
});

test('a session that was ended elsewhere is over within five seconds, and does not come back', async () => {
  const find = vi.fn(() => Promise.resolve<SessionUser | undefined>(anna));
  const cache = new SessionCache(find);
  await cache.find('t', 0);
  find.mockImplementation(() => Promise.resolve(undefined));
  expect(await cache.find('t', 5000)).toBeUndefined();
  find.mockImplementation(away);
  await expect(cache.find('t', 5001)).rejects.toThrow('ECONNREFUSED');
});

test('a session that was signed out here is over at once', async () => {
  const find = vi.fn(() => Promise.resolve<SessionUser | undefined>(anna));
  const cache = new SessionCache(find);
  await cache.find('t', 0);
  cache.forget('t');
  find.mockImplementation(() => Promise.resolve(undefined));
  expect(await cache.find('t', 1)).toBeUndefined();
});

test('while the database is away who was signed in stays so until the session would end, and nobody else comes in', async () => {
  const find = vi.fn(() => Promise.resolve<SessionUser | undefined>(anna));
  const cache = new SessionCache(find);
  await cache.find('t', 0);
  find.mockImplementation(away);
  expect(await cache.find('t', 600_000)).toBe(anna);
  expect(await cache.find('t', END_MS - 1)).toBe(anna);
  await expect(cache.find('t', END_MS)).rejects.toThrow('ECONNREFUSED');
  await expect(cache.find('another', 0)).rejects.toThrow('ECONNREFUSED');
});

test('a database that does not answer at all is not waited for where the session is known', async () => {
  vi.useFakeTimers();
  try {
    const find = vi.fn(() => Promise.resolve<SessionUser | undefined>(anna));
    const cache = new SessionCache(find);
    await cache.find('t', 0);
    find.mockImplementation(() => new Promise<never>(() => undefined));
    const found = cache.find('t', 10_000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await found).toBe(anna);
  } finally {
    vi.useRealTimers();
  }
});

test('does not grow without bound', async () => {
  const find = vi.fn((token: string) => Promise.resolve<SessionUser | undefined>({ ...anna, id: token }));
  const cache = new SessionCache(find);
  for (let index = 0; index < 10_001; index++) await cache.find(`t${index}`, 0);
  await cache.find('t0', 0);
  expect(find).toHaveBeenCalledTimes(10_002);
  await cache.find('t10000', 0);
  expect(find).toHaveBeenCalledTimes(10_002);
});
