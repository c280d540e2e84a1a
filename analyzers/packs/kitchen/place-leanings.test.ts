import { expect, it } from 'vitest';
import type { Box, HygieneReading } from '../../detection.ts';
import { PlaceLeanings } from './place-leanings.ts';

const COOK: Box = { x: 0.1, y: 0.2, width: 0.1, height: 0.6 };
const HELPER: Box = { x: 0.6, y: 0.2, width: 0.1, height: 0.6 };
const GRACE_MS = 20_000;
const LONG_ENOUGH = 24;

/** As a classifier that is sure from 0.7 on tells it. */
function look(score: number, personBox: Box | undefined = COOK): HygieneReading {
  const state = score >= 0.7 ? 'violation' : score <= 0.3 ? 'fine' : 'unknown';
  return { item: 'no_mask', state, score, fineScore: 1 - score, box: COOK, personBox };
}

/** A head that is turned away. */
const AWAY: HygieneReading = { ...look(0), state: 'unknown', fineScore: 0 };

/** Looks that lean this way and tremble, one a second. */
function trembling(mean: number, seconds: number, personBox?: Box): HygieneReading[] {
  return Array.from({ length: seconds }, (_, second) => look(mean + 0.08 * Math.sin(second * 2.4), personBox));
}

/** Seconds at which the first reading of a picture was found to lean for long enough, with its beginning. */
function told(pictures: readonly (readonly HygieneReading[])[], leanings = new PlaceLeanings(GRACE_MS), fromMs = 0) {
  return pictures.flatMap((readings, second) => {
    const [sinceMs] = leanings.update(readings, fromMs + second * 1000);
    return sinceMs === undefined ? [] : [{ second, sinceMs }];
  });
}

const alone = (looks: readonly HygieneReading[]): HygieneReading[][] => looks.map((one) => [one]);

it('tells what doubtful looks show that lean one way for longer than the grace time', () => {
  expect(told(alone(trembling(0.64, 40)))[0]).toEqual({ second: LONG_ENOUGH, sinceMs: 0 });
});

it('tells nothing of looks that lean neither way, or to the other', () => {
  expect(told(alone(trembling(0.52, 120)))).toEqual([]);
  expect(told(alone(trembling(0.3, 120)))).toEqual([]);
});

it('takes a short lapse of somebody who looks doubtful for no violation, however clear it is', () => {
  const lapse = Array.from({ length: 10 }, () => look(0.99));
  expect(told(alone([...trembling(0.54, 30), ...lapse, ...trembling(0.54, 30)]))).toEqual([]);
  expect(told(alone([...trembling(0.1, 30), ...lapse, ...trembling(0.1, 30)]))).toEqual([]);
});

it('bears a head that is turned away now and then, but not one that is hardly ever to be seen', () => {
  const looks = trembling(0.65, 60);
  const some = looks.map((one, second) => (second % 10 < 3 ? AWAY : one));
  expect(told(alone(some))[0]?.second).toBeLessThan(LONG_ENOUGH + 6);
  const few = looks.map((one, second) => (second % 3 > 0 ? AWAY : one));
  expect(told(alone(few))).toEqual([]);
});

it('goes on while it leans that way at all, and ends when the mouth is covered', () => {
  const leanings = new PlaceLeanings(GRACE_MS);
  expect(told(alone(trembling(0.65, 30)), leanings).length).toBeGreaterThan(0);
  expect(told(alone(trembling(0.57, 60)), leanings, 30_000).length).toBeGreaterThan(40);
  expect(told(alone(trembling(0.03, 60)), leanings, 90_000)).toEqual([]);
});

it('keeps places apart, and follows somebody who moves slowly', () => {
  const covered = trembling(0.05, 40, HELPER);
  const pictures = trembling(0.65, 40).map((one, second) => {
    const personBox = { ...COOK, x: COOK.x + 0.003 * second };
    const both = [{ ...one, personBox }, ...covered.slice(second, second + 1)];
    return second % 2 === 0 ? both : both.toReversed();
  });
  const leanings = new PlaceLeanings(GRACE_MS);
  const found = pictures.map((readings, second) =>
    leanings.update(readings, second * 1000).map((sinceMs, index) => (sinceMs === undefined ? '' : readings[index])),
  );
  const [last = []] = found.slice(-1);
  expect(last.filter((one) => one !== '').map((one) => one && one.personBox?.x)).toEqual([
    expect.closeTo(COOK.x + 0.003 * 39),
  ]);
});

it('forgets a place where nobody is seen, and a time before the clock was set back', () => {
  const leanings = new PlaceLeanings(GRACE_MS);
  told(alone(trembling(0.65, 23)), leanings);
  expect(told(alone(trembling(0.65, 20)), leanings, 30_000)).toEqual([]);
  expect(told(alone(trembling(0.65, 20)), leanings, 0)).toEqual([]);
});

it('says nothing of what was told of a zone', () => {
  const ofZone = trembling(0.65, 60).map((one) => ({ ...one, personBox: undefined }));
  expect(told(alone(ofZone))).toEqual([]);
});
