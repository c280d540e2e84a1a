import { expect, test } from 'vitest';
import { makeFindable, matchScore } from './pinyin-match.ts';

const camera = makeFindable('滨河路口-东向', 'C-0012', '滨江区');

test.each(['bhlk', 'BHLK', '滨河', 'c0012', 'C-0012', 'binhe', 'bjq', 'dx'])('finds the camera by %s', (query) => {
  expect(matchScore(camera, query)).toBeGreaterThan(0);
});

test('does not find it by initials in the wrong order', () => {
  expect(matchScore(camera, 'lkbh')).toBe(0);
});

test('puts the text itself before initials, and the beginning before the middle', () => {
  expect(matchScore(camera, '滨河')).toBeGreaterThan(matchScore(camera, '路口'));
  expect(matchScore(camera, '路口')).toBeGreaterThan(matchScore(camera, 'bhlk'));
  expect(matchScore(camera, 'bhlk')).toBeGreaterThan(matchScore(camera, 'binhe'));
});

test('takes everything when nothing is asked', () => {
  expect(matchScore(camera, '  ')).toBeGreaterThan(0);
});
