import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { SESSION_IDLE_MS, SessionRepository } from './session-repository.ts';
import { UserRepository } from './user-repository.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let clock: SimulatedClock;
let users: UserRepository;
let sessions: SessionRepository;

beforeAll(async () => {
  database = await openTestDatabase(inject('databaseUrl'));
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('users').execute();
  clock = new SimulatedClock();
  users = new UserRepository({ db: database.db, clock, passwordCost: { N: 1024, r: 8, p: 1 } });
  sessions = new SessionRepository({ db: database.db, clock });
});

const anna = { username: 'Anna', role: 'investigator', password: 'correct horse' } as const;

test('signs in with the right password, whatever the case of the name', async () => {
  await users.create(anna);
  expect(await users.authenticate('anna', 'correct horse')).toMatchObject({ username: 'Anna', role: 'investigator' });
  expect(await users.authenticate('anna', 'Correct horse')).toBeUndefined();
  expect(await users.authenticate('nobody', 'correct horse')).toBeUndefined();
});

test('refuses a second user of the same name', async () => {
  await users.create(anna);
  await expect(users.create({ ...anna, username: 'ANNA' })).rejects.toMatchObject({ code: 'USER_EXISTS' });
});

test('makes one first administrator, also when asked twice at once, and none when there is a user', async () => {
  const made = await Promise.all([users.createFirstAdministrator(), users.createFirstAdministrator()]);
  const [administrator, ...others] = made.filter((result) => result !== undefined);
  expect(others).toEqual([]);
  expect(await users.authenticate(administrator!.username, administrator!.password)).toMatchObject({
    role: 'administrator',
  });
  expect(await users.createFirstAdministrator()).toBeUndefined();
});

test('a session is found by its token, as long as it is used', async () => {
  const { userId } = await users.create(anna);
  const { token, expiresAtMs } = await sessions.create(userId);
  expect(expiresAtMs).toBe(clock.nowMs() + SESSION_IDLE_MS);
  clock.advance(SESSION_IDLE_MS - 1000);
  expect(await sessions.find(token)).toMatchObject({ user: { username: 'Anna' } });
  clock.advance(SESSION_IDLE_MS - 1000);
  expect(await sessions.find(token)).toBeDefined();
  clock.advance(SESSION_IDLE_MS + 1000);
  expect(await sessions.find(token)).toBeUndefined();
  expect(await sessions.deleteExpired()).toBe(1);
});

test('a session ends when it is deleted, and a wrong token finds none', async () => {
  const { userId } = await users.create(anna);
  const { token } = await sessions.create(userId);
  expect(await sessions.find(`${token.slice(0, -1)}_`)).toBeUndefined();
  await sessions.delete(token);
  expect(await sessions.find(token)).toBeUndefined();
});

test('a new password ends the other sessions of the user', async () => {
  const { userId } = await users.create(anna);
  const [kept, other] = [await sessions.create(userId), await sessions.create(userId)];
  const session = await sessions.find(kept.token);
  await users.setPassword(userId, 'another secret', session!.tokenHash);
  expect(await users.authenticate('Anna', 'another secret')).toBeDefined();
  expect(await users.authenticate('Anna', 'correct horse')).toBeUndefined();
  expect(await sessions.find(kept.token)).toBeDefined();
  expect(await sessions.find(other.token)).toBeUndefined();
  await expect(users.setPassword('nobody', 'x')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
});
