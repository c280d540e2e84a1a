import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { OBJECT_LABELS, type ObjectLabel } from '../detection.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest } from '../packs/model-pack.ts';

/** Nothing but what is listed: a field that nobody reads is a mistake or a wish that is not granted. */
const CLOSED = { additionalProperties: false };
const Name = Type.String({ minLength: 1, maxLength: 120 });
const Sentence = Type.String({ minLength: 1, maxLength: 500 });
const Side = Type.Integer({ minimum: 32, maximum: 4096 });
const Triple = (minimum: number) => {
  const value = Type.Number({ minimum });
  return Type.Tuple([value, value, value]);
};
const oneOf = <const T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const Label = oneOf(...OBJECT_LABELS);
function everyLabel<T extends TSchema>(schema: T): Record<ObjectLabel, T> {
  return Object.fromEntries(OBJECT_LABELS.map((label) => [label, schema])) as Record<ObjectLabel, T>;
}
const Share = Type.Number({ minimum: 0.01, maximum: 0.99 });

const Input = Type.Object(
  {
    layer: Name,
    /** Of the tensor. Each picture goes into the size whose proportions are nearest to its own. */
    sizes: Type.Array(Type.Object({ widthPx: Side, heightPx: Side }, CLOSED), { minItems: 1, maxItems: 12 }),
    /** The network takes other sizes than the one written in its file: it is fully convolutional. */
    anySize: Type.Optional(Type.Boolean()),
    colours: oneOf('rgb', 'bgr'),
    /** Largest value of a pixel before mean and deviation. */
    pixelRange: Type.Union([Type.Literal(1), Type.Literal(255)]),
    /** In `pixelRange`, in the order of `colours`. */
    mean: Triple(0),
    deviation: Triple(1e-6),
    /** letterbox: proportions are kept, the rest is filled with `border` (0..255); stretch: they are not. */
    fit: oneOf('letterbox', 'stretch'),
    border: Type.Optional(Type.Number({ minimum: 0, maximum: 255 })),
    /** Some exports of RT-DETR want the picture's size (int64 [1,2], width and height) here. */
    sizeLayer: Type.Optional(Name),
  },
  CLOSED,
);

const common = {
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$' }),
  task: Type.Literal('object-detection'),
  title: Sentence,
  source: Sentence,
  licence: Name,
  licenceNote: Type.Optional(Sentence),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  sizeBytes: Type.Optional(Type.Integer({ minimum: 1 })),
  measured: Sentence,
  input: Input,
  /** The network's classes in its own order and words. Those that have our words count by themselves. */
  classes: Type.Array(Name, { minItems: 1, maxItems: 2000 }),
  /** Of further classes, by the network's word, what they are for us. Every class without a label is dropped. */
  labels: Type.Optional(Type.Record(Name, Label)),
  /** Least scores by our label, where they are to be above the detection threshold of the settings. */
  thresholds: Type.Optional(Type.Object(everyLabel(Type.Optional(Share)), CLOSED)),
};

const CenterNet = Type.Object(
  {
    ...common,
    family: Type.Literal('centernet'),
    /** heat: [1,classes,h/4,w/4], 0..1; sizes: [1,4,h/4,w/4], distances to left, top, right, bottom in pixels. */
    outputs: Type.Object({ heat: Name, sizes: Name }, CLOSED),
  },
  CLOSED,
);
const Yolox = Type.Object(
  {
    ...common,
    family: Type.Literal('yolox'),
    /** cells: [1,cells,5 + classes]: centre x, y, width, height, objectness, a probability for each class. */
    outputs: Type.Object({ cells: Name }, CLOSED),
    /** grid: relative to the cell, sizes as logarithms, as the training code exports it; pixels: of the tensor. */
    boxes: oneOf('grid', 'pixels'),
    strides: Type.Optional(Type.Array(Type.Integer({ minimum: 2, maximum: 256 }), { minItems: 1, maxItems: 6 })),
  },
  CLOSED,
);
const RtDetr = Type.Object(
  {
    ...common,
    family: Type.Literal('rtdetr'),
    outputs: Type.Union([
      /** logits: [1,queries,classes]; boxes: [1,queries,4], centre and size in 0..1 of the tensor. */
      Type.Object({ logits: Name, boxes: Name }, CLOSED),
      /** labels, scores: [1,queries], labels int64; boxes: [1,queries,4], corners in units of what `sizeLayer` is given. */
      Type.Object({ labels: Name, boxes: Name, scores: Name }, CLOSED),
    ]),
  },
  CLOSED,
);

