import { describe, expect, it } from 'vitest';
import { parseSchedule } from '#ingest/recorder/recording-schedule.ts';
import type { Detection } from '../../detection.ts';
import { Canvas, detection, rectangleZone } from '../../testing/pictures.ts';
import { HYGIENE_CATALOGUE, hygieneItem } from './hygiene-catalogue.ts';
import { type HygieneRule, judgedByModels, KitchenPack, type KitchenPackOptions } from './kitchen-pack.ts';

const STOVE = { x: 0.5, y: 0.4, width: 0.2, height: 0.2 };
const BIN = { x: 0.1, y: 0.6, width: 0.12, height: 0.2 };
const flameRule: HygieneRule = {
  kind: 'hygiene',
  id: 'stove',
  name: 'stove',
  item: 'flame_unattended',
  zone: rectangleZone(STOVE),
  graceMs: 5000,
};
const binRule: HygieneRule = { ...flameRule, id: 'bin', name: 'bin', item: 'bin_open', zone: rectangleZone(BIN) };
const ORANGE = [240, 140, 30] as const;

function kitchen(index: number): Canvas {
  return new Canvas(320, 180, [150, 155, 160])
    .fill({ x: 0, y: 0.8, width: 1, height: 0.2 }, [120, 80, 60])
    .fill(BIN, [40, 70, 45])
    .addNoise(4, index + 1);
}

function statesOf(
  rule: HygieneRule,
  count: number,
  paint: (canvas: Canvas, index: number) => Canvas,
  persons: (index: number) => Detection[] = () => [],
): string[] {
  const pack = new KitchenPack({ rules: [rule] });
  return Array.from({ length: count }, (_, index) => {
    const [observation] = pack.observe(paint(kitchen(index), index), persons(index), index * 500);
    return observation?.state ?? 'none';
  });
}

/** A flame whose tongues move. */
function flame(canvas: Canvas, index: number): Canvas {
  const lean = Math.sin(index * 2.3);
  return canvas
    .fill({ x: 0.58 + lean * 0.01, y: 0.5 - Math.abs(lean) * 0.04, width: 0.04, height: 0.06 }, ORANGE)
    .fill({ x: 0.6, y: 0.46 + Math.cos(index * 1.7) * 0.02, width: 0.015, height: 0.06 }, [255, 220, 120]);
}

describe('flame_unattended', () => {
  it('sees a flame that nobody stands at', () => {
    expect(statesOf(flameRule, 10, flame).slice(3)).toEqual(Array.from({ length: 7 }, () => 'violation'));
  });

  it('is content while someone stands at the stove', () => {
    const cook = detection('person', 0.48, 0.2, 0.1, 0.6);
    expect(statesOf(flameRule, 10, flame, () => [cook])).not.toContain('violation');
  });

  it('does not count someone at the other end of the kitchen', () => {
    const far = detection('person', 0.02, 0.3, 0.08, 0.5);
    expect(statesOf(flameRule, 10, flame, () => [far]).slice(3)).not.toContain('fine');
  });

  it('takes an orange pot that stands still for no flame', () => {
    const pot = (canvas: Canvas, index: number): Canvas =>
      canvas.fill({ x: 0.56, y: 0.44, width: 0.06, height: 0.1 }, ORANGE).addNoise(5, index + 50);
    expect(statesOf(flameRule, 10, pot)).not.toContain('violation');
  });

  it('looks nowhere but in its zone', () => {
    const elsewhere = (canvas: Canvas, index: number): Canvas =>
      canvas.fill({ x: 0.2 + (index % 3) * 0.01, y: 0.3, width: 0.05, height: 0.08 }, ORANGE);
    expect(statesOf(flameRule, 10, elsewhere)).not.toContain('violation');
  });
});

describe('bin_open', () => {
  const openLid = (canvas: Canvas): Canvas =>
    canvas.fill({ x: 0.1, y: 0.6, width: 0.12, height: 0.09 }, [200, 205, 190]);

  it('learns the closed bin, then sees it open and closed again', () => {
    const states = statesOf(binRule, 40, (canvas, index) => (index >= 15 && index < 28 ? openLid(canvas) : canvas));
    expect(states.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'unknown'));
    expect(new Set(states.slice(9, 15))).toEqual(new Set(['fine']));
    expect(new Set(states.slice(15, 28))).toEqual(new Set(['violation']));
    expect(new Set(states.slice(28))).toEqual(new Set(['fine']));
  });

  it('finds out that the bin was open when it began to watch, once it has been closed for longer', () => {
    const isOpen = (index: number): boolean => index % 60 < 24;
    const states = statesOf(binRule, 180, (canvas, index) => (isOpen(index) ? openLid(canvas) : canvas));
    const secondMinute = states.slice(60);
    expect(secondMinute.filter((state, index) => (state === 'violation') !== isOpen(index))).toEqual([]);
  });

  it('is not fooled when the light is dimmed and turns warm', () => {
    const states = statesOf(binRule, 30, (canvas, index) => (index >= 15 ? canvas.relight([0.7, 0.6, 0.5]) : canvas));
    expect(states).not.toContain('violation');
  });

  it('says nothing while a person stands before the bin', () => {
    const person = detection('person', 0.08, 0.4, 0.12, 0.5);
    const states = statesOf(binRule, 30, openLid, (index) => (index >= 15 ? [person] : []));
    expect(new Set(states.slice(15))).toEqual(new Set(['unknown']));
  });
});

