import { analyzerErrors } from '#analyzers/errors.ts';
import type { ClassifierManifest } from '#analyzers/models/classifier-manifest.ts';
import type { FinderManifest } from '#analyzers/models/finder-manifest.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';

type Judge = ClassifierManifest | FinderManifest;

/**
 * The network of a kind that judges an item in the product: that of a pack before the shipped one.
 * @throws {AppError} `MODEL_MISSING` when there is none
 */
export async function judgeOf<T extends Judge>(
  registry: ModelRegistry,
  item: string,
  isKind: (manifest: Judge) => manifest is T,
): Promise<T> {
  const manifest = (await registry.hygieneJudges()).filter(isKind).find(({ items }) => Object.hasOwn(items, item));
  if (!manifest) throw analyzerErrors.MODEL_MISSING({ item });
  return manifest;
}
