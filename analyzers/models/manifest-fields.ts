import Type, { type TSchema } from 'typebox';
import Value from 'typebox/value';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';

/** What the manifests of all model packs have in common. */

/** Nothing but what is listed: a field that nobody reads is a mistake or a wish that is not granted. */
export const CLOSED = { additionalProperties: false };
export const Name = Type.String({ minLength: 1, maxLength: 120 });
const Sentence = Type.String({ minLength: 1, maxLength: 500 });
export const Side = Type.Integer({ minimum: 32, maximum: 4096 });
const Triple = (minimum: number) => {
  const value = Type.Number({ minimum });
  return Type.Tuple([value, value, value]);
};
export const oneOf = <const T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const Colours = oneOf('rgb', 'bgr');
/** Largest value of a pixel before mean and deviation. */
const PixelRange = Type.Union([Type.Literal(1), Type.Literal(255)]);
/** letterbox: proportions are kept, the rest is filled with `border` (0..255); stretch: they are not. */
const Fit = oneOf('letterbox', 'stretch');

/** How pixels become the values of an input, whatever its size. */
export const pixelFields = {
  colours: Colours,
  pixelRange: PixelRange,
  /** In `pixelRange`, in the order of `colours`. */
  mean: Triple(0),
  deviation: Triple(1e-6),
  fit: Fit,
  border: Type.Optional(Type.Number({ minimum: 0, maximum: 255 })),
};

export const common = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$' }),
  title: Sentence,
  source: Sentence,
  licence: Name,
  licenceNote: Type.Optional(Sentence),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  sizeBytes: Type.Optional(Type.Integer({ minimum: 1 })),
  measured: Sentence,
};

/** Words after which nothing else matters: in tasks, and in classes of what is judged about a kitchen. */
const NEVER_ABOUT = (
  'face faces facial identity identities identification reidentification reid biometric gender sex age ethnicity race ' +
  'emotion emotions gait pose attribute attributes clothing pedestrian person persons human'
).split(' ');

/** Whether a name speaks of who or what a person is. Written as one word it is still what it is. */
export function isAboutPersons(name: string): boolean {
  const words = name.toLowerCase().split(/[^a-z]+/);
  const isNever = words.some((word) =>
    NEVER_ABOUT.some((never) => word === never || (never.length > 3 && word.startsWith(never))),
  );
  return isNever || words.join('').includes('reid');
}

/** @throws {AppError} `MODEL_PACK_INVALID` with the first field that is wrong */
export function checkFields<T>(schema: TSchema, written: unknown, where: ErrorContext): T {
  if (!isValid<T>(schema, written))
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, ...firstProblem(schema, written) });
  return written;
}

function isValid<T>(schema: TSchema, written: unknown): written is T {
  return Value.Check(schema, written);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first field that is wrong, and what it should be, in words. */
function firstProblem(schema: TSchema, written: unknown): { readonly field: string; readonly expected: string } {
  const problems = Value.Errors(schema, written);
  const [first] = problems;
  if (!first) return { field: 'manifest', expected: 'an object' };
  const { instancePath, message } = first;
  const missing = /propert\w+ (\S+)/.exec(message)?.[1];
  const path = [...instancePath.split('/').slice(1), ...(missing === undefined ? [] : [missing.replace(/,$/, '')])];
  const allowed = problems.flatMap(({ instancePath: other, params }) =>
    other === instancePath && 'allowedValue' in params ? [String(params.allowedValue)] : [],
  );
  const isUnknown = message === 'schema is false' || message.includes('additional propert');
  const expected = isUnknown ? 'no such field' : missing === undefined ? message : 'a value';
  return { field: path.join('.') || 'manifest', expected: allowed.length > 0 ? allowed.join(' or ') : expected };
}