export type CenterNetManifest = Static<typeof CenterNet>;
export type YoloxManifest = Static<typeof Yolox>;
export type RtDetrManifest = Static<typeof RtDetr>;
/** All that is to be known of a detector: the built-in ones and those of packs have the same. */
export type DetectorManifest = CenterNetManifest | YoloxManifest | RtDetrManifest;

const FAMILIES: Readonly<Record<string, TSchema>> = { centernet: CenterNet, yolox: Yolox, rtdetr: RtDetr };

/** Of tasks: words after which nothing else matters. */
const NEVER = (
  'face faces facial identity identities identification reidentification reid biometric gender sex age ethnicity race ' +
  'emotion emotions gait pose attribute attributes clothing pedestrian person persons human'
).split(' ');

export function isDetectorManifest(manifest: ModelManifest): manifest is DetectorManifest {
  return 'family' in manifest;
}

/**
 * Checks what somebody wrote as the manifest of a detector.
 * @param where for messages
 * @throws {AppError} `MODEL_PACK_TASK_REFUSED`, `MODEL_PACK_TASK_UNKNOWN`, `MODEL_PACK_LABEL_REFUSED`,
 * `MODEL_PACK_FINDS_NOTHING`, `MODEL_PACK_INVALID` with the first field that is wrong
 */
export function checkDetectorManifest(written: unknown, where: ErrorContext = {}): DetectorManifest {
  const fields = isRecord(written) ? written : {};
  checkTask(fields['task'], where);
  checkLabels(fields['labels'], where);
  const family = fields['family'];
  const schema = typeof family === 'string' && Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (!schema)
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, field: 'family', expected: Object.keys(FAMILIES).join(', ') });
  if (!isValid(schema, written)) {
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, ...firstProblem(schema, written) });
  }
  if (labelsOfClasses(written).every((label) => label === undefined))
    throw analyzerErrors.MODEL_PACK_FINDS_NOTHING({ ...where, classes: written.classes.slice(0, 5).join(', ') });
  return written;
}

/** By index of the network's classes what each is for us; undefined: dropped. */
export function labelsOfClasses({
  classes,
  labels = {},
}: Pick<DetectorManifest, 'classes' | 'labels'>): readonly (ObjectLabel | undefined)[] {
  return classes.map((word) => labels[word] ?? OBJECT_LABELS.find((label) => label === word.toLowerCase()));
}

function isValid(schema: TSchema, written: unknown): written is DetectorManifest {
  return Value.Check(schema, written);
}

function checkTask(task: unknown, where: ErrorContext): void {
  if (task === 'object-detection') return;
  if (typeof task !== 'string')
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, field: 'task', expected: 'object-detection' });
  const words = task.toLowerCase().split(/[^a-z]+/);
  // Written as one word it is still what it is.
  const isRefused = words.some((word) =>
    NEVER.some((never) => word === never || (never.length > 3 && word.startsWith(never))),
  );
  if (isRefused || words.join('').includes('reid')) throw analyzerErrors.MODEL_PACK_TASK_REFUSED({ ...where, task });
  throw analyzerErrors.MODEL_PACK_TASK_UNKNOWN({ ...where, task });
}

function checkLabels(labels: unknown, where: ErrorContext): void {
  if (!isRecord(labels)) return;
  for (const [word, label] of Object.entries(labels))
    if (!OBJECT_LABELS.some((known) => known === label))
      throw analyzerErrors.MODEL_PACK_LABEL_REFUSED({ ...where, class: word, label: String(label) });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
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
