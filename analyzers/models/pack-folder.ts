import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AppError, type ErrorContext, toAppError } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import { type ClassifierManifest, checkClassifierManifest } from './classifier-manifest.ts';
import { checkDetectorManifest, type DetectorManifest } from './detector-manifest.ts';
import { checkFinderManifest, type FinderManifest } from './finder-manifest.ts';

/** A model that somebody put into the packs folder: checked words, unchecked file. */
export interface ModelPack {
  readonly manifest: DetectorManifest | ClassifierManifest | FinderManifest;
  /** Of the ONNX file. */
  readonly file: string;
}

/** A folder that is not used as a pack, and why. */
export interface RefusedPack {
  readonly folder: string;
  readonly error: AppError;
}

const MANIFEST = 'manifest.json';
/** A plain name beside the manifest: no way out of the pack's folder. */
const FILE_NAME = /^[\w-][\w.-]{0,120}\.onnx$/;

/**
 * Reads `<folder>/<name>/manifest.json` of every pack. A folder that is not there holds none.
 * @param taken ids that packs may not have
 */
export async function readPackFolder(
  folder: string,
  taken: Iterable<string>,
): Promise<{ readonly packs: readonly ModelPack[]; readonly refused: readonly RefusedPack[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  const ids = new Set(taken);
  const packs: ModelPack[] = [];
  const refused: RefusedPack[] = [];
  for (const name of names.toSorted()) {
    const packFolder = path.join(folder, name);
    try {
      const pack = await readPack(packFolder);
      const { id } = pack.manifest;
      if (ids.has(id)) throw analyzerErrors.MODEL_PACK_NAME_TAKEN({ pack: packFolder, id });
      ids.add(id);
      packs.push(pack);
    } catch (thrown) {
      refused.push({ folder: packFolder, error: toAppError(thrown) });
    }
  }
  return { packs, refused };
}

async function readPack(folder: string): Promise<ModelPack> {
  const where = { pack: folder };
  let written: unknown;
  try {
    written = JSON.parse(await readFile(path.join(folder, MANIFEST), 'utf8'));
  } catch (cause) {
    throw analyzerErrors.MODEL_PACK_UNREADABLE(where, cause);
  }
  if (typeof written !== 'object' || written === null) throw analyzerErrors.MODEL_PACK_UNREADABLE(where);
  const { file, ...fields } = written as Readonly<Record<string, unknown>>;
  const manifest = checkManifest(fields, where);
  if (typeof file !== 'string' || !FILE_NAME.test(file))
    throw analyzerErrors.MODEL_PACK_INVALID({
      ...where,
      field: 'file',
      expected: 'the name of an .onnx file beside it',
    });
  return { manifest, file: path.join(folder, file) };
}

function checkManifest(fields: Readonly<Record<string, unknown>>, where: ErrorContext): ModelPack['manifest'] {
  if (fields['task'] === 'hygiene-classification') return checkClassifierManifest(fields, where);
  if (fields['task'] === 'hygiene-detection') return checkFinderManifest(fields, where);
  return checkDetectorManifest(fields, where);
}
