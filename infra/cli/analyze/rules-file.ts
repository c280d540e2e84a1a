import Type from 'typebox';
import Value from 'typebox/value';
import { analyzerErrors } from '#analyzers/errors.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';

const Share = Type.Number({ minimum: 0, maximum: 1 });
const Point = Type.Object({ x: Share, y: Share });
const Zone = Type.Array(Point, { minItems: 3, maxItems: 100 });
const named = { id: Type.String({ minLength: 1 }), name: Type.String() };
const Rules = Type.Array(
  Type.Union([
    Type.Object({ kind: Type.Literal('line'), ...named, from: Point, to: Point }),
    Type.Object({ kind: Type.Literal('dwell'), ...named, zone: Zone, dwellMs: Type.Number({ minimum: 0 }) }),
    Type.Object({
      kind: Type.Literal('region'),
      ...named,
      use: Type.Union([Type.Literal('interest'), Type.Literal('ignore')]),
      zone: Zone,
    }),
    Type.Object({
      kind: Type.Literal('calibration'),
      ...named,
      points: Type.Array(Type.Object({ x: Share, y: Share, acrossMetres: Type.Number(), alongMetres: Type.Number() }), {
        minItems: 4,
        maxItems: 4,
      }),
    }),
    Type.Object({
      kind: Type.Literal('hygiene'),
      ...named,
      item: Type.String({ minLength: 1 }),
      zone: Zone,
      graceMs: Type.Number({ minimum: 0 }),
    }),
    Type.Object({
      kind: Type.Literal('region'),
      ...named,
      use: Type.Union([Type.Literal('interest'), Type.Literal('ignore')]),
      zone: Zone,
    }),
  ]),
  { maxItems: 200 },
);

/** A camera's rules from a JSON text. @throws {AppError} `RULES_UNREADABLE` */
export function parseRules(file: string, text: string): readonly CameraRule[] {
  let rules: unknown;
  try {
    rules = JSON.parse(text);
  } catch (cause) {
    throw analyzerErrors.RULES_UNREADABLE({ file }, cause);
  }
  if (!Value.Check(Rules, rules)) throw analyzerErrors.RULES_UNREADABLE({ file });
  return rules;
}
