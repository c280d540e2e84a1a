import { expect, it } from 'vitest';
import type { Box, HygieneReading } from '../../detection.ts';
import { rectangleZone } from '../../testing/pictures.ts';
import { ModelWatch } from './model-watch.ts';

const LEFT: Box = { x: 0.1, y: 0.2, width: 0.1, height: 0.6 };
const RIGHT: Box = { x: 0.7, y: 0.2, width: 0.1, height: 0.6 };
const rule = {
  kind: 'hygiene',
  id: 'masks',
  name: 'masks',
  item: 'no_mask',
  zone: rectangleZone({ x: 0, y: 0, width: 0.5, height: 1 }),
  graceMs: 5000,
} as const;
const reading = (state: HygieneReading['state'], personBox = LEFT, item = 'no_mask'): HygieneReading => ({
  item,
  state,
  score: state === 'violation' ? 0.9 : 0.05,
  fineScore: state === 'fine' ? 0.9 : 0.05,
  box: personBox,
  personBox,
});
const stateOf = (readings: readonly HygieneReading[], persons: readonly Box[]) =>
  new ModelWatch(rule).update(readings, persons, 0).state;

it('is one violation, whoever of those in the zone it is', () => {
  expect(stateOf([reading('fine'), reading('violation')], [LEFT, LEFT])).toBe('violation');
  expect(stateOf([reading('fine'), reading('unknown')], [LEFT, LEFT])).toBe('fine');
});

it('leaves out who stands elsewhere, and what was told of another item', () => {
  expect(stateOf([reading('violation', RIGHT), reading('fine')], [LEFT, RIGHT])).toBe('fine');
  expect(stateOf([reading('violation', LEFT, 'smoking'), reading('unknown')], [LEFT])).toBe('unknown');
});

it('is content with an empty zone, but not at once: a detector loses people for a moment', () => {
  const watch = new ModelWatch(rule);
  expect(watch.update([reading('unknown')], [LEFT], 0).state).toBe('unknown');
  expect(watch.update([], [], 2000).state).toBe('unknown');
  expect(watch.update([], [RIGHT], 4900).state).toBe('unknown');
  expect(watch.update([], [], 5000).state).toBe('fine');
});

it('never says that all is well where no model judges the item', () => {
  const watch = new ModelWatch(rule);
  expect([0, 1000, 8000, 20_000].map((timeMs) => watch.update([], timeMs < 2000 ? [LEFT] : [], timeMs).state)).toEqual(
    Array(4).fill('unknown'),
  );
});

it('looks at the whole picture when no zone was drawn', () => {
  const watch = new ModelWatch({ ...rule, zone: [] });
  expect(watch.update([reading('violation', RIGHT)], [RIGHT], 0)).toMatchObject({ state: 'violation', box: RIGHT });
});

it('tells what no single look tells, with its beginning, beside somebody of whom all is well', () => {
  const watch = new ModelWatch({ ...rule, zone: [], graceMs: 20_000 });
  const doubtful = { ...reading('unknown'), score: 0.64, fineScore: 0.36 };
  const observations = Array.from({ length: 26 }, (_, second) =>
    watch.update([reading('fine', RIGHT), doubtful], [LEFT, RIGHT], second * 1000),
  );
  expect(observations[20]).toMatchObject({ state: 'fine' });
  expect(observations.at(-1)).toMatchObject({ state: 'violation', sinceMs: 1000, score: 0.64, box: LEFT });
});
