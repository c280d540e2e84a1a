import { expect, test } from 'vitest';
import { isOverdue, stageAfter } from './violation-stage.ts';

test('the whole way: found, asked to be put right, answered, sent back, answered, accepted', () => {
  let stage: Parameters<typeof stageAfter>[0] = 'new';
  for (const step of ['asked', 'answered', 'sent_back', 'answered', 'rechecked', 'accepted'] as const) {
    const next = stageAfter(stage, step);
    if (!next) throw new Error(`${step} cannot follow ${stage}`);
    stage = next;
  }
  expect(stage).toBe('accepted');
});

test('what is closed stays closed, and nobody answers what was not asked', () => {
  for (const step of ['confirmed', 'dismissed', 'asked', 'sent_back', 'answered', 'accepted', 'rechecked'] as const)
    expect(stageAfter('accepted', step)).toBeUndefined();
  for (const stage of ['new', 'confirmed', 'dismissed', 'answered'] as const)
    expect(stageAfter(stage, 'answered')).toBeUndefined();
  expect(stageAfter('dismissed', 'asked')).toBeUndefined();
  expect(stageAfter('asked', 'confirmed')).toBeUndefined();
});

test('overdue is only who was asked and has not answered', () => {
  expect(isOverdue({ stage: 'asked', deadlineMs: 999 }, 1000)).toBe(true);
  expect(isOverdue({ stage: 'asked', deadlineMs: 1000 }, 1000)).toBe(false);
  expect(isOverdue({ stage: 'answered', deadlineMs: 999 }, 1000)).toBe(false);
  expect(isOverdue({ stage: 'confirmed', deadlineMs: undefined }, 1000)).toBe(false);
});
