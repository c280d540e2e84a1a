import { describe, expect, it } from 'vitest';
import type { Detection } from '../../detection.ts';
import { detection, rectangleZone } from '../../testing/pictures.ts';
import { PresenceWatch } from './presence-watch.ts';

const person = (x: number, score = 0.8): Detection => detection('person', x, 0.3, 0.1, 0.5, score);
const MINUTE = 60_000;

describe('PresenceWatch', () => {
  it('sees somebody anywhere when no zone is drawn, and only in the zone when one is', () => {
    expect(new PresenceWatch([]).update([person(0.1)], 0)).toMatchObject({ isPresent: true, box: { x: 0.1 } });
    const store = rectangleZone({ x: 0.5, y: 0.5, width: 0.5, height: 0.5 });
    expect(new PresenceWatch(store).update([person(0.1)], 0).isPresent).toBe(false);
    expect(new PresenceWatch(store).update([person(0.6)], 0).isPresent).toBe(true);
  });

  it('takes no notice of unsure boxes, and of vehicles', () => {
    const watch = new PresenceWatch([]);
    expect(watch.update([person(0.1, 0.33), detection('car', 0.4, 0.4, 0.2, 0.2)], 0).isPresent).toBe(false);
  });

  it('learns that what never moves is a thing', () => {
    const watch = new PresenceWatch([]);
    const states = Array.from({ length: 15 }, (_, index) => {
      return watch.update([person(0.1 + (index % 2) * 0.002, 0.45)], index * MINUTE).isPresent;
    });
    expect(states.slice(0, 10)).not.toContain(false);
    expect(states.slice(11)).not.toContain(true);
    expect(watch.update([person(0.102, 0.45), person(0.5)], 15 * MINUTE)).toMatchObject({
      isPresent: true,
      box: { x: 0.5 },
    });
  });

  it('takes a cook who stands at one place for no thing', () => {
    const watch = new PresenceWatch([]);
    const places = [0.1, 0.115, 0.1, 0.13, 0.1, 0.12];
    const states = Array.from({ length: 40 }, (_, index) => {
      return watch.update([person(places[index % places.length] ?? 0.1)], index * MINUTE).isPresent;
    });
    expect(states).not.toContain(false);
  });
});
