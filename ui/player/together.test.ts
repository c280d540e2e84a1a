import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { together } from './together.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

/** Lets everything run that waits for no timer. */
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

function asked(): { shown: string[]; ask: () => PromiseWithResolvers<string> } {
  const shown: string[] = [];
  const ask = () => {
    const one = Promise.withResolvers<string>();
    void together(one.promise).then(
      (text) => shown.push(text),
      () => shown.push('none'),
    );
    return one;
  };
  return { shown, ask };
}

test('what is there waits for the others, also for one that fails, and then all come at once', async () => {
  const { shown, ask } = asked();
  const [a, b, c] = [ask(), ask(), ask()];
  a.resolve('a');
  c.reject(new Error('no picture'));
  await settled();
  expect(shown).toEqual([]);
  b.resolve('b');
  await settled();
  expect(shown.toSorted()).toEqual(['a', 'b', 'none']);
});

test('a slow one does not keep the others back', async () => {
  const { shown, ask } = asked();
  const [a, slow] = [ask(), ask()];
  a.resolve('a');
  await vi.advanceTimersByTimeAsync(79);
  expect(shown).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(shown).toEqual(['a']);
  slow.resolve('slow');
  await settled();
  expect(shown).toEqual(['a', 'slow']);
});

test('what comes alone waits for nothing', async () => {
  const { shown, ask } = asked();
  ask().resolve('a');
  await settled();
  expect(shown).toEqual(['a']);
});
