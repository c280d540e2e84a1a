import Type, { type Static, type TSchema } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest } from '../packs/model-pack.ts';
import { checkItems, HygieneRegion, MinRegionPx, refusePersons } from './hygiene-fields.ts';
import { CLOSED, checkFields, isRecord, Name } from './manifest-fields.ts';
import { CENTERNET_FIELDS, network, RTDETR_FIELDS, schemaOfFamily, YOLOX_FIELDS } from './network-manifest.ts';

const Shown = Type.Object(
  {
    /** Classes of things that show the violation where they are found. Every other class is dropped. */
    shows: Type.Array(Name, { minItems: 1, maxItems: 100 }),
    /** Score from which a thing counts. Far below it nothing is there; in between nothing can be told. */
    least: Type.Number({ minimum: 0.05, maximum: 0.99 }),
  },
  CLOSED,
);

const finder = {
  ...network,
  task: Type.Literal('hygiene-detection'),
  region: HygieneRegion,
  minRegionPx: MinRegionPx,
  /** By code of the hygiene catalogue. */
  items: Type.Record(Name, Shown),
};

const CenterNet = Type.Object({ ...finder, ...CENTERNET_FIELDS }, CLOSED);
const Yolox = Type.Object({ ...finder, ...YOLOX_FIELDS }, CLOSED);
const RtDetr = Type.Object({ ...finder, ...RTDETR_FIELDS }, CLOSED);

/** All that is to be known of a network that finds the things by which hygiene items are judged. */
export type FinderManifest = Static<typeof CenterNet> | Static<typeof Yolox> | Static<typeof RtDetr>;

const FAMILIES: Readonly<Record<string, TSchema>> = { centernet: CenterNet, yolox: Yolox, rtdetr: RtDetr };

export function isFinderManifest(manifest: ModelManifest): manifest is FinderManifest {
  return manifest.task === 'hygiene-detection';
}

/**
 * Checks what somebody wrote as the manifest of a hygiene finder: what it looks for are things, never persons, and its
 * items are those of the catalogue.
 * @throws {AppError} `MODEL_PACK_CLASS_REFUSED`, `MODEL_PACK_ITEM_UNKNOWN`, `MODEL_PACK_INVALID`
 */
export function checkFinderManifest(written: unknown, where: ErrorContext = {}): FinderManifest {
  const fields = isRecord(written) ? written : {};
  const schema = schemaOfFamily(FAMILIES, fields['family'], where);
  checkItems(fields['items'], where);
  const checked = checkFields<FinderManifest>(schema, written, where);
  for (const [item, { shows }] of Object.entries(checked.items)) {
    refusePersons(shows, where);
    const stranger = shows.find((name) => !checked.classes.includes(name));
    if (stranger !== undefined)
      throw analyzerErrors.MODEL_PACK_INVALID({
        ...where,
        field: `items.${item}`,
        expected: `classes of the network; ${stranger} is none`,
      });
  }
  return checked;
}
