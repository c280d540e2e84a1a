import { expect, test } from 'vitest';
import { ConfusionModel } from './confusion-model.ts';
import { neighboursOf } from './plate-neighbours.ts';

const neighbours = neighboursOf('京A12345', new ConfusionModel());

test.each([
  ['another character', '京A92345'],
  ['another province', '粤A12345'],
  ['a suffix', '京A1234挂'],
  ['a character less', '京A1234'],
  ['no province', 'A12345'],
  ['a character more', '京AD12345'],
  ['one more at the end', '京A12345F'],
  ['two that look alike', '京AI2Z45'.replace('Z', '3').replace('45', '4S')],
  ['a province and one that looks alike', '津A1Z345'],
])('%s: %s is a neighbour', (_what, text) => {
  expect(neighbours).toContain(text);
});

test.each(['京A12345', '京A99345', '粤B99345', '京A123'])('%s is none', (text) => {
  expect(neighbours).not.toContain(text);
});

test('each stands there once, and they are few enough to be looked up', () => {
  expect(new Set(neighbours).size).toBe(neighbours.length);
  expect(neighbours.length).toBeLessThan(4000);
});

test('a plate without a province may have lost it', () => {
  expect(neighboursOf('A12345', new ConfusionModel())).toContain('京A12345');
});
