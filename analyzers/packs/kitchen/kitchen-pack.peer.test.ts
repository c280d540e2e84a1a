import { describe, expect, it } from 'vitest';
import type { Detection } from '../../detection.ts';
import { Canvas, detection, rectangleZone } from '../../testing/pictures.ts';
import { HYGIENE_CATALOGUE, hygieneItem } from './hygiene-catalogue.ts';
import { type HygieneRule, judgedByModels, KitchenPack } from './kitchen-pack.ts';

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
