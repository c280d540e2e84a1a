import { expect, test } from 'vitest';
import { ConfusionModel } from './confusion-model.ts';
import { likelihoodOfPass, platesMeant } from './plate-likelihood.ts';

const model = new ConfusionModel();
const ASKED = '京A12845';
const reading = (text: string, confidence = 0.7, alternatives: [string, number][] = []) => ({
  text,
  confidence,
  alternatives: alternatives.map(([other, share]) => ({ text: other, confidence: share })),
});
const daily = (...texts: string[]): Map<string, number> => new Map(texts.map((text) => [text, 30]));

test('the plate itself is certain', () => {
  expect(likelihoodOfPass(ASKED, reading(ASKED, 0.3), new Map(), model)).toBe(1);
});

test('a text seen once that looks like a plate seen daily is likely that plate', () => {
  const once = daily(ASKED).set('京A12B45', 1);
  expect(likelihoodOfPass(ASKED, reading('京A12B45'), once, model)).toBeGreaterThan(0.6);
  // The same text on another vehicle that is there every day.
  expect(likelihoodOfPass(ASKED, reading('京A12B45'), daily(ASKED, '京A12B45'), model)).toBeLessThan(0.1);
});

test('characters that look alike make it likelier than others', () => {
  const passes = daily(ASKED);
  const alike = likelihoodOfPass(ASKED, reading('京A12B45', 0.95), passes, model);
  const unlike = likelihoodOfPass(ASKED, reading('京A12T45', 0.95), passes, model);
  expect(alike).toBeGreaterThan(5 * unlike);
});

test('a reader that named the plate makes it likelier; one that named another seen daily, less likely', () => {
  const passes = daily(ASKED, '京A12645');
  const plain = likelihoodOfPass(ASKED, reading('京A12K45', 0.9), passes, model);
  const named = likelihoodOfPass(ASKED, reading('京A12K45', 0.9, [[ASKED, 0.08]]), passes, model);
  const other = likelihoodOfPass(ASKED, reading('京A12K45', 0.9, [['京A12645', 0.08]]), passes, model);
  expect(named).toBeGreaterThan(0.7);
  expect(plain).toBeLessThan(named);
  expect(other).toBeLessThan(plain / 2);
});

test('a sure reader leaves less doubt', () => {
  const passes = daily(ASKED);
  const [sure, unsure] = [0.99, 0.5].map((confidence) =>
    likelihoodOfPass(ASKED, reading('京A12B45', confidence), passes, model),
  );
  expect(unsure).toBeGreaterThan(sure!);
});

test('a plate that nobody saw may be a misreading of one that is seen daily', () => {
  const meant = platesMeant(
    '京A12B45',
    [
      { text: ASKED, passes: 30 },
      { text: '京A12T45', passes: 30 },
    ],
    model,
  );
  expect(meant.map(({ text }) => text)).toEqual(['京A12B45', ASKED, '京A12T45']);
  expect(meant.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  expect(meant[1]!.probability).toBeGreaterThan(5 * meant[2]!.probability);
  expect(meant[1]!.probability).toBeGreaterThan(0.1);
  const seen = platesMeant(
    '京A12B45',
    [
      { text: '京A12B45', passes: 30 },
      { text: ASKED, passes: 30 },
    ],
    model,
  );
  expect(seen[0]!.probability).toBeGreaterThan(0.95);
});
