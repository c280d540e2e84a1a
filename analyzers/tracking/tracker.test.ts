import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import { detection } from '../testing/pictures.ts';
import { Tracker } from './tracker.ts';
import { isVehiclePass } from './vehicle-pass.ts';

function newTracker(): Tracker {
  let last = 0;
  return new Tracker({ trackEndMs: 2500, birthScore: 0.4, nextId: () => String(++last) });
}

/** Feeds pictures at a rate; each is what `see` gives for the time in seconds. */
function watch(
  tracker: Tracker,
  fps: number,
  seconds: number,
  see: (t: number) => Detection[],
): (string | undefined)[][] {
  const ids: (string | undefined)[][] = [];
  for (let index = 0; index <= seconds * fps; index++) {
    const t = index / fps;
    ids.push(tracker.update(see(t), t * 1000).tracks.map((track) => track?.id));
  }
  return ids;
}

/** Drives across the frame in 2 s, 0.2 wide. */
const driving = (t: number, y = 0.4): Detection => detection('car', t * 0.4, y, 0.2, 0.15);

describe('Tracker', () => {
  it.each([2, 3, 4, 8, 10, 25])('follows one driving vehicle as one track at %d pictures a second', (fps) => {
    const ids = watch(newTracker(), fps, 2, (t) => [driving(t)]);
    expect(new Set(ids.flat())).toEqual(new Set(['1']));
  });

  it('keeps two vehicles apart that pass one another', () => {
    const ids = watch(newTracker(), 8, 2, (t) => [
      detection('car', 0.4 * t, 0.4, 0.15, 0.12),
      detection('car', 0.8 - 0.4 * t, 0.5, 0.15, 0.12),
    ]);
    expect(ids.every(([a, b]) => a === '1' && b === '2')).toBe(true);
  });

  it('keeps the id when the vehicle is hidden for half a second', () => {
    const ids = watch(newTracker(), 8, 2, (t) => (t > 0.8 && t < 1.3 ? [] : [driving(t)]));
    expect(new Set(ids.flat())).toEqual(new Set(['1']));
  });

  it('continues a track with a weak detection but never begins one', () => {
    const tracker = newTracker();
    expect(tracker.update([detection('car', 0.1, 0.1, 0.2, 0.2, 0.32)], 0).tracks).toEqual([undefined]);
    tracker.update([detection('car', 0.1, 0.1, 0.2, 0.2, 0.8)], 100);
    const [track] = tracker.update([detection('car', 0.11, 0.1, 0.2, 0.2, 0.32)], 200).tracks;
    expect(track?.id).toBe('1');
    expect(track?.hits).toBe(2);
  });

  it('calls a vehicle what most pictures call it', () => {
    const tracker = newTracker();
    const labels = ['truck', 'car', 'bus', 'truck', 'truck', 'car'] as const;
    labels.forEach((label, index) => tracker.update([detection(label, 0.3, 0.3, 0.2, 0.2)], index * 100));
    expect(tracker.live.map((track) => [track.id, track.label])).toEqual([['1', 'truck']]);
  });

  it('never makes a person into a vehicle', () => {
    const tracker = newTracker();
    tracker.update([detection('car', 0.3, 0.3, 0.1, 0.2)], 0);
    const [track] = tracker.update([detection('person', 0.3, 0.3, 0.1, 0.2)], 100).tracks;
    expect(track?.id).toBe('2');
  });

  it('ends a track after the set time, once', () => {
    const tracker = newTracker();
    tracker.update([detection('car', 0.4, 0.4, 0.2, 0.2)], 0);
    expect(tracker.update([], 2000).ended).toEqual([]);
    expect(tracker.update([], 2600).ended.map((track) => track.id)).toEqual(['1']);
    expect(tracker.update([], 2700).ended).toEqual([]);
  });

  it('ends a track at once when the vehicle has driven out of the picture', () => {
    const tracker = newTracker();
    for (let index = 0; index <= 8; index++)
      tracker.update([detection('car', 0.2 + index * 0.08, 0.4, 0.1, 0.1)], index * 100);
    const ended = [900, 1000, 1100, 1200].flatMap((timeMs) => tracker.update([], timeMs).ended);
    expect(ended.map((track) => track.id)).toEqual(['1']);
  });

  it('keeps a standing vehicle as one track at key-frame rate although one picture misses it', () => {
    const tracker = newTracker();
    const ids = [0, 2000, 4000, 6000, 8000].map((timeMs) => {
      const seen = timeMs === 4000 ? [] : [detection('car', 0.4, 0.4, 0.2, 0.2)];
      return tracker.update(seen, timeMs).tracks[0]?.id;
    });
    expect(ids).toEqual(['1', '1', undefined, '1', '1']);
  });

  it('begins no track for a part of a vehicle that is followed already', () => {
    const tracker = newTracker();
    const whole = detection('truck', 0.3, 0.3, 0.4, 0.3, 0.9);
    const part = detection('car', 0.32, 0.32, 0.12, 0.2, 0.7);
    expect(tracker.update([whole, part], 0).tracks.map((track) => track?.id)).toEqual(['1', undefined]);
  });
});

describe('isVehiclePass', () => {
  const passOf = (fps: number, seconds: number, see: (t: number) => Detection[]): boolean[] => {
    const tracker = newTracker();
    watch(tracker, fps, seconds, see);
    return tracker.live.map((track) => isVehiclePass(track, tracker.intervalMs, undefined));
  };

  it('takes a vehicle that drives by', () => {
    expect(passOf(8, 1.5, (t) => [driving(t)])).toEqual([true]);
  });

  it('leaves out a queue far off that hardly moves', () => {
    expect(passOf(8, 10, (t) => [detection('car', 0.3 + 0.01 * t, 0.2, 0.06, 0.05)])).toEqual([false]);
  });

  it('takes a large vehicle that stands, but not one that flashes up', () => {
    expect(passOf(8, 3, () => [detection('bus', 0.3, 0.3, 0.4, 0.3)])).toEqual([true]);
    expect(passOf(8, 0.2, () => [detection('bus', 0.3, 0.3, 0.4, 0.3)])).toEqual([false]);
  });

  it('is content with one picture when pictures come every two seconds', () => {
    const tracker = newTracker();
    tracker.update([], 0);
    tracker.update([], 2000);
    tracker.update([detection('car', 0.3, 0.3, 0.3, 0.3)], 4000);
    expect(tracker.live.map((track) => isVehiclePass(track, tracker.intervalMs, undefined))).toEqual([true]);
  });

  it('takes a vehicle on whose plate two pictures agree, however short it was seen', () => {
    const tracker = newTracker();
    tracker.update([detection('car', 0.3, 0.3, 0.3, 0.3)], 0);
    tracker.update([detection('car', 0.3, 0.3, 0.3, 0.3)], 200);
    const plate = { text: '京A12345', confidence: 0.9, colour: 'blue' } as const;
    const passes = (framesAgreeing: number): boolean[] =>
      tracker.live.map((track) =>
        isVehiclePass(track, 200, {
          ...plate,
          alternatives: [],
          characterConfidences: [],
          framesRead: 2,
          framesAgreeing,
        }),
      );
    expect(passes(1)).toEqual([false]);
    expect(passes(2)).toEqual([true]);
  });

  it('leaves out persons', () => {
    expect(passOf(8, 1.5, (t) => [detection('person', t * 0.5, 0.2, 0.1, 0.4)])).toEqual([false]);
  });
});
