import { expect, test } from 'vitest';
import { ReadRounds, type ReadTurn } from './read-rounds.ts';

const INTERVAL_MS = 100;

interface Connection {
  readonly turn: ReadTurn;
  resumed: number;
}

function joined(rounds: ReadRounds): Connection {
  const connection = { resumed: 0, turn: rounds.join(() => void connection.resumed++) };
  return connection;
}

function patient(rounds: ReadRounds): Connection {
  const connection = joined(rounds);
  connection.turn.setPatient(true);
  return connection;
}

/** Rounds of 10 ms. */
function run(rounds: ReadRounds, fromMs: number, toMs: number, each: () => void = () => undefined): void {
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 10) {
    rounds.round(nowMs);
    each();
  }
}

test('a patient connection reads once in each interval', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  rounds.start();
  const one = patient(rounds);
  let reads = 0;
  let seen = -1;
  run(rounds, 0, 10_000, () => {
    if (one.resumed === seen) return;
    seen = one.resumed;
    reads++;
    expect(one.turn.hasRead(20_000)).toBe(false);
  });
  expect(reads).toBeGreaterThanOrEqual(99);
  expect(reads).toBeLessThanOrEqual(102);
});

/** Reads in ten seconds of a connection that brings so much. */
function readsOf(bytesPerSecond: number, intervalMs: number): { readonly reads: number; readonly mostBytes: number } {
  const rounds = new ReadRounds(intervalMs);
  rounds.start();
  const one = patient(rounds);
  let [reads, seen, waiting, mostBytes] = [0, 0, 0, 0];
  let isReading = true;
  run(rounds, 0, 20_000, () => {
    waiting += bytesPerSecond / 100;
    if (one.resumed === seen && !isReading) return;
    seen = one.resumed;
    reads++;
    // The first second tells the rate.
    if (reads > 20) mostBytes = Math.max(mostBytes, waiting);
    isReading = one.turn.hasRead(waiting);
    waiting = 0;
  });
  return { reads: reads / 2, mostBytes };
}

test('the more a connection brings, the sooner its turn comes again', () => {
  // 0.5, 2, 4 Mbit/s.
  const [sub, main, large] = [62_500, 250_000, 500_000].map((rate) => readsOf(rate, 160));
  expect(sub!.reads).toBeGreaterThan(58);
  expect(sub!.reads).toBeLessThan(66);
  expect(main!.reads).toBeGreaterThan(70);
  expect(main!.reads).toBeLessThan(80);
  expect(large!.reads).toBeGreaterThan(130);
  // Never as much as closes the camera's window, once its rate is known.
  expect(main!.mostBytes).toBeLessThan(48 * 1024);
});

test('one that finds much goes on reading at once: its window would close otherwise', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  rounds.start();
  const { turn } = patient(rounds);
  expect(turn.hasRead(60_000)).toBe(true);
  expect(turn.hasRead(20_000)).toBe(false);
});

test('one that somebody waits for reads whatever comes, and what waits at once', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  rounds.start();
  const one = joined(rounds);
  expect(one.turn.hasRead(10)).toBe(true);
  one.turn.setPatient(true);
  expect(one.turn.hasRead(10)).toBe(false);
  one.turn.setPatient(false);
  expect(one.resumed).toBe(1);
  expect(one.turn.hasRead(10)).toBe(true);
  // Nothing waits any more: no second time.
  run(rounds, 0, 1000);
  expect(one.resumed).toBe(1);
});

test('turns are spread over the interval', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  rounds.start();
  const all = Array.from({ length: 100 }, () => patient(rounds));
  for (const { turn } of all) turn.hasRead(10);
  const each: number[] = [];
  let before = 0;
  run(rounds, 0, 110, () => {
    const now = all.reduce((sum, { resumed }) => sum + resumed, 0);
    each.push(now - before);
    before = now;
  });
  expect(before).toBe(100);
  expect(Math.max(...each)).toBeLessThanOrEqual(15);
});

test('nobody waits before the rounds begin, nor after they end, nor without an interval', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  const one = patient(rounds);
  expect([one.turn.hasRead(10), rounds.isPatient]).toEqual([true, false]);
  rounds.start();
  expect([one.turn.hasRead(10), rounds.isPatient]).toEqual([false, true]);
  rounds.stop();
  expect([one.resumed, one.turn.hasRead(10)]).toEqual([1, true]);
  const none = new ReadRounds(0);
  none.start();
  expect(patient(none).turn.hasRead(10)).toBe(true);
});

test('the rounds are patient as long as all who are still there are', () => {
  const rounds = new ReadRounds(INTERVAL_MS);
  rounds.start();
  patient(rounds);
  const other = joined(rounds);
  expect(rounds.isPatient).toBe(false);
  other.turn.leave();
  expect(rounds.isPatient).toBe(true);
  run(rounds, 0, 1000);
  expect(other.resumed).toBe(0);
});
