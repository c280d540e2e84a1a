import type { Command } from 'commander';
import type { ModelRegistry, ModelStatus } from '#analyzers/models/model-registry.ts';
import type { RefusedPack } from '#analyzers/models/pack-folder.ts';

interface ModelsOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  const models = program
    .command('models')
    .description('the models: source, licence, SHA-256, and whether they are here');

  models
    .command('list')
    .description('every model and model pack with its state; ends with 0 whatever the state')
    .option('--json', 'one JSON object')
    .action(async (options: ModelsOptions) => {
      const registry = await openRegistry();
      print(await registry.list(), await registry.refusedPacks(), options);
    });

  models
    .command('pull')
    .description('convert or download what is missing; a wrong file is refused, never replaced')
    .argument('[id...]', 'models; none: all')
    .option('--json', 'one JSON object')
    .action(async (ids: string[], options: ModelsOptions) => {
      const { describeError } = await import('#infra/runtime/app-error.ts');
      const registry = await openRegistry();
      // A pack's file is put there by hand: there is nowhere to pull it from.
      const ours = (await registry.list()).filter(({ origin }) => origin !== 'pack');
      const wanted = ids.length > 0 ? ids : ours.map(({ manifest }) => manifest.id);
      for (const id of wanted) {
        try {
          await registry.ensure(id);
        } catch (thrown) {
          console.error(describeError(thrown));
          process.exitCode = 1;
        }
      }
      print(
        (await registry.list()).filter(({ manifest }) => wanted.includes(manifest.id)),
        [],
        options,
      );
    });

  models
    .command('verify')
    .description(
      'hash every file that is here, and try detectors and hygiene models against their manifests; ends with 1 when one is wrong',
    )
    .option('--json', 'one JSON object')
    .action(async (options: ModelsOptions) => {
      const registry = await openRegistry();
      const { ok, models: found, refused } = await registry.verify();
      const broken = await tryModels(registry, found);
      print(found, [...refused, ...broken], options);
      if (!ok || broken.length > 0) process.exitCode = 1;
    });
}

/** Opens every detector and every model of hygiene items whose file is right: its layers and shapes must be what the manifest says. */
async function tryModels(registry: ModelRegistry, models: readonly ModelStatus[]): Promise<RefusedPack[]> {
  const [
    { createDetector },
    { HygieneFinder },
    { HygieneClassifier },
    { isFinderManifest },
    { isClassifierManifest },
    { toAppError },
    path,
  ] = await Promise.all([
    import('#analyzers/packs/vehicle/vehicle-pack.ts'),
    import('#analyzers/packs/kitchen/hygiene-finder.ts'),
    import('#analyzers/packs/kitchen/hygiene-classifier.ts'),
    import('#analyzers/models/finder-manifest.ts'),
    import('#analyzers/models/classifier-manifest.ts'),
    import('#infra/runtime/app-error.ts'),
    import('node:path'),
  ]);
  const broken: RefusedPack[] = [];
  for (const { manifest, state, path: file } of models) {
    if (state !== 'ready') continue;
    try {
      if (manifest.task === 'object-detection')
        await (await createDetector({ registry, choice: manifest.id, threshold: 0.5 })).close();
      else if (isFinderManifest(manifest)) await (await HygieneFinder.open(registry, manifest)).close();
      else if (isClassifierManifest(manifest)) await (await HygieneClassifier.open(registry, manifest)).close();
    } catch (thrown) {
      broken.push({ folder: path.dirname(file), error: toAppError(thrown) });
    }
  }
  return broken;
}

async function openRegistry() {
  const [{ readConfig }, { createLogger }, { analyzerConfigSchema }, { ModelRegistry }] = await Promise.all([
    import('#infra/runtime/config.ts'),
    import('#infra/runtime/logger.ts'),
    import('#analyzers/config.ts'),
    import('#analyzers/models/model-registry.ts'),
  ]);
  const { modelFolder, modelMirror, packFolder } = readConfig('analyzers', analyzerConfigSchema, process.env);
  const log = createLogger({ level: 'warn', pretty: false });
  return new ModelRegistry({ folder: modelFolder, mirror: modelMirror, packFolder, log });
}

function print(models: readonly ModelStatus[], refused: readonly RefusedPack[], { json }: ModelsOptions): void {
  if (json) {
    const rows = models.map(({ manifest, ...status }) => ({ ...manifest, ...status }));
    const problems = refused.map(({ folder, error }) => ({
      folder,
      code: error.code,
      ...error.text,
      ...error.context,
    }));
    console.log(JSON.stringify({ models: rows, refused: problems }, null, 2));
    return;
  }
  const rows = models.map(({ manifest, state, origin }) => [
    manifest.id,
    state,
    manifest.task,
    origin,
    manifest.licence + (manifest.licenceNote ? ' *' : ''),
    manifest.sha256.slice(0, 12),
    manifest.source,
  ]);
  const table = [['MODEL', 'STATE', 'TASK', 'ORIGIN', 'LICENCE', 'SHA-256', 'SOURCE'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  const notes = new Set(models.flatMap(({ manifest }) => (manifest.licenceNote ? [manifest.licenceNote] : [])));
  for (const note of notes) console.log(`* ${note}`);
  for (const { folder, error } of refused) {
    const details = Object.entries(error.context).map(([key, value]) => `${key}=${String(value)}`);
    console.error(
      `not usable: ${folder}\n  ${error.code}: ${error.text.en} [${details.join(' ')}]\n  ${error.text.remedyEn}`,
    );
    console.error(`  ${error.text.zh}${error.text.remedyZh}`);
  }
}
