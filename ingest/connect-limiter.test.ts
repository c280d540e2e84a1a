import { expect, test } from 'vitest';
import { type Clock, SimulatedClock, systemClock } from '#infra/runtime/clock.ts';
import { Supervisor } from '#infra/runtime/supervisor.ts';
import { ConnectLimiter, makeConnectTurns } from './connect-limiter.ts';

const NEVER = new AbortController().signal;

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Lets simulated time pass, with the promises that hang on it. */
async function pass(clock: SimulatedClock, ms: number, stepMs = 5): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs);
    await settle();
  }
}

/** Several limiters that share their turns, as threads do. */
function limiters(count: number, perSecond: number, clock: Clock): ConnectLimiter[] {
  const memory = makeConnectTurns(count);
  return Array.from({ length: count }, (_, slot) => new ConnectLimiter(perSecond, clock, { memory, slot, shiftMs: 0 }));
}

test('lets new connections through at the given rate', async () => {
  const limiter = new ConnectLimiter(50, systemClock);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => limiter.take(NEVER)));
  expect(performance.now() - startedMs).toBeGreaterThan(95);
});

test('threads share one rate, and none of them is left out', async () => {
  const clock = new SimulatedClock();
  const taken = [0, 0, 0];
  for (const [slot, limiter] of limiters(3, 100, clock).entries())
    for (let index = 0; index < 200; index++) void limiter.take(NEVER).then(() => taken[slot]!++);
  await pass(clock, 3000);
  const total = taken.reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(270);
  expect(total).toBeLessThanOrEqual(306);
  expect(Math.min(...taken)).toBeGreaterThan(50);
});

test('one that gives up leaves its place to the next', async () => {
  const clock = new SimulatedClock();
  const limiter = new ConnectLimiter(10, clock);
  const abort = new AbortController();
  const order: string[] = [];
  for (const [name, signal] of [
    ['first', NEVER],
    ['gone', abort.signal],
    ['next', NEVER],
  ] as const)
    void limiter.take(signal).then(() => order.push(name));
  abort.abort();
  await pass(clock, 110);
  expect(order.toSorted()).toEqual(['first', 'gone', 'next']);
  await limiter.take(abort.signal);
});

test('cameras that fail for ever give way to healthy ones on any thread, but are tried still', async () => {
  const clock = new SimulatedClock();
  const [one, two] = limiters(2, 100, clock) as [ConnectLimiter, ConnectLimiter];
  let failingTries = 0;
  const failing = async (limiter: ConnectLimiter): Promise<void> => {
    for (;;) {
      await limiter.take(NEVER, 'failing');
      failingTries++;
    }
  };
  // Far more of them than there are turns.
  for (let index = 0; index < 500; index++) void failing(index % 2 === 0 ? one : two);
  await pass(clock, 1000);
  expect(failingTries).toBeGreaterThan(90);
  const before = failingTries;
  let healthy = 0;
  for (let index = 0; index < 150; index++) void two.take(NEVER).then(() => healthy++);
  await pass(clock, 2000);
  // 200 turns in this time: at most a quarter for those that fail while healthy ones wait.
  expect(healthy).toBe(150);
  expect(failingTries - before).toBeGreaterThanOrEqual(40);
  const waits: number[] = [];
  for (let index = 0; index < 20; index++) {
    const startedMs = clock.nowMs();
    void one.take(NEVER).then(() => waits.push(clock.nowMs() - startedMs));
    await pass(clock, 100);
  }
  expect(waits).toHaveLength(20);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60);
}, 30_000);

test('after a city-wide power cut 20,000 cameras come back spread, on four threads together within the rate', async () => {
  const clock = new SimulatedClock();
  const cameras = 20_000;
  const perSecond = 200;
  const powerCutMs = 60_000;
  const shared = limiters(4, perSecond, clock);
  const startMs = clock.nowMs();
  const tries = Array.from({ length: 1000 }, () => 0);
  const connects = Array.from({ length: 1000 }, () => 0);
  const closers: Supervisor[] = [];
  let live = 0;
  for (let index = 0; index < cameras; index++) {
    const limiter = shared[index % shared.length]!;
    let failures = 0;
    // All lost their connection in the same second.
    closers.push(
      new Supervisor(
        async (signal) => {
          await limiter.take(signal, failures >= 3 ? 'failing' : 'healthy');
          if (signal.aborted) return;
          const second = Math.floor((clock.nowMs() - startMs) / 1000);
          tries[second]!++;
          failures++;
          if (clock.nowMs() - startMs < powerCutMs) throw new Error('no power');
          connects[second]!++;
          live++;
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        },
        {
          clock,
          options: { initialMs: 500, maxMs: 2000, jitter: 1, healthyAfterMs: 30_000 },
          hooks: { onRetry: () => undefined },
        },
      ),
    );
  }
  let seconds = 0;
  while (live < cameras && seconds < 400) {
    await pass(clock, 1000, 20);
    seconds++;
  }
  expect(live).toBe(cameras);
  // All are back as soon as the rate allows: 100 s after the power is.
  expect(seconds).toBeLessThanOrEqual(60 + cameras / perSecond + 20);
  const busy = connects.filter((count) => count > 0);
  expect(Math.max(...tries)).toBeLessThanOrEqual(perSecond * 1.06);
  expect(Math.max(...busy)).toBeLessThanOrEqual(perSecond * 1.06);
  expect(busy.length).toBeGreaterThanOrEqual(cameras / (perSecond * 1.06));
  // No second stands idle while cameras wait.
  expect(Math.min(...busy.slice(1, -2))).toBeGreaterThan(perSecond * 0.8);
  await Promise.all(closers.map((supervisor) => supervisor.close()));
}, 60_000);
