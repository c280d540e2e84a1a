import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capturedSessions, filesIn, FUZZ_FOLDER } from './corpus.ts';
import { BrokenPromise, type FuzzTarget, must, refusal } from './fuzz-target.ts';
import { mutate, seededRandom } from './mutate.ts';
import { packetsOf } from './session-reading.ts';
import { TARGETS } from './targets.ts';

/** For each target and kind of input: enough to notice what is broken at once; `fuzz.ts` looks deeper. */
const TIME_LIMIT_MS = 600;

/** Ends early on a busy machine; what was tried counts. */
async function check(target: FuzzTarget, inputs: fc.Arbitrary<Buffer>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (bytes) => await target.run(bytes)),
    { numRuns: 400, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: false },
  );
}

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (name, target) => {
  const seeds = target.seeds();

  test('takes its seeds as they are', async () => {
    expect(seeds.length).toBeGreaterThan(0);
    for (const seed of seeds) await target.run(seed);
  });

  test('keeps its promises for any bytes', async () => {
    await check(
      target,
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    );
  });

  test('keeps its promises for good inputs cut short', async () => {
    await check(
      target,
      fc.tuple(fc.nat(seeds.length - 1), fc.double({ min: 0, max: 1, noNaN: true })).map(([index, share]) => {
        const seed = seeds[index] ?? Buffer.alloc(0);
        return seed.subarray(0, Math.floor(seed.length * share));
      }),
    );
  });

  test('keeps its promises for good inputs damaged', async () => {
    await check(
      target,
      fc.nat(2 ** 31 - 1).map((seed) => mutate(seeds, seededRandom(seed), target.words)),
    );
  });

  test('stays mended where it was found broken', async () => {
    for (const { bytes } of filesIn(name)) await target.run(bytes);
  });
});

test('every folder of findings belongs to a target', () => {
  const names = ['sessions', ...TARGETS.map(({ name }) => name)];
  for (const entry of readdirSync(FUZZ_FOLDER, { withFileTypes: true })) {
    if (entry.isDirectory()) expect(names).toContain(entry.name);
  }
});

test('the captured sessions hold answers, pictures and reports', () => {
  const sessions = capturedSessions();
  expect(sessions.length).toBeGreaterThanOrEqual(2);
  for (const session of sessions) {
    const packets = packetsOf(session);
    expect(packets.filter(({ channel }) => channel === 0).length).toBeGreaterThan(20);
    expect(packets.some(({ channel }) => channel === 1)).toBe(true);
  }
});

test('a seed of the random row gives the same damage again', () => {
  const seeds = [Buffer.from('one two three 123'), Buffer.from('four')];
  const row = (seed: number): string[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, () => mutate(seeds, random, ['word']).toString('hex'));
  };
  expect(row(5)).toEqual(row(5));
  expect(row(5)).not.toEqual(row(6));
  expect(seeds.map(String)).toEqual(['one two three 123', 'four']);
});

test('a refusal passes for a refusal only with a code that may be', () => {
  expect(refusal([], () => undefined)).toBeUndefined();
  expect(() => refusal(['RTSP_PROTOCOL'], () => must(false, 'holds'))).toThrow(BrokenPromise);
});
