import Type, { type Static } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import { HYGIENE_CATALOGUE } from '../packs/kitchen/hygiene-catalogue.ts';
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
  Triple,
} from './manifest-fields.ts';

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
    /**
     * What it is shown: the head, the hands or the whole of each person in the rule's zone, or the zone itself. Square
     * for heads, wide for hands.
     */
    region: oneOf('head', 'hands', 'person', 'zone'),
    /** Of smaller regions (shorter side, pixels of the picture) nothing is told. */
    minRegionPx: Type.Integer({ minimum: 8, maximum: 512 }),
    input: Type.Object(
      {
        layer: Name,
        widthPx: Side,
        heightPx: Side,
        colours: Colours,
        pixelRange: PixelRange,
        /** In `pixelRange`, in the order of `colours`. */
        mean: Triple(0),
        deviation: Triple(1e-6),
        fit: Fit,
        border: Type.Optional(Type.Number({ minimum: 0, maximum: 255 })),
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
export type ClassifierRegion = ClassifierManifest['region'];

/** Words for persons that a state of a kitchen has no use for. */
const NEVER_CLASSES =
  /^((wo)?m[ae]n|(fe)?males?|boys?|girls?|lady|ladies|child|children|adults?|elder(ly)?|old|young|asian|names?|who|staff|employees?|workers?)$/;

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
  for (const name of Array.isArray(fields['classes']) ? fields['classes'] : [])
    if (typeof name === 'string' && isOfPersons(name))
      throw analyzerErrors.MODEL_PACK_CLASS_REFUSED({ ...where, class: name });
  for (const item of Object.keys(isRecord(fields['items']) ? fields['items'] : {}))
    if (!HYGIENE_CATALOGUE.some(({ code }) => code === item))
      throw analyzerErrors.MODEL_PACK_ITEM_UNKNOWN({
        ...where,
        item,
        known: HYGIENE_CATALOGUE.map(({ code }) => code).join(', '),
      });
  const checked = checkFields<ClassifierManifest>(Classifier, written, where);
  const invalid = (field: string, expected: string) => analyzerErrors.MODEL_PACK_INVALID({ ...where, field, expected });
  if (Object.keys(checked.items).length === 0) throw invalid('items', 'at least one item');
  for (const [item, { violation, fine }] of Object.entries(checked.items)) {
    if (violation.length === 0) throw invalid(`items.${item}.violation`, 'at least one class');
    const stranger = [...violation, ...fine].find((name) => !checked.classes.includes(name));
    if (stranger !== undefined) throw invalid(`items.${item}`, `classes of the network; ${stranger} is none`);
    if (violation.some((name) => fine.includes(name))) throw invalid(`items.${item}.fine`, 'none of the violations');
  }
  return checked;
}

function isOfPersons(name: string): boolean {
  return (
    isAboutPersons(name) ||
    name
      .toLowerCase()
      .split(/[^a-z]+/)
      .some((word) => NEVER_CLASSES.test(word))
  );
}
