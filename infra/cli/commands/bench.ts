import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { addAccuracyCommand } from '../bench/accuracy-command.ts';
import { positiveInteger, positiveIntegers, positiveNumber, wholeNumber } from '../bench/number-options.ts';
import { openModels } from '../bench/open-models.ts';

interface AnalyzeCommandOptions {
  readonly clip?: readonly string[];
  readonly width?: number;
  readonly detector?: string;
  readonly keyframeInterval?: number;
  readonly packs: 'road' | 'kitchen';
  readonly skipUnchanged: boolean;
  readonly plates: boolean;
  readonly frames: number;
  readonly cameras?: number;
  readonly seconds: number;
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

interface RelayCommandOptions {
  readonly viewers: readonly number[];
  readonly cameras: number;
  readonly seconds: number;
  readonly bitrateMbps: number;
  readonly repeat: number;
  readonly json?: boolean;
}

interface WallCommandOptions {
  readonly tiles: number;
  readonly repeat: number;
  readonly minutes: number;
  readonly json?: boolean;
}

interface SearchCommandOptions {
  readonly rows: number;
  readonly data?: string;
  readonly questions: number;
  readonly compared: number;
  readonly inserts: number;
  readonly peer: boolean;
  readonly keepPeer?: boolean;
  readonly recall: number;
  readonly cloneDays: number;
  readonly seed: number;
  readonly json?: boolean;
}
/** The clips that the simulator plays. */
const DEMO_CLIPS = fileURLToPath(new URL('../../../ingest/simulator/clips', import.meta.url));

export function register(program: Command): void {
  const bench = program.command('bench').description('measure: every published figure comes from here');

  addAccuracyCommand(bench);

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
    .command('relay')
    .description('CPU for each Gbit of SRTP that viewers took, and loss, against a mediasoup worker alone')
    .option('--viewers <list>', 'sizes to measure, e.g. 50,100,200', positiveIntegers, [50, 100, 200])
    .option('--cameras <n>', 'cameras that they watch', positiveInteger, 10)
    .option('--seconds <n>', 'measured time of each run', positiveInteger, 10)
    .option('--bitrate-mbps <n>', 'of each camera, Mbit/s', positiveNumber, 2)
    .option('--repeat <n>', 'how often both are measured at each size', positiveInteger, 2)
    .option('--json', 'one JSON object')
    .action(async (options: RelayCommandOptions) => {
      const { benchRelay } = await import('../../bench/relay.ts');
      const report = await benchRelay({
        viewers: options.viewers,
        cameras: options.cameras,
        seconds: options.seconds,
        mbitPerSecond: options.bitrateMbps,
        repeat: options.repeat,
        onProgress: (line) => console.error(line),
      });
      if (options.json) console.log(JSON.stringify(report));
      else for (const part of [report.conditions, ...report.results]) console.log(part);
    });

  bench
    .command('wall')
    .description('in Chromium: from click to picture and to live, delay from camera to screen; growth over a long time')
    .option('--tiles <n>', 'tiles of 640×360 (1, 4, 9 or 16)', positiveInteger, 16)
    .option('--repeat <n>', 'how often the wall is opened', positiveInteger, 5)
    .option('--minutes <n>', 'leave it open so long, too, and look for growth', wholeNumber, 0)
    .option('--json', 'one JSON object')
    .action(async (options: WallCommandOptions) => {
      const { benchWall } = await import('../../bench/wall.ts');
      const report = await benchWall({
        tiles: options.tiles,
        repeat: options.repeat,
        minutes: options.minutes,
        onProgress: (line) => console.error(line),
      });
      if (options.json) console.log(JSON.stringify(report));
      else for (const part of [report.conditions, ...report.results]) console.log(part);
    });

  bench
    .command('search')
    .description(
      'latency of searches on a simulated city while sightings come in, against one plain table; whether answers are equal and complete',
    )
    .option('--rows <n>', 'sightings that must be there', positiveInteger, 20_000_000)
    .option(
      '--data <folder>',
      'data folder that `simulate events` filled (default: VANTAGE_DATA_DIR, else `data/city`); DATABASE_URL for a database of your own',
    )
    .option('--questions <n>', 'of each kind; 0 leaves latencies out', wholeNumber, 100)
    .option('--compared <n>', 'of each kind, compared with the plain table', wholeNumber, 10)
    .option('--inserts <n>', 'sightings stored each second meanwhile', wholeNumber, 2000)
    .option('--no-peer', 'without the plain table, and so without comparison')
    .option('--keep-peer', 'leave the plain table for the next run')
    .option('--recall <n>', 'plates whose whole trajectory must be in the answer to a fuzzy search', wholeNumber, 0)
    .option('--clone-days <n>', 'with --recall: days whose cloned plates are held against the truth', wholeNumber, 3)
    .option('--seed <n>', 'other questions', wholeNumber, 1)
    .option('--json', 'one JSON object')
    .action(async (options: SearchCommandOptions) => {
      const { benchSearch } = await import('../../bench/search.ts');
      const report = await benchSearch({
        rows: options.rows,
        dataFolder: options.data,
        questions: options.questions,
        compared: options.compared,
        insertsPerSecond: options.inserts,
        withPeer: options.peer,
        keepPeer: options.keepPeer === true,
        recall: options.recall,
        cloneDays: options.cloneDays,
        seed: options.seed,
        onProgress: (line) => console.error(line),
      });
      if (options.json) console.log(JSON.stringify(report));
      else for (const result of report.results) console.log(result);
      const different = report.results.filter(({ compared, equal }) => compared !== equal);
      for (const { query, compared, equal } of different) {
        console.error(`${query}: ${equal} of ${compared} answers are those of plain SQL.`);
        process.exitCode = 1;
      }
    });

  bench
    .command('analyze')
    .description('frames per CPU second from key frame to events, against bare decoding and bare networks')
    .option('--clip <file...>', 'films of traffic; else the shipped ones')
    .option('--width <px>', 'scale the films to this width first', positiveInteger)
    .option('--detector <name>', 'auto, centernet, yolox-nano or the id of a model pack')
    .addOption(
      new Option('--packs <which>', 'roads, or kitchens: uncovered mouths, flames and bins on a sub-stream of 640 px')
        .choices(['road', 'kitchen'])
        .default('road'),
    )
    .option(
      '--keyframe-interval <seconds>',
      'between two key frames of a camera; else 2, in kitchens 1',
      positiveNumber,
    )
    .option('--no-skip-unchanged', 'analyse pictures that look like the one before, too')
    .option('--no-plates', 'without reading plates')
    .option('--frames <n>', 'at least so many through the chain', positiveInteger, 120)
    .option('--cameras <n>', 'measure instead what so many cameras take at once', positiveInteger)
    .option('--seconds <n>', 'with --cameras: for so long', positiveInteger, 20)
    .option('--json', 'one JSON object')
    .action(async (options: AnalyzeCommandOptions) => {
      const [{ benchAnalyze }, { config, registry }, { readConfig }, { ingestConfigSchema }] = await Promise.all([
        import('../../bench/analyze.ts'),
        openModels(options.detector),
        import('#infra/runtime/config.ts'),
        import('#ingest/config.ts'),
      ]);
      const isKitchen = options.packs === 'kitchen';
      const report = await benchAnalyze({
        registry,
        config: options.skipUnchanged ? config : { ...config, skipUnchanged: false },
        analysisMaxWidthPx: readConfig('ingest', ingestConfigSchema, process.env).analysisMaxWidthPx,
        clips: options.clip ?? [],
        widthPx: options.width ?? (isKitchen ? 640 : undefined),
        keyFrameIntervalSeconds: options.keyframeInterval ?? (isKitchen ? 1 : 2),
        readPlates: options.plates,
        isKitchen,
        frames: options.frames,
        cameras: options.cameras,
        seconds: options.seconds,
      });
      if (options.json) console.log(JSON.stringify(report));
      else for (const part of [report.conditions, ...report.results]) console.log(part);
    });

  bench
    .command('tracking')
    .description('tracks split, merged, missed and false on clips whose truth is known, at 10 to 0.5 pictures a second')
    .option('--dir <dir>', 'clips beside their truth files', DEMO_CLIPS)
    .option('--detector <name>', 'auto, centernet or yolox-nano')
    .option('--json', 'one JSON object')
    .action(async (options: TrackingCommandOptions) => {
      const [{ benchTracking }, { config, registry }] = await Promise.all([
        import('../../bench/tracking/tracking.ts'),
        openModels(options.detector),
      ]);
      const report = await benchTracking({
        folder: options.dir,
        registry,
        detector: config.detector,
        threshold: config.detectionThreshold,
        trackEndMs: config.trackEndMs,
      });
      if (options.json) console.log(JSON.stringify(report));
      else console.table(report.results);
    });
}

interface TrackingCommandOptions {
  readonly dir: string;
  readonly detector?: string;
  readonly json?: boolean;
}