describe('bin_open, with a reference picture', () => {
  const reference = kitchen(500);
  const statesWith = (count: number, paint: (canvas: Canvas, index: number) => Canvas): string[] => {
    const pack = new KitchenPack({ rules: [binRule], reference });
    return Array.from({ length: count }, (_, index) => {
      return pack.observe(paint(kitchen(index), index), [], index * 500)[0]?.state ?? 'none';
    });
  };
  const openLid = (canvas: Canvas): Canvas =>
    canvas
      .fill({ x: 0.1, y: 0.6, width: 0.12, height: 0.09 }, [200, 205, 190])
      .fill({ x: 0.11, y: 0.62, width: 0.1, height: 0.05 }, [30, 28, 26])
      .fill({ x: 0.1, y: 0.54, width: 0.11, height: 0.06 }, [60, 100, 66]);

  it('knows from the first picture on whether it is open', () => {
    expect(statesWith(2, openLid)).toEqual(['violation', 'violation']);
    expect(statesWith(2, (canvas) => canvas)).toEqual(['fine', 'fine']);
  });

  it('never gets used to a bin that stays open', () => {
    expect(new Set(statesWith(300, openLid))).toEqual(new Set(['violation']));
  });

  it('is not fooled by dim light, nor by a patch of sun over bin and floor', () => {
    expect(statesWith(3, (canvas) => canvas.relight([0.6, 0.55, 0.5]))).not.toContain('violation');
    const sun = (canvas: Canvas): Canvas => {
      for (let y = 115; y < 165; y++)
        for (let at = (y * 320 + 10) * 3; at < (y * 320 + 62) * 3; at++)
          canvas.pixels[at] = Math.min(255, (canvas.pixels[at] ?? 0) * 1.8);
      return canvas;
    };
    expect(statesWith(3, sun)).not.toContain('violation');
  });
});

describe('what the pack needs to know of a kitchen', () => {
  const setup = { openingHours: parseSchedule('UTC 1-7 08:00-20:00') };
  const night = Date.UTC(2026, 4, 12, 23);
  const day = Date.UTC(2026, 4, 12, 12);
  const observe = (item: string, options: Partial<KitchenPackOptions>, timeMs: number, detections: Detection[] = []) =>
    new KitchenPack({ rules: [{ ...flameRule, item }], ...options }).observe(kitchen(0), detections, timeMs)[0];

  it('says why it cannot tell without a reference picture or opening hours', () => {
    for (const item of ['floor_dirty', 'camera_obstructed'])
      expect(observe(item, { setup }, day)).toMatchObject({ state: 'unknown', because: 'no reference picture' });
    for (const item of ['rodent', 'presence_after_hours'])
      expect(observe(item, {}, night)).toMatchObject({ state: 'unknown', because: 'no opening hours' });
  });

  it('minds persons outside the opening hours only', () => {
    const cook = [detection('person', 0.5, 0.1, 0.1, 0.45)];
    expect(observe('presence_after_hours', { setup }, day, cook)?.state).toBe('fine');
    expect(observe('presence_after_hours', { setup }, night, cook)?.state).toBe('violation');
    expect(observe('presence_after_hours', { setup }, night)?.state).toBe('fine');
  });

  it('calls black pictures an obstruction while the kitchen is open, and does not mind them at night', () => {
    const pack = new KitchenPack({
      rules: [{ ...flameRule, item: 'camera_obstructed' }],
      setup,
      reference: kitchen(9),
    });
    const black = new Canvas(320, 180, [2, 2, 2]);
    expect(pack.observe(black, [], day)[0]?.state).toBe('violation');
    expect(pack.observe(black, [], night)[0]).toMatchObject({ state: 'unknown', because: 'dark' });
  });
});

describe('the hygiene catalogue', () => {
  it('has each code once, with both names and a deadline', () => {
    expect(new Set(HYGIENE_CATALOGUE.map(({ code }) => code)).size).toBe(HYGIENE_CATALOGUE.length);
    for (const item of HYGIENE_CATALOGUE) {
      expect(item.name.zh).not.toBe('');
      expect(item.name.en).not.toBe('');
      expect(item.remedyDeadlineHours).toBeGreaterThan(0);
    }
  });

  it('says "rule" of exactly the items that the pack can watch without a model', () => {
    const watched = HYGIENE_CATALOGUE.filter(({ code }) => {
      const rules = [{ ...flameRule, item: code }];
      const observations = new KitchenPack({ rules }).observe(kitchen(0), [], 0);
      return observations.length > 0 && judgedByModels(rules) === undefined;
    });
    expect(watched.map(({ code }) => code)).toEqual(
      HYGIENE_CATALOGUE.filter(({ status }) => status === 'rule').map(({ code }) => code),
    );
    expect(hygieneItem('bin_open')?.severity).toBe(2);
    expect(hygieneItem('nothing')).toBeUndefined();
  });
});
