import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isThere } from '#infra/runtime/is-there.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelManifest, ModelTask } from '../packs/model-pack.ts';
import { type CatalogueEntry, MODEL_CATALOGUE, type PackageFile } from './model-catalogue.ts';
import { type ClassifierManifest, isClassifierManifest } from './classifier-manifest.ts';
import { type DetectorManifest, isDetectorManifest } from './detector-manifest.ts';
import { type FinderManifest, isFinderManifest } from './finder-manifest.ts';
import { convertModel } from './model-conversion.ts';
import { fetchModel } from './model-download.ts';
import { type ModelPack, readPackFolder, type RefusedPack } from './pack-folder.ts';
import { writeAtomically } from './write-atomically.ts';

/** All tasks there are. A model of any other task cannot be registered. */
export const MODEL_TASKS: readonly ModelTask[] = [
  'object-detection',
  'text-detection',
  'plate-recognition',
  'mask-classification',
  'hygiene-classification',
  'hygiene-detection',
];

export type ModelState = 'ready' | 'missing' | 'wrong-hash';

export interface ModelStatus {
  readonly manifest: ModelManifest;
  readonly state: ModelState;
  /** Where the file is or will be. */
  readonly path: string;
  /**
   * shipped: lies beside the code; npm: comes with the packages; converted: made here from them; download: fetched from
   * its source or the mirror; pack: put into the packs folder by somebody.
   */
  readonly origin: 'shipped' | 'npm' | 'converted' | 'download' | 'pack';
}

export interface ModelRegistryOptions {
  /** Where converted and downloaded models are kept; made when needed. Empty: the default folder. */
  readonly folder: string;
  /** A folder or http(s) address with the downloads under their file names; empty: the pinned sources. */
  readonly mirror: string;
  /** Where people put model packs; empty or undefined: `packs` in `folder`. */
  readonly packFolder?: string;
  readonly log: Log;
  readonly catalogue?: readonly CatalogueEntry[];
}

/** `$VANTAGE_CACHE_DIR/models`, or `~/.cache/vantage/models`. */
export function defaultModelFolder(env: Readonly<Record<string, string | undefined>>): string {
  return path.join(env['VANTAGE_CACHE_DIR'] || path.join(homedir(), '.cache', 'vantage'), 'models');
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The packages may hide files behind `exports`; one resolvable file of theirs shows where they live. */
function packagePath(file: PackageFile): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve(file.resolve)), file.relativePath);
}

async function statusOf(manifest: ModelManifest, file: string, origin: ModelStatus['origin']): Promise<ModelStatus> {
  const bytes = await readFile(file).catch(() => undefined);
  const state = !bytes ? 'missing' : sha256Of(bytes) === manifest.sha256 ? 'ready' : 'wrong-hash';
  return { manifest, state, path: file, origin };
}

/** @throws {AppError} `MODEL_PACK_FILE_MISSING`, `MODEL_PACK_HASH_MISMATCH` */
async function loadPack({ manifest, file }: ModelPack): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw analyzerErrors.MODEL_PACK_FILE_MISSING({ model: manifest.id, file }, cause);
  }
  const found = sha256Of(bytes);
  if (found !== manifest.sha256)
    throw analyzerErrors.MODEL_PACK_HASH_MISMATCH({ model: manifest.id, file, expected: manifest.sha256, found });
  return bytes;
}

function isJudge(manifest: ModelManifest): manifest is ClassifierManifest | FinderManifest {
  return isClassifierManifest(manifest) || isFinderManifest(manifest);
}

/** Knows every model, where it comes from and what its hash must be. Nothing leaves it unchecked. */
export class ModelRegistry {
  readonly #folder: string;
  readonly #mirror: string;
  readonly #log: Log;
  readonly #entries: ReadonlyMap<string, CatalogueEntry>;
  readonly #pending = new Map<string, Promise<string>>();
  readonly #packFolder: string;
  #packs: ReturnType<typeof readPackFolder> | undefined;

  constructor({ folder, mirror, packFolder = '', log, catalogue = MODEL_CATALOGUE }: ModelRegistryOptions) {
    for (const { manifest } of catalogue)
      if (!MODEL_TASKS.includes(manifest.task)) throw new TypeError(`${manifest.id}: no such task: ${manifest.task}`);
    this.#folder = folder === '' ? defaultModelFolder(process.env) : folder;
    this.#packFolder = packFolder === '' ? path.join(this.#folder, 'packs') : packFolder;
    this.#mirror = mirror;
    this.#log = log;
    this.#entries = new Map(catalogue.map((entry) => [entry.manifest.id, entry]));
  }

