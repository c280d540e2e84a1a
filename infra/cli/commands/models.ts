import type { Command } from 'commander';
import type { ModelStatus } from '#analyzers/models/model-registry.ts';

interface ModelsOptions {
  readonly json?: boolean;
}

export function register(program: Command): void {
  const models = program
    .command('models')
    .description('the models: source, licence, SHA-256, and whether they are here');

  models
    .command('list')
    .description('every model and its state; ends with 0 whatever the state')
    .option('--json', 'one JSON object')
    .action(async (options: ModelsOptions) => {
      const registry = await openRegistry();
      print(await registry.list(), options);
    });

  models
    .command('pull')
    .description('convert or download what is missing; a wrong file is refused, never replaced')
    .argument('[id...]', 'models; none: all')
    .option('--json', 'one JSON object')
    .action(async (ids: string[], options: ModelsOptions) => {
      const { describeError } = await import('#infra/runtime/app-error.ts');
      const registry = await openRegistry();
      const wanted = ids.length > 0 ? ids : (await registry.list()).map(({ manifest }) => manifest.id);
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
        options,
      );
    });

  models
    .command('verify')
    .description('hash every file that is here; ends with 1 when one is wrong')
    .option('--json', 'one JSON object')
    .action(async (options: ModelsOptions) => {
      const { ok, models: found } = await (await openRegistry()).verify();
      print(found, options);
      if (!ok) process.exitCode = 1;
    });
}

async function openRegistry() {
  const [{ readConfig }, { createLogger }, { analyzerConfigSchema }, { ModelRegistry }] = await Promise.all([
    import('#infra/runtime/config.ts'),
    import('#infra/runtime/logger.ts'),
    import('#analyzers/config.ts'),
    import('#analyzers/models/model-registry.ts'),
  ]);
  const { modelFolder, modelMirror } = readConfig('analyzers', analyzerConfigSchema, process.env);
  const log = createLogger({ level: 'warn', pretty: false });
  return new ModelRegistry({ folder: modelFolder, mirror: modelMirror, log });
}

function print(models: readonly ModelStatus[], { json }: ModelsOptions): void {
  if (json) {
    const rows = models.map(({ manifest, ...status }) => ({ ...manifest, ...status }));
    console.log(JSON.stringify({ models: rows }, null, 2));
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
}
