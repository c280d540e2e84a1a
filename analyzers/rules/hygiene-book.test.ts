import { describe, expect, it } from 'vitest';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { HygieneObservation } from '../detection.ts';
import { rectangleZone } from '../testing/pictures.ts';
import { HygieneBook, type OpenViolation, type ViolationChange } from './hygiene-book.ts';

type HygieneRule = Extract<CameraRule, { kind: 'hygiene' }>;
const LEFT = { x: 0.1, y: 0.5, width: 0.2, height: 0.2 };
const RIGHT = { x: 0.7, y: 0.5, width: 0.2, height: 0.2 };

function rule(id: string, box = LEFT, item = 'bin_open'): HygieneRule {
  return { kind: 'hygiene', id, name: id, item, zone: rectangleZone(box), graceMs: 4000 };
}

function newBook(rules: readonly HygieneRule[]): HygieneBook {
  let last = 0;
  return new HygieneBook(rules, () => `violation-${++last}`);
}

/** @param states of each rule, by id: one letter a second, v violation, . fine */
function observe(book: HygieneBook, states: Readonly<Record<string, string>>, startMs = 0): ViolationChange[] {
  const length = Math.max(...Object.values(states).map((text) => text.length));
  return Array.from({ length }).flatMap((_, index) => {
    const observations = Object.entries(states).map(([ruleId, letters]): HygieneObservation => {
      const state = letters[index] === 'v' ? 'violation' : 'fine';
      return { item: 'bin_open', ruleId, state, score: 0.9, box: LEFT };
    });
    return book.update(observations, startMs + index * 1000);
  });
}

const open: OpenViolation = { violationId: 'old', item: 'bin_open', ruleId: 'a', sinceMs: 1000, box: LEFT };

describe('HygieneBook', () => {
  it('keeps one violation when two rules of an item see the same zone, until both see it no more', () => {
    const book = newBook([rule('a'), rule('b', { ...LEFT, x: 0.14 })]);
    const changes = observe(book, { a: `${'v'.repeat(20)}${'.'.repeat(60)}`, b: `${'v'.repeat(40)}${'.'.repeat(40)}` });
    expect(changes).toMatchObject([
      { phase: 'opened', violationId: 'violation-1' },
      { phase: 'closed', violationId: 'violation-1', untilMs: 39_000 },
    ]);
  });

  it('keeps two when the zones, or the items, are others', () => {
    const both = { a: 'v'.repeat(20), b: 'v'.repeat(20) };
    expect(observe(newBook([rule('a'), rule('b', RIGHT)]), both)).toHaveLength(2);
    expect(observe(newBook([rule('a'), rule('b', LEFT, 'floor_dirty')]), both)).toHaveLength(2);
  });

  it('does not raise again what was open when it began, and closes it under its own id', () => {
    const book = newBook([rule('a')]);
    book.resume([open]);
    expect(book.isOpen('a')).toBe(true);
    const changes = observe(book, { a: `${'v'.repeat(30)}${'.'.repeat(40)}` }, 100_000);
    expect(changes).toMatchObject([{ phase: 'closed', violationId: 'old', sinceMs: 1000 }]);
    expect(book.open).toEqual([]);
  });

  it('hands an open violation to a rule of the same item that was drawn anew over the place', () => {
    const book = newBook([rule('new')]);
    book.resume([open]);
    expect(observe(book, { new: 'v'.repeat(30) }, 100_000)).toEqual([]);
    expect(book.open).toEqual([open]);
  });

  it('closes an open violation of which no rule speaks any more', () => {
    const book = newBook([rule('b', RIGHT)]);
    book.resume([open]);
    expect(observe(book, { b: '..' }, 100_000)).toMatchObject([
      { phase: 'closed', violationId: 'old', untilMs: 100_000 },
    ]);
  });
});
