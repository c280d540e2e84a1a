import Type, { type Static } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import { HYGIENE_CATALOGUE } from '../packs/kitchen/hygiene-catalogue.ts';
import { isAboutPersons, isRecord, oneOf } from './manifest-fields.ts';

/** What the manifests of all networks that judge hygiene items have in common. */

/**
 * What it is shown: the head, the hands or the whole of each person in the rule's zone, or the zone itself. Square for
 * heads, wide for hands.
 */
export const HygieneRegion = oneOf('head', 'hands', 'person', 'zone');
export type HygieneRegionName = Static<typeof HygieneRegion>;

/** Of smaller regions (shorter side, pixels of the picture) nothing is told. */
export const MinRegionPx = Type.Integer({ minimum: 8, maximum: 512 });

/** Words for persons that a state of a kitchen has no use for. */
const NEVER_CLASSES =
  /^((wo)?m[ae]n|(fe)?males?|boys?|girls?|lady|ladies|child|children|adults?|elder(ly)?|old|young|asian|names?|who|staff|employees?|workers?)$/;

/** @throws {AppError} `MODEL_PACK_CLASS_REFUSED` when one speaks of who or what a person is */
export function refusePersons(classes: unknown, where: ErrorContext): void {
  for (const name of Array.isArray(classes) ? classes : [])
    if (typeof name === 'string' && isOfPersons(name))
      throw analyzerErrors.MODEL_PACK_CLASS_REFUSED({ ...where, class: name });
}

/** @throws {AppError} `MODEL_PACK_ITEM_UNKNOWN`; `MODEL_PACK_INVALID` when there is none */
export function checkItems(items: unknown, where: ErrorContext): void {
  const codes = Object.keys(isRecord(items) ? items : {});
  for (const item of codes)
    if (!HYGIENE_CATALOGUE.some(({ code }) => code === item))
      throw analyzerErrors.MODEL_PACK_ITEM_UNKNOWN({
        ...where,
        item,
        known: HYGIENE_CATALOGUE.map(({ code }) => code).join(', '),
      });
  if (codes.length === 0)
    throw analyzerErrors.MODEL_PACK_INVALID({ ...where, field: 'items', expected: 'at least one item' });
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
