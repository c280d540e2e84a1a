import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CameraRule, SecondLook } from '#ingest/cameras/camera.ts';
import type { FrameLine, PackName, SummaryLine } from '../analyze/analysis-lines.ts';

interface AnalyzeFlags {
  readonly packs: string;
  readonly jsonl?: boolean;
  readonly every: number;
  readonly fps?: number;
  readonly seconds?: number;
  readonly detector?: string;
  readonly rules?: string;
  readonly secondLook: SecondLook;
}

export function register(program: Command): void {
  program
    .command('analyze')
    .description('Analytics alone: finds vehicles, plates and kitchen states in pictures, videos and streams.')
    .argument('<source...>', 'picture, video, folder of them, or rtsp:// address')
    .option('--packs <names>', 'comma-separated: vehicle, plate, kitchen', 'vehicle,plate')
    .option('--jsonl', 'a JSON line per analysed picture, and a summary line per video')
    .option('--every <n>', 'of a video analyse every n-th picture', parseCount, 1)
    .option('--fps <n>', 'analyse n pictures a second; of a stream 4 when nothing is said', parseRate)
    .option('--seconds <s>', 'watch a stream for this long; else until Ctrl-C or its end', parseSeconds)
    .option('--detector <name>', 'auto, centernet, yolox-nano or the id of a model pack')
    .addOption(
      new Option('--second-look <parts>', 'look again, enlarged, for what is small and far')
        .choices(['none', 'upper', 'tiles'])
        .default('none'),
    )
    .option('--rules <file>', 'JSON file with lines, zones and regions, as a camera has them')
    .action(analyze);
}

async function analyze(sources: readonly string[], flags: AnalyzeFlags): Promise<void> {
  const [{ readConfig }, { systemClock }, { createLogger }, { analyzerConfigSchema }, { AnalyzerPool }] =
    await Promise.all([
      import('#infra/runtime/config.ts'),
      import('#infra/runtime/clock.ts'),
      import('#infra/runtime/logger.ts'),
      import('#analyzers/config.ts'),
      import('#analyzers/pool/analyzer-pool.ts'),
    ]);
  const [{ analyzeSource }, { listSources }] = await Promise.all([
    import('../analyze/analyze-source.ts'),
    import('../analyze/analysis-source.ts'),
  ]);
  const packs = await packNames(flags.packs);
  const config = readConfig(
    'analyzers',
    analyzerConfigSchema,
    process.env,
    flags.detector === undefined ? {} : { detector: flags.detector },
  );
  const rules = flags.rules === undefined ? [] : await readRules(flags.rules);
  const listed = (await Promise.all(sources.map(listSources))).flat();

  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  const pool = new AnalyzerPool({
    threads: config.workerThreads || availableParallelism(),
    models: {
      ...config,
      readPlates: packs.has('plate'),
      platesInWholePicture: listed.some(({ kind }) => kind === 'picture'),
    },
    clock: systemClock,
    log: createLogger({ level: 'warn', pretty: true }),
  });
  try {
    await pool.start();
    const { every, fps, seconds: watchSeconds } = flags;
    const { trackEndMs, detectionThreshold } = config;
    for (const source of listed) {
      const options = {
        pool,
        packs,
        rules,
        secondLook: flags.secondLook,
        trackEndMs,
        detectionThreshold,
        every,
        fps,
        seconds: watchSeconds,
        signal: abort.signal,
      };
      for await (const line of analyzeSource(source, options)) {
        await print(flags.jsonl === true ? JSON.stringify(line) : readable(line));
      }
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    process.removeListener('SIGINT', stop);
    await pool.close();
  }
}

/** @throws {AppError} `PACK_UNKNOWN` */
async function packNames(list: string): Promise<ReadonlySet<PackName>> {
  const [{ PACKS }, { analyzerErrors }] = await Promise.all([
    import('../analyze/analysis-lines.ts'),
    import('#analyzers/errors.ts'),
  ]);
  const names = list.split(',').map((name) => name.trim());
  return new Set(
    names.map((name) => {
      const pack = PACKS.find((known) => known === name);
      if (!pack) throw analyzerErrors.PACK_UNKNOWN({ pack: name });
      return pack;
    }),
  );
}

async function readRules(file: string): Promise<readonly CameraRule[]> {
  const { parseRules } = await import('../analyze/rules-file.ts');
  return parseRules(file, await readFile(file, 'utf8').catch(() => ''));
}

/** Waits when the reader of our output is slower than we are. */
async function print(line: string): Promise<void> {
  if (process.stdout.write(`${line}\n`)) return;
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
}

function readable(line: FrameLine | SummaryLine): string {
  if ('summary' in line) {
    const { frames, tracks, crossings } = line.summary;
    return [
      `${line.source}: ${frames} pictures, ${tracks.length} vehicles passed`,
      ...tracks.map(({ trackId, label, firstMs, lastMs, plate, colour, direction, speedKmh, lengthMetres }) =>
        [
          `  ${trackId} ${label} ${seconds(firstMs)}-${seconds(lastMs)} s`,
          colour,
          direction,
          plate,
          speedKmh === undefined ? undefined : `${speedKmh} km/h`,
          lengthMetres === undefined ? undefined : `${lengthMetres} m long`,
        ]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
      ...crossings.map(({ line: name, direction, count }) => `  line ${name}, ${direction}: ${count}`),
    ].join('\n');
  }
  const counts = new Map<string, number>();
  for (const { label } of line.detections) counts.set(label, (counts.get(label) ?? 0) + 1);
  const objects = [...counts].map(([label, count]) => `${count} ${label}`);
  const plates = line.plates.map(({ text, confidence }) => `${text} (${Math.round(confidence * 100)} %)`);
  const hygiene = line.hygiene.filter(({ state }) => state === 'violation').map(({ item }) => item);
  const found = [...objects, ...plates, ...hygiene].join(', ') || 'nothing';
  return `${line.source} ${seconds(line.timeMs)} s: ${found}`;
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(1);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1');
  return count;
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 120)) throw new InvalidArgumentError('a number above 0 and up to 120');
  return rate;
}

function parseSeconds(text: string): number {
  const length = Number(text);
  if (!(length > 0)) throw new InvalidArgumentError('a number above 0');
  return length;
}
