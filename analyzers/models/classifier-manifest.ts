import Type, { type Static } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest } from '../packs/model-pack.ts';
import { checkItems, HygieneRegion, MinRegionPx, refusePersons } from './hygiene-fields.ts';
import { CLOSED, checkFields, common, isRecord, Name, oneOf, pixelFields } from './manifest-fields.ts';

const Side = Type.Integer({ minimum: 16, maximum: 1024 });
const Classes = Type.Array(Name, { maxItems: 100 });

const Judged = Type.Object(
  {
    /** Classes that show the violation, and classes that show that all is well; by any other nothing can be told. */
    violation: Classes,
    fine: Classes,
    /** Probability from which either is believed; below, nothing can be told. */
    least: Type.Number({ minimum: 0.5, maximum: 0.999 }),
  },
  CLOSED,
);

const Classifier = Type.Object(
  {
    ...common,
    task: Type.Literal('hygiene-classification'),
    region: HygieneRegion,
    minRegionPx: MinRegionPx,
    input: Type.Object(
      {
        layer: Name,
        widthPx: Side,
        heightPx: Side,
        ...pixelFields,
      },
      CLOSED,
    ),
    /** [n,classes]; logits become probabilities by softmax. */
    output: Type.Object({ layer: Name, values: oneOf('probabilities', 'logits') }, CLOSED),
    /** The network's classes in its own order and words. */
    classes: Type.Array(Name, { minItems: 2, maxItems: 100 }),
    /** By code of the hygiene catalogue. */
    items: Type.Record(Name, Judged),
  },
  CLOSED,
);

/** All that is to be known of a network that judges hygiene items: the shipped one and those of packs have the same. */
export type ClassifierManifest = Static<typeof Classifier>;

export function isClassifierManifest(manifest: ModelManifest): manifest is ClassifierManifest {
  return manifest.task === 'hygiene-classification';
}

/**
 * Checks what somebody wrote as the manifest of a hygiene classifier: its classes are states of a kitchen, never of a
 * person, and its items are those of the catalogue.
 * @throws {AppError} `MODEL_PACK_CLASS_REFUSED`, `MODEL_PACK_ITEM_UNKNOWN`, `MODEL_PACK_INVALID`
 */
export function checkClassifierManifest(written: unknown, where: ErrorContext = {}): ClassifierManifest {
  const fields = isRecord(written) ? written : {};
  refusePersons(fields['classes'], where);
  checkItems(fields['items'], where);
  const checked = checkFields<ClassifierManifest>(Classifier, written, where);
  const invalid = (field: string, expected: string) => analyzerErrors.MODEL_PACK_INVALID({ ...where, field, expected });
  for (const [item, { violation, fine }] of Object.entries(checked.items)) {
    if (violation.length === 0) throw invalid(`items.${item}.violation`, 'at least one class');
    const stranger = [...violation, ...fine].find((name) => !checked.classes.includes(name));
    if (stranger !== undefined) throw invalid(`items.${item}`, `classes of the network; ${stranger} is none`);
    if (violation.some((name) => fine.includes(name))) throw invalid(`items.${item}.fine`, 'none of the violations');
  }
  return checked;
}
