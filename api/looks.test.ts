import { expect, test, vi } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import type { AuditInput } from '#storage/audit/audit-log.ts';
import { Looks } from './looks.ts';

const anna = { id: 'u1', username: 'anna', role: 'operator', expiresAtMs: 0 } as const;
const bert = { ...anna, id: 'u2', username: 'bert' };
const still = { action: 'live.still', target: 'cam-1', detail: {} } as const;
const once = { key: 'cam-1', withinMs: 60_000 };

function open(append: (input: AuditInput) => Promise<void> = () => Promise.resolve()): {
  looks: Looks;
  append: ReturnType<typeof vi.fn<(input: AuditInput) => Promise<void>>>;
  clock: SimulatedClock;
} {
  const clock = new SimulatedClock();
  const spy = vi.fn(append);
  return { looks: new Looks({ log: { append: spy }, clock }), append: spy, clock };
}

test('the same look within its time is written once, for each person and thing by itself', async () => {
  const { looks, append, clock } = open();
  for (let second = 0; second < 60; second++) {
    await looks.note(anna, still, once);
    clock.advance(1000);
  }
  expect(append.mock.calls).toEqual([[{ userId: 'u1', username: 'anna', ...still }]]);
  await looks.note(anna, still, once);
  await looks.note(bert, still, once);
  await looks.note(anna, { ...still, target: 'cam-2' }, { ...once, key: 'cam-2' });
  expect(append).toHaveBeenCalledTimes(4);
});

test('who asks for the same while it is being written waits for it too', async () => {
  const written = Promise.withResolvers<void>();
  const { looks } = open(() => written.promise);
  let shown = 0;
  const both = [1, 2].map(() => looks.note(anna, still, once).then(() => shown++));
  await new Promise((resolve) => setImmediate(resolve));
  expect(shown).toBe(0);
  written.resolve();
  await Promise.all(both);
  expect(shown).toBe(2);
});

test('a look that could not be written is refused, and the next one is tried anew', async () => {
  const { looks, append } = open(() => Promise.reject(new Error('disk full')));
  await expect(looks.note(anna, still, once)).rejects.toThrow('disk full');
  append.mockImplementation(() => Promise.resolve());
  await looks.note(anna, still, once);
  expect(append).toHaveBeenCalledTimes(2);
});

test('looks that are not said to be the same are all written', async () => {
  const { looks, append } = open();
  await looks.note(anna, still);
  await looks.note(anna, still);
  expect(append).toHaveBeenCalledTimes(2);
});