  /** @throws {AppError} `MODEL_MISSING` when there is no model of this id */
  manifest(id: string): ModelManifest {
    return this.#entry(id).manifest;
  }

  /**
   * A detector of the catalogue or of a pack.
   * @throws {AppError} `DETECTOR_UNKNOWN`; when a pack of this folder name was refused, why it was
   */
  async detector(id: string): Promise<DetectorManifest> {
    const manifest = this.#entries.get(id)?.manifest;
    if (manifest && isDetectorManifest(manifest)) return manifest;
    const { packs, refused } = await this.#readPacks();
    const pack = packs.find((candidate) => candidate.manifest.id === id);
    if (pack && isDetectorManifest(pack.manifest)) return pack.manifest;
    const named = refused.find(({ folder }) => path.basename(folder) === id);
    throw named
      ? named.error
      : analyzerErrors.DETECTOR_UNKNOWN({ detector: id, known: (await this.detectorIds()).join(', ') });
  }

  /** Of every detector that may be chosen, built-in ones first. */
  async detectorIds(): Promise<readonly string[]> {
    const { packs } = await this.#readPacks();
    const known = [...this.#entries.values(), ...packs].map(({ manifest }) => manifest);
    return known.filter(isDetectorManifest).map(({ id }) => id);
  }

  /** The networks that judge hygiene items: those of packs first, so that a pack's word on an item counts before the shipped one's. */
  async hygieneJudges(): Promise<readonly (ClassifierManifest | FinderManifest)[]> {
    const { packs } = await this.#readPacks();
    return [...packs, ...this.#entries.values()].map(({ manifest }) => manifest).filter(isJudge);
  }

  /** Items of the hygiene catalogue that some model judges whose file is here and right. */
  async judgedItems(): Promise<readonly string[]> {
    const ready = (await this.#statuses(isJudge)).filter(({ state }) => state === 'ready');
    return [...new Set(ready.flatMap(({ manifest }) => (isJudge(manifest) ? Object.keys(manifest.items) : [])))];
  }

  /** Whether a model of the catalogue has its file here; nothing is fetched, and nothing is read. */
  async isHere(id: string): Promise<boolean> {
    return await isThere(this.#path(this.#entry(id)));
  }

  /** State of every model; reads and hashes each file, changes nothing. */
  async list(): Promise<ModelStatus[]> {
    return this.#statuses(() => true);
  }

  /** Folders in the packs folder that are no usable packs, each with its reason. */
  async refusedPacks(): Promise<readonly RefusedPack[]> {
    return (await this.#readPacks()).refused;
  }

  /** As {@link list}; for those whose files are there but wrong, the caller decides. */
  async verify(): Promise<{ ok: boolean; models: ModelStatus[]; refused: readonly RefusedPack[] }> {
    const [models, refused] = [await this.list(), await this.refusedPacks()];
    return { ok: refused.length === 0 && models.every((model) => model.state !== 'wrong-hash'), models, refused };
  }

  /**
   * Makes sure that a model's file is there and right: converts or downloads it if need be.
   * @returns its path
   * @throws {AppError} `MODEL_MISSING`, `MODEL_HASH_MISMATCH`, `MODEL_DOWNLOAD_FAILED`, `MODEL_BROKEN`
   */
  async ensure(id: string): Promise<string> {
    let pending = this.#pending.get(id);
    if (!pending) {
      pending = this.#ensure(this.#entry(id)).finally(() => this.#pending.delete(id));
      this.#pending.set(id, pending);
    }
    return pending;
  }

  /**
   * The bytes of a model, made available first if need be. What was hashed is what is given: a file swapped between
   * check and use is not loaded.
   * @throws {AppError} as {@link ensure}
   */
  async load(id: string): Promise<Uint8Array> {
    const pack = this.#entries.has(id)
      ? undefined
      : (await this.#readPacks()).packs.find(({ manifest }) => manifest.id === id);
    if (pack) return loadPack(pack);
    const { sha256 } = this.#entry(id).manifest;
    return this.#readChecked(id, await this.ensure(id), sha256);
  }

  /** The bytes of a file that belongs to a model, such as its list of characters. @throws {AppError} as {@link ensure} */
  async loadCompanion(id: string, name: string): Promise<Uint8Array> {
    const file = this.#entry(id).companions?.[name];
    if (!file) throw analyzerErrors.MODEL_MISSING({ model: id, file: name });
    return this.#readChecked(id, this.#packagePath(id, file), file.sha256);
  }

  async #readPacks(): ReturnType<typeof readPackFolder> {
    this.#packs ??= readPackFolder(this.#packFolder, this.#entries.keys());
    return this.#packs;
  }

  #entry(id: string): CatalogueEntry {
    const entry = this.#entries.get(id);
    if (!entry) throw analyzerErrors.MODEL_MISSING({ model: id });
    return entry;
  }

  #path(entry: CatalogueEntry): string {
    if (entry.fileName !== undefined) return path.join(this.#folder, entry.fileName);
    if (entry.origin.kind === 'shipped') return fileURLToPath(new URL(entry.origin.path, import.meta.url));
    if (entry.origin.kind === 'package') return this.#packagePath(entry.manifest.id, entry.origin);
    return path.join(this.#folder, path.basename(entry.origin.path));
  }

  #packagePath(id: string, file: PackageFile): string {
    try {
      return packagePath(file);
    } catch (cause) {
      throw analyzerErrors.MODEL_MISSING({ model: id, package: file.resolve }, cause);
    }
  }

  async #statuses(isWanted: (manifest: ModelManifest) => boolean): Promise<ModelStatus[]> {
    const { packs } = await this.#readPacks();
    const ours = [...this.#entries.values()].filter(({ manifest }) => isWanted(manifest));
    const theirs = packs.filter(({ manifest }) => isWanted(manifest));
    return Promise.all([
      ...ours.map((entry) => this.#status(entry)),
      ...theirs.map(async ({ manifest, file }) => statusOf(manifest, file, 'pack')),
    ]);
  }

  async #status(entry: CatalogueEntry): Promise<ModelStatus> {
    const { manifest } = entry;
    const { kind } = entry.origin;
    const origin = kind !== 'package' ? kind : entry.conversion ? 'converted' : 'npm';
    try {
      return await statusOf(manifest, this.#path(entry), origin);
    } catch {
      return { manifest, state: 'missing', path: '', origin };
    }
  }

  async #readChecked(id: string, file: string, sha256: string): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (cause) {
      throw analyzerErrors.MODEL_MISSING({ model: id, file }, cause);
    }
    const found = sha256Of(bytes);
    if (found !== sha256) throw analyzerErrors.MODEL_HASH_MISMATCH({ model: id, file, expected: sha256, found });
    return bytes;
  }

  async #ensure(entry: CatalogueEntry): Promise<string> {
    const { manifest, origin } = entry;
    const file = this.#path(entry);
    if (await isThere(file)) {
      // Whatever is there is either right or refused: a wrong file is never replaced behind the operator's back.
      await this.#readChecked(manifest.id, file, manifest.sha256);
      return file;
    }
    if (origin.kind === 'shipped' || (origin.kind === 'package' && !entry.conversion))
      throw analyzerErrors.MODEL_MISSING({ model: manifest.id, file });
    const made = await this.#make(entry);
    const found = sha256Of(made);
    if (found !== manifest.sha256)
      throw analyzerErrors.MODEL_HASH_MISMATCH({ model: manifest.id, expected: manifest.sha256, found });
    await writeAtomically(file, made);
    this.#log.info({ model: manifest.id, file }, 'model ready');
    return file;
  }

  async #make({ manifest, origin, conversion }: CatalogueEntry): Promise<Uint8Array> {
    if (origin.kind === 'download') {
      const bytes = await fetchModel({ modelId: manifest.id, file: origin, mirror: this.#mirror });
      const found = sha256Of(bytes);
      if (found !== origin.sha256)
        throw analyzerErrors.MODEL_HASH_MISMATCH({ model: manifest.id, expected: origin.sha256, found });
      return conversion ? convertModel(manifest.id, { bytes }, conversion) : bytes;
    }
    if (origin.kind === 'shipped') throw analyzerErrors.MODEL_MISSING({ model: manifest.id });
    const source = this.#packagePath(manifest.id, origin);
    await this.#readChecked(manifest.id, source, origin.sha256);
    if (!conversion) throw analyzerErrors.MODEL_MISSING({ model: manifest.id });
    return convertModel(manifest.id, { path: source }, conversion);
  }
}
