import Type, { type Static, type TSchema } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { OBJECT_LABELS, type ObjectLabel } from '../detection.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest } from '../packs/model-pack.ts';
import {
  CLOSED,
  checkFields,
  Colours,
  common,
  Fit,
  isAboutPersons,
  isRecord,
  Name,
  oneOf,
  PixelRange,
  Side,
  Triple,
} from './manifest-fields.ts';

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
    colours: Colours,
    pixelRange: PixelRange,
    /** In `pixelRange`, in the order of `colours`. */
    mean: Triple(0),
    deviation: Triple(1e-6),
    fit: Fit,
    border: Type.Optional(Type.Number({ minimum: 0, maximum: 255 })),
    /** Some exports of RT-DETR want the picture's size (int64 [1,2], width and height) here. */
    sizeLayer: Type.Optional(Name),
  },
  CLOSED,
);

const detector = {
  ...common,
  task: Type.Literal('object-detection'),
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
    ...detector,
    family: Type.Literal('centernet'),
    /** heat: [1,classes,h/4,w/4], 0..1; sizes: [1,4,h/4,w/4], distances to left, top, right, bottom in pixels. */
    outputs: Type.Object({ heat: Name, sizes: Name }, CLOSED),
  },
  CLOSED,
);
const Yolox = Type.Object(
  {
    ...detector,
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
    ...detector,
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
  const checked = checkFields<DetectorManifest>(schema, written, where);
  if (labelsOfClasses(checked).every((label) => label === undefined))
    throw analyzerErrors.MODEL_PACK_FINDS_NOTHING({ ...where, classes: checked.classes.slice(0, 5).join(', ') });
  return checked;
}

/** By index of the network's classes what each is for us; undefined: dropped. */
export function labelsOfClasses({
  classes,
  labels = {},
}: Pick<DetectorManifest, 'classes' | 'labels'>): readonly (ObjectLabel | undefined)[] {
  return classes.map((word) => labels[word] ?? OBJECT_LABELS.find((label) => label === word.toLowerCase()));
}

function checkTask(task: unknown, where: ErrorContext): void {
  if (task === 'object-detection') return;
  if (typeof task !== 'string')
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, field: 'task', expected: 'object-detection' });
  if (isAboutPersons(task)) throw analyzerErrors.MODEL_PACK_TASK_REFUSED({ ...where, task });
  throw analyzerErrors.MODEL_PACK_TASK_UNKNOWN({ ...where, task });
}

function checkLabels(labels: unknown, where: ErrorContext): void {
  if (!isRecord(labels)) return;
  for (const [word, label] of Object.entries(labels))
    if (!OBJECT_LABELS.some((known) => known === label))
      throw analyzerErrors.MODEL_PACK_LABEL_REFUSED({ ...where, class: word, label: String(label) });
}
