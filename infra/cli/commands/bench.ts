import { type Command, InvalidArgumentError } from 'commander';

interface AccuracyCommandOptions {
  readonly task: string;
  readonly dir: string;
  readonly detector?: string;
  readonly degrade?: boolean;
  readonly homeProvince: string;
  readonly json?: boolean;
}

interface AnalyzeCommandOptions {
  readonly dir?: string;
  readonly frames: number;
  readonly json?: boolean;
}

interface IngestCommandOptions {
  readonly cameras: readonly number[];
  readonly seconds: number;
  readonly bitrateMbps: number;
  readonly threads: number;
  readonly peer: number;
  readonly repeat?: number;
  readonly model?: boolean;
  readonly out?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const bench = program.command('bench').description('measure: every published figure comes from here');

  bench
    .command('accuracy')
    .description('accuracy on a folder of pictures with known truth')
    .requiredOption('--task <task>', 'plate-crops, plate-calibration, plate-frames, vehicles or masks')
    .requiredOption('--dir <dir>', 'crops named by their text, CCPD frames, or pictures with labels.json')
    .option('--detector <name>', 'auto, centernet or yolox-nano')
    .option('--degrade', 'plate-crops: make every crop small, blurred, noisy and compressed first')
    .option('--home-province <name>', 'plates: expect this province, e.g. 皖', '')
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
        degrade: options.degrade === true,
        homeProvince: options.homeProvince,
      });
      if (options.json) console.log(JSON.stringify(result));
      else {
        for (const { truth, read } of misses) console.log(`${truth} read as ${read === '' ? '(nothing)' : read}`);
        for (const [name, value] of Object.entries(result)) {
          if (typeof value === 'string') console.log(`${name}: ${value}`);
          else if (typeof value === 'number') console.log(`${name}: ${rounded(value)}`);
          else
            console.table(
              value.map((bin) => ({
                ...bin,
                meanConfidence: rounded(bin.meanConfidence),
                accuracy: rounded(bin.accuracy),
              })),
            );
        }
      }
    });

  bench
    .command('ingest')
    .description('CPU and memory of cameras that are recorded, frames sent and recorded, against ffmpeg -c copy')
    .option('--cameras <list>', 'sizes to measure, e.g. 50,100,200,400', positiveIntegers, [50, 100, 200])
    .option('--seconds <n>', 'measured time of each run', positiveInteger, 20)
    .option('--bitrate-mbps <n>', 'of each camera, Mbit/s', positiveNumber, 2)
    .option('--threads <n>', 'over how many threads the cameras are spread', positiveInteger, 1)
    .option('--peer <n>', 'cameras (and processes) of ffmpeg in its turns; 0 leaves it out', wholeNumber, 20)
    .option('--repeat <n>', 'how often all is run; twice when there is one size', positiveInteger)
    .option('--model', 'fit the cost of a camera against its bit rate, too')
    .option('--out <dir>', 'where recordings go until each run is over; else the cache folder')
    .option('--profile <dir>', 'write CPU profiles of our processes there')
    .option('--json', 'one JSON object')
    .action(async (options: IngestCommandOptions) => {
      const { benchIngest } = await import('../../bench/ingest.ts');
      const report = await benchIngest({
        cameras: options.cameras,
        seconds: options.seconds,
        mbitPerSecond: options.bitrateMbps,
        threads: options.threads,
        peerCameras: options.peer,
        repeat: options.repeat ?? (options.cameras.length === 1 ? 2 : 1),
        withModel: options.model === true,
        folder: options.out,
        profileFolder: options.profile,
        onProgress: (line) => console.error(line),
      });
      if (options.json) console.log(JSON.stringify(report));
      else {
        for (const part of [...report.results, report.peer, report.linearity, report.model])
          if (part) console.log(part);
        if (report.ratio !== undefined) console.log(`ratio to ffmpeg at the largest size: ${report.ratio}`);
      }
      const lossy = report.results.filter((result) => result['framesRecorded'] !== result['framesSent']);
      for (const result of lossy) {
        console.error(
          `${result['cameras']} cameras: ${result['framesRecorded']} of ${result['framesSent']} frames were recorded (gaps: ${result['gapCauses']}); this is no measure of cost.`,
        );
        process.exitCode = 1;
      }
      if (report.results.some((result) => result['sourceKeptPace'] === false)) {
        console.error(
          'The cameras could not keep their pace on this machine: the sizes with sourceKeptPace false are no measure.',
        );
        process.exitCode = 1;
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

function rounded(value: number): number {
  return Number(value.toFixed(4));
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

function positiveIntegers(text: string): readonly number[] {
  return text.split(',').map(positiveInteger);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}
