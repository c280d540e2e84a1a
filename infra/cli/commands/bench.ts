import { type Command, InvalidArgumentError } from 'commander';

interface AccuracyCommandOptions {
  readonly task: string;
  readonly dir: string;
  readonly detector?: string;
  readonly json?: boolean;
}

interface AnalyzeCommandOptions {
  readonly dir?: string;
  readonly frames: number;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const bench = program.command('bench').description('measure: every published figure comes from here');

  bench
    .command('accuracy')
    .description('accuracy on a folder of pictures with known truth')
    .requiredOption('--task <task>', 'plate-crops, plate-frames, vehicles or masks')
    .requiredOption('--dir <dir>', 'crops named by their text, CCPD frames, or pictures with labels.json')
    .option('--detector <name>', 'auto, centernet or yolox-nano')
    .option('--json', 'one JSON object')
    .action(async (options: AccuracyCommandOptions) => {
      const [{ measureAccuracy }, { config, registry }] = await Promise.all([
        import('../../bench/accuracy.ts'),
        openModels(options.detector),
      ]);
      const { result, misses } = await measureAccuracy({
        task: options.task,
        folder: options.dir,
        registry,
        detector: config.detector,
        threshold: config.detectionThreshold,
      });
      if (options.json) console.log(JSON.stringify(result));
      else {
        for (const { truth, read } of misses) console.log(`${truth} read as ${read === '' ? '(nothing)' : read}`);
        for (const [name, value] of Object.entries(result))
          console.log(`${name}: ${typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : value}`);
      }
    });

  bench
    .command('analyze')
    .description('frames per CPU second through the detector, against the network alone')
    .option('--dir <dir>', 'pictures to analyse; else a made-up one')
    .option('--frames <n>', 'how many', positiveInteger, 100)
    .option('--json', 'one JSON object')
    .action(async (options: AnalyzeCommandOptions) => {
      const [{ benchAnalyze }, { registry }] = await Promise.all([import('../../bench/analyze.ts'), openModels()]);
      const report = await benchAnalyze({ registry, folder: options.dir, frames: options.frames });
      if (options.json) console.log(JSON.stringify(report));
      else for (const result of report.results) console.log(result);
    });
}

async function openModels(detector?: string) {
  const [{ readConfig }, { createLogger }, { analyzerConfigSchema }, { ModelRegistry }] = await Promise.all([
    import('#infra/runtime/config.ts'),
    import('#infra/runtime/logger.ts'),
    import('#analyzers/config.ts'),
    import('#analyzers/models/model-registry.ts'),
  ]);
  const config = readConfig('analyzers', analyzerConfigSchema, process.env, detector === undefined ? {} : { detector });
  const log = createLogger({ level: 'warn', pretty: false });
  return { config, registry: new ModelRegistry({ folder: config.modelFolder, mirror: config.modelMirror, log }) };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new InvalidArgumentError('Give a whole number above 0.');
  return value;
}
