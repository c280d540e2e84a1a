import Type, { type Static, type TSchema } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { OBJECT_LABELS, type ObjectLabel } from '../detection.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest } from '../packs/model-pack.ts';
import { CLOSED, checkFields, isAboutPersons, isRecord, Name, oneOf } from './manifest-fields.ts';
import { CENTERNET_FIELDS, network, RTDETR_FIELDS, schemaOfFamily, YOLOX_FIELDS } from './network-manifest.ts';

const Label = oneOf(...OBJECT_LABELS);
function everyLabel<T extends TSchema>(schema: T): Record<ObjectLabel, T> {
  return Object.fromEntries(OBJECT_LABELS.map((label) => [label, schema])) as Record<ObjectLabel, T>;
}
const Share = Type.Number({ minimum: 0.01, maximum: 0.99 });

const detector = {
  ...network,
  task: Type.Literal('object-detection'),
  /** Of further classes, by the network's word, what they are for us; those that have our words count by themselves. Every class without a label is dropped. */
  labels: Type.Optional(Type.Record(Name, Label)),
  /** Least scores by our label, where they are to be above the detection threshold of the settings. */
  thresholds: Type.Optional(Type.Object(everyLabel(Type.Optional(Share)), CLOSED)),
};

const CenterNet = Type.Object({ ...detector, ...CENTERNET_FIELDS }, CLOSED);
const Yolox = Type.Object({ ...detector, ...YOLOX_FIELDS }, CLOSED);
const RtDetr = Type.Object({ ...detector, ...RTDETR_FIELDS }, CLOSED);

/** All that is to be known of a detector: the built-in ones and those of packs have the same. */
export type DetectorManifest = Static<typeof CenterNet> | Static<typeof Yolox> | Static<typeof RtDetr>;

const FAMILIES: Readonly<Record<string, TSchema>> = { centernet: CenterNet, yolox: Yolox, rtdetr: RtDetr };

export function isDetectorManifest(manifest: ModelManifest): manifest is DetectorManifest {
  return manifest.task === 'object-detection';
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
  const schema = schemaOfFamily(FAMILIES, fields['family'], where);
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
