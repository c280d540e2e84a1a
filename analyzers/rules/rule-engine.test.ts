import { describe, expect, it } from 'vitest';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import type { HygieneObservation } from '../detection.ts';
import { detection, rectangleZone } from '../testing/pictures.ts';
import { Tracker } from '../tracking/tracker.ts';
import { RuleEngine, type RuleEvent } from './rule-engine.ts';

function newEngine(rules: readonly CameraRule[]): RuleEngine {
  let last = 0;
  return new RuleEngine({
    cameraId: cameraId('cam-1'),
    rules,
    nextEventId: () => `event-${++last}`,
    pictureKey: (eventId) => `evidence/${eventId}`,
  });
}

/** Drives a car with its foot at the given places, one every 200 ms. */
function drive(engine: RuleEngine, feet: readonly (readonly [x: number, y: number])[], stepMs = 200): RuleEvent[] {
  const tracker = new Tracker({ trackEndMs: 60_000, birthScore: 0.4, nextId: () => 'track' });
  return feet.flatMap(([x, y], index) => {
    const { tracks } = tracker.update([detection('car', x - 0.1, y - 0.2, 0.2, 0.2)], index * stepMs);
    return engine.updateTracks(
      tracks.flatMap((track) => track ?? []),
      index * stepMs,
    );
  });
}

const along = (from: number, to: number, steps: number): [number, number][] =>
  Array.from({ length: steps + 1 }, (_, index) => [from + ((to - from) * index) / steps, 0.5]);

describe('a line', () => {
  // From top to bottom: right of it is the picture's left.
  const line: CameraRule = { kind: 'line', id: 'l1', name: 'gate', from: { x: 0.5, y: 0.2 }, to: { x: 0.5, y: 0.8 } };

  it('raises one crossing, forward when the vehicle ends to the right of the line', () => {
    const events = drive(newEngine([line]), along(0.8, 0.2, 12));
    expect(events).toMatchObject([
      { kind: 'vehicle.crossing', direction: 'forward', ruleId: 'l1', vehicleType: 'car' },
    ]);
  });

  it('raises backward for the other way', () => {
    const events = drive(newEngine([line]), along(0.2, 0.8, 12));
    expect(events).toMatchObject([{ kind: 'vehicle.crossing', direction: 'backward' }]);
  });

  it('is not fooled by a box that trembles on it', () => {
    const trembling = Array.from({ length: 30 }, (_, index): [number, number] => [
      0.5 + (index % 2 ? 0.006 : -0.006),
      0.5,
    ]);
    expect(drive(newEngine([line]), [...along(0.3, 0.5, 6), ...trembling, ...along(0.5, 0.3, 6)])).toEqual([]);
  });

  it('raises nothing for a vehicle that passes beyond its end', () => {
    const beyond = along(0.8, 0.2, 12).map(([x]): [number, number] => [x, 0.95]);
    expect(drive(newEngine([line]), beyond)).toEqual([]);
  });
});

describe('a dwell zone', () => {
  const zone = rectangleZone({ x: 0.4, y: 0.3, width: 0.3, height: 0.4 });
  const rule: CameraRule = { kind: 'dwell', id: 'd1', name: 'no stopping', zone, dwellMs: 3000 };
  const standing = (x: number, count: number): [number, number][] => Array.from({ length: count }, () => [x, 0.5]);

  it('raises one event for a vehicle that stands in it for too long', () => {
    const events = drive(newEngine([rule]), [...along(0.2, 0.5, 6), ...standing(0.5, 60)]);
    expect(events).toMatchObject([{ kind: 'zone.dwell', ruleId: 'd1', pictureKey: 'evidence/event-1' }]);
    expect(events[0]?.timeMs).toBeGreaterThanOrEqual(3000);
  });

  it('raises nothing for a vehicle that drives through', () => {
    expect(drive(newEngine([rule]), along(0.2, 0.9, 12))).toEqual([]);
  });

  it('goes on counting when the box leaves for a moment', () => {
    const events = drive(newEngine([rule]), [...standing(0.41, 8), ...standing(0.39, 2), ...standing(0.41, 8)]);
    expect(events).toHaveLength(1);
  });
});

describe('a hygiene rule', () => {
  const zone = rectangleZone({ x: 0.1, y: 0.1, width: 0.2, height: 0.2 });
  const rule: CameraRule = { kind: 'hygiene', id: 'h1', name: 'bin', item: 'bin_open', zone, graceMs: 4000 };

  function observe(engine: RuleEngine, states: string, stepMs = 500): RuleEvent[] {
    return states.split('').flatMap((letter, index) => {
      const state = letter === 'v' ? 'violation' : letter === '?' ? 'unknown' : 'fine';
      const box = { x: 0.1, y: 0.1, width: 0.2, height: 0.2 };
      const observation: HygieneObservation = { item: 'bin_open', ruleId: 'h1', state, score: 0.9, box };
      return engine.updateHygiene([observation], index * stepMs);
    });
  }

  it('opens once after its grace time and closes once, as one violation', () => {
    const events = observe(newEngine([rule]), `${'v'.repeat(30)}${'.'.repeat(30)}`);
    expect(events).toMatchObject([
      { phase: 'opened', sinceMs: 0, timeMs: 4000, item: 'bin_open', ruleId: 'h1' },
      { phase: 'closed', sinceMs: 0 },
    ]);
    const [opened, closed] = events.flatMap((event) => (event.kind === 'kitchen.violation' ? [event] : []));
    expect(opened?.violationId).toBe(closed?.violationId);
    expect(opened?.eventId).not.toBe(closed?.eventId);
  });

  it('does not open for a state shorter than its grace time', () => {
    expect(observe(newEngine([rule]), '.....vvvvvv..........')).toEqual([]);
  });

  it('stays one violation through flicker', () => {
    const events = observe(newEngine([rule]), `${'v'.repeat(12)}${'vvv.'.repeat(20)}`);
    expect(events.map((event) => event.kind === 'kitchen.violation' && event.phase)).toEqual(['opened']);
  });

  it('opens anew, under a new id, when it comes back later', () => {
    const events = observe(newEngine([rule]), `${'v'.repeat(20)}${'.'.repeat(40)}${'v'.repeat(20)}`);
    const ids = events.flatMap((event) => (event.kind === 'kitchen.violation' ? [event.violationId] : []));
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('goes on as the same violation when it comes back soon', () => {
    const events = observe(newEngine([rule]), `${'v'.repeat(20)}${'.'.repeat(20)}${'v'.repeat(20)}`);
    expect(events).toMatchObject([{ phase: 'opened' }]);
  });

  it('tells when it was last seen, and which part of the recording shows it', () => {
    const events = observe(newEngine([rule]), `${'v'.repeat(12)}${'.'.repeat(60)}`);
    expect(events).toMatchObject([
      { phase: 'opened', timeMs: 4000, pictureTimeMs: 4000, clipFromMs: -6000, clipToMs: 14_000 },
      { phase: 'closed', untilMs: 5500 },
    ]);
  });

  it('neither opens nor closes on pictures that tell nothing', () => {
    expect(observe(newEngine([rule]), '?'.repeat(40))).toEqual([]);
    expect(observe(newEngine([rule]), `${'v'.repeat(12)}${'?'.repeat(40)}`)).toHaveLength(1);
  });

  it('takes observations of unknown rules for nothing', () => {
    expect(observe(newEngine([]), 'v'.repeat(40))).toEqual([]);
  });
});
