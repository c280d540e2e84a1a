import { describe, expect, it } from 'vitest';
import type { Camera, CameraRule } from '#api/contract/cameras.ts';
import { edited, redone, startHistory, undone } from './edit-history.ts';
import { freeName, inputWithRules, newRule, ruleTools, shapeOf, turned, withPoints } from './rule-draft.ts';

const four = [
  { x: 0.1, y: 0.2 },
  { x: 0.3, y: 0.2 },
  { x: 0.4, y: 0.8 },
  { x: 0.1, y: 0.8 },
];

describe('history', () => {
  it('takes steps back and forth, and forgets what was taken back once something new is done', () => {
    const three = edited(edited(startHistory('a'), 'b'), 'c');
    expect(undone(three).now).toBe('b');
    expect(undone(undone(undone(three))).now).toBe('a');
    expect(redone(undone(three)).now).toBe('c');
    expect(redone(edited(undone(three), 'd')).now).toBe('d');
  });

  it('takes what is typed into one field as one step', () => {
    const typed = edited(edited(edited(startHistory(''), 'G', 'name'), 'Ga', 'name'), 'Gat', 'name');
    expect(undone(typed).now).toBe('');
    expect(undone(edited(typed, 'x', 'other')).now).toBe('Gat');
  });
});

describe('rules', () => {
  it.each(ruleTools)('makes a %s of what was drawn, and moves its corners', (tool) => {
    const rule = newRule(tool, tool === 'line' ? four.slice(0, 2) : four, 'id', 'name');
    if (!rule) throw new Error('a rule');
    const moved = shapeOf(rule).points.map(({ x, y }) => ({ x, y: y + 0.1 }));
    expect(shapeOf(withPoints(rule, moved)).points.map(({ x, y }) => ({ x, y }))).toEqual(moved);
  });

  it('keeps the metres of a calibration when its corners move', () => {
    const rule = newRule('calibration', four, 'id', 'name');
    if (rule?.kind !== 'calibration') throw new Error('a calibration');
    const moved = withPoints(
      rule,
      four.map(({ x, y }) => ({ x: x + 0.1, y })),
    );
    expect(moved).toMatchObject({
      points: [{ x: 0.2, acrossMetres: 0 }, {}, { acrossMetres: 3.5, alongMetres: 12 }, {}],
    });
  });

  it('turns a line round, and finds a name that is free', () => {
    const line = newRule('line', four.slice(0, 2), 'id', 'Line 1');
    if (!line) throw new Error('a line');
    expect(turned(line)).toMatchObject({ from: four[1], to: four[0] });
    expect(freeName('Line', [line])).toBe('Line 2');
  });

  it('sends the camera as it is but for its rules', () => {
    const hygiene: CameraRule = { kind: 'hygiene', id: 'h', name: 'bin', item: 'bin_open', zone: four, graceMs: 5000 };
    const camera: Camera = {
      id: 'cam',
      name: 'Gate',
      number: '7',
      area: 'North',
      scene: 'road',
      url: 'rtsp://camera/1',
      username: 'viewer',
      transport: 'udp',
      recording: { mode: 'on_event', preRollSeconds: 9 },
      analysis: { mode: 'fps', fps: 4, secondLook: 'upper' },
      rules: [hygiene],
      hasPassword: true,
      state: { status: 'live', since: '', bitrateKbps: 0, framesPerSecond: 0, lossRatio: 0 },
    };
    const input = inputWithRules(camera, camera.rules);
    expect(input).toEqual({
      name: 'Gate',
      number: '7',
      area: 'North',
      scene: 'road',
      url: 'rtsp://camera/1',
      username: 'viewer',
      transport: 'udp',
      recording: { mode: 'on_event', preRollSeconds: 9 },
      analysis: { mode: 'fps', fps: 4, secondLook: 'upper' },
      rules: [hygiene],
    });
  });
});
