import type { Camera, CameraInput, CameraRule } from '#api/contract/cameras.ts';
import type { ZonePoint } from '../../shared/zone-geometry.ts';
import type { ZoneShape, ZoneTone } from '../../shared/zone-shape.tsx';

/** What can be drawn here; hygiene rules belong to the kitchen's page and pass through untouched. */
export type RuleTool = 'interest' | 'ignore' | 'line' | 'dwell' | 'calibration';

export const ruleTools: readonly RuleTool[] = ['interest', 'ignore', 'line', 'dwell', 'calibration'];
/** As the contract has it. */
export const mostRules = 64;
const usualDwellMs = 60_000;
/** A lane's width and two lane marks: what people measure first. */
const usualMetres = [
  [0, 0],
  [3.5, 0],
  [3.5, 12],
  [0, 12],
] as const;

export function toolOf(rule: CameraRule): RuleTool | 'hygiene' {
  return rule.kind === 'region' ? rule.use : rule.kind;
}

export function toneOf(tool: RuleTool | 'hygiene'): ZoneTone {
  const tones = {
    interest: 'good',
    ignore: 'bad',
    line: 'accent',
    dwell: 'warn',
    calibration: 'plain',
    hygiene: 'plain',
  } as const;
  return tones[tool];
}

export function kindOf(tool: RuleTool | 'hygiene'): ZoneShape['kind'] {
  if (tool === 'line') return 'line';
  return tool === 'calibration' ? 'points' : 'area';
}

export function pointsOf(rule: CameraRule): readonly ZonePoint[] {
  if (rule.kind === 'line') return [rule.from, rule.to];
  return rule.kind === 'calibration' ? rule.points : rule.zone;
}

export function shapeOf(rule: CameraRule): ZoneShape {
  const tool = toolOf(rule);
  return {
    id: rule.id,
    kind: kindOf(tool),
    tone: toneOf(tool),
    label: rule.name,
    points: pointsOf(rule),
    isFixed: rule.kind === 'hygiene',
  };
}

/** A rule of what was drawn, with what its person can change afterwards. */
export function newRule(
  tool: RuleTool,
  points: readonly ZonePoint[],
  id: string,
  name: string,
): CameraRule | undefined {
  const [from, to] = points;
  if (tool === 'line') return from && to ? { kind: 'line', id, name, from, to } : undefined;
  if (tool === 'calibration') {
    const placed = points.map((point, index) => {
      const [acrossMetres, alongMetres] = usualMetres[index] ?? [0, 0];
      return { ...point, acrossMetres, alongMetres };
    });
    return { kind: 'calibration', id, name, points: placed };
  }
  const zone = [...points];
  if (tool === 'dwell') return { kind: 'dwell', id, name, zone, dwellMs: usualDwellMs };
  return { kind: 'region', id, name, use: tool, zone };
}

export function withPoints(rule: CameraRule, points: readonly ZonePoint[]): CameraRule {
  const [from, to] = points;
  if (rule.kind === 'line') return from && to ? { ...rule, from, to } : rule;
  if (rule.kind === 'calibration') {
    return { ...rule, points: rule.points.map((point, index) => ({ ...point, ...points[index] })) };
  }
  return { ...rule, zone: [...points] };
}

/** The other side of the line becomes forward. */
export function turned(rule: CameraRule): CameraRule {
  return rule.kind === 'line' ? { ...rule, from: rule.to, to: rule.from } : rule;
}

/** A name that no rule has yet: `Line 2`. */
export function freeName(base: string, rules: readonly CameraRule[]): string {
  const names = new Set(rules.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = `${base} ${number}`;
    if (!names.has(name)) return name;
  }
}

/** The whole camera as it is, with other rules: nothing else may change by drawing. */
export function inputWithRules(camera: Camera, rules: readonly CameraRule[]): CameraInput {
  const { id: _id, hasPassword: _hasPassword, state: _state, recordingSince: _since, onvif: _onvif, ...kept } = camera;
  return { ...kept, rules: rules.map((rule) => ({ ...rule, name: rule.name.trim() || rule.id })) };
}
