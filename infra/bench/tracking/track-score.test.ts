import { describe, expect, it } from 'vitest';
import type { Box } from '#analyzers/detection.ts';
import { scoreTracks, type TrackedPicture, trackingAccuracy } from './track-score.ts';

/** A box that drives across the picture, 0.1 wide. */
const at = (step: number, y = 0.4): Box => ({ x: 0.05 * step, y, width: 0.1, height: 0.1 });

/** Ten pictures, 200 ms apart, of two vehicles one above the other. */
function pictures(trackOf: (vehicle: 1 | 2, step: number) => string | undefined): TrackedPicture[] {
  return Array.from({ length: 10 }, (_, step) => {
    const vehicles = [
      { id: 1, box: at(step), isWanted: true },
      { id: 2, box: at(step, 0.7), isWanted: true },
    ] as const;
    const tracked = vehicles.flatMap(({ id, box }) => {
      const trackId = trackOf(id, step);
      return trackId === undefined ? [] : [{ trackId, box }];
    });
    return { timeMs: step * 200, truth: vehicles, tracked };
  });
}

const passes = (...ids: string[]): ReadonlySet<string> => new Set(ids);

describe('scoreTracks', () => {
  it('has nothing to say of a tracker that is right', () => {
    const score = scoreTracks(
      pictures((vehicle) => `t${vehicle}`),
      passes('t1', 't2'),
      200,
    );
    expect(score).toEqual({
      wanted: 20,
      missedBoxes: 0,
      falseBoxes: 0,
      idSwitches: 0,
      passesDue: 2,
      passesMissed: 0,
      passesFalse: 0,
      passesSplit: 0,
      passesMerged: 0,
    });
    expect(trackingAccuracy(score)).toBe(1);
  });

  it('counts a vehicle in two tracks as split', () => {
    const split = pictures((vehicle, step) => (vehicle === 1 && step >= 5 ? 't3' : `t${vehicle}`));
    expect(scoreTracks(split, passes('t1', 't2', 't3'), 200)).toMatchObject({ idSwitches: 1, passesSplit: 1 });
  });

  it('counts a track that goes on with another vehicle as merged, and the other one as missed', () => {
    const merged = pictures((vehicle, step) => {
      if (vehicle === 1) return step < 6 ? 't1' : undefined;
      return step < 6 ? undefined : 't1';
    });
    const score = scoreTracks(merged, passes('t1'), 200);
    expect(score).toMatchObject({ missedBoxes: 10, passesMerged: 1, passesMissed: 1 });
    expect(trackingAccuracy(score)).toBeCloseTo(0.5, 9);
  });

  it('counts a track of nothing as false, but not one of a vehicle that need not be found', () => {
    const ghost = { x: 0.8, y: 0.1, width: 0.1, height: 0.1 };
    const withGhost = (isThere: boolean): TrackedPicture[] =>
      pictures((vehicle) => `t${vehicle}`).map((picture) => ({
        ...picture,
        truth: isThere ? [...picture.truth, { id: 3, box: ghost, isWanted: false }] : picture.truth,
        tracked: [...picture.tracked, { trackId: 'g', box: ghost }],
      }));
    expect(scoreTracks(withGhost(false), passes('t1', 't2', 'g'), 200)).toMatchObject({
      falseBoxes: 10,
      passesFalse: 1,
    });
    expect(scoreTracks(withGhost(true), passes('t1', 't2', 'g'), 200)).toMatchObject({ falseBoxes: 0, passesFalse: 0 });
  });

  it('asks no pass of a vehicle that was in too few pictures', () => {
    const short = pictures((vehicle) => `t${vehicle}`).slice(0, 3);
    expect(scoreTracks(short, passes(), 200)).toMatchObject({ passesDue: 0, passesMissed: 0 });
  });
});
