import type { FastifyRequest } from 'fastify';
import { expect, test, vi } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { SESSION_COOKIE, SessionCache, type SessionUser } from './auth.ts';
import { watchSession } from './session-watch.ts';

const anna: SessionUser = { id: 'u1', username: 'anna', role: 'operator', expiresAtMs: Number.MAX_SAFE_INTEGER };

function watch(): {
  find: ReturnType<typeof vi.fn<() => Promise<SessionUser | undefined>>>;
  onEnded: ReturnType<typeof vi.fn<() => void>>;
  stop: () => void;
  wait: (seconds: number) => Promise<void>;
} {
  const clock = new SimulatedClock();
  const find = vi.fn<() => Promise<SessionUser | undefined>>(() => Promise.resolve(anna));
  const onEnded = vi.fn<() => void>();
  const request = { cookies: { [SESSION_COOKIE]: 't' }, sessionUser: anna } as unknown as FastifyRequest;
  const stop = watchSession(request, { sessions: new SessionCache(find), clock }, onEnded);
  const wait = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { find, onEnded, stop, wait };
}

test.each([
  ['is ended', () => Promise.resolve(undefined)],
  ['gets another role', () => Promise.resolve({ ...anna, role: 'auditor' as const })],
])('tells once, within 15 s, that the session %s', async (_what, answer) => {
  const { find, onEnded, wait } = watch();
  await wait(60);
  expect(onEnded).not.toHaveBeenCalled();
  find.mockImplementation(answer);
  await wait(16);
  expect(onEnded).toHaveBeenCalledTimes(1);
  await wait(60);
  expect(onEnded).toHaveBeenCalledTimes(1);
});

test('puts nobody out while the database is away', async () => {
  const { find, onEnded, wait } = watch();
  find.mockImplementation(() => Promise.reject(new Error('connect ECONNREFUSED')));
  await wait(120);
  expect(onEnded).not.toHaveBeenCalled();
  find.mockImplementation(() => Promise.resolve(undefined));
  await wait(16);
  expect(onEnded).toHaveBeenCalledTimes(1);
});

test('says nothing after it was stopped', async () => {
  const { find, onEnded, stop, wait } = watch();
  find.mockImplementation(() => Promise.resolve(undefined));
  stop();
  await wait(60);
  expect([onEnded.mock.calls.length, find.mock.calls.length]).toEqual([0, 0]);
});
