import path from 'node:path';
import type { AnalyzerConfig } from '#analyzers/config.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { cacheFolder, REPOSITORY_ROOT } from '../setup/cache-folder.ts';
import { measureCapacity } from './analyze/capacity.ts';
import { loadKeyFilm } from './analyze/key-film.ts';
import { KITCHEN_RULES } from './analyze/kitchen-rules.ts';
import { measureRatio } from './analyze/ratio.ts';
import { type BenchReport, describeMachine } from './bench-report.ts';

export interface AnalyzeBenchOptions {
  readonly registry: ModelRegistry;
  readonly config: AnalyzerConfig;
  readonly analysisMaxWidthPx: number;
  /** Films of traffic; none: the shipped ones. */
  readonly clips: readonly string[];
  /** Scale the films to this width before; undefined: as they are. */
  readonly widthPx: number | undefined;
  readonly keyFrameIntervalSeconds: number;
  readonly readPlates: boolean;
  /** Kitchens with rules for flames, bins and uncovered mouths, instead of roads. */
  readonly isKitchen: boolean;
  /** Pictures through the chain; without `cameras`. */
  readonly frames: number;
  /** Measure instead how many cameras one analyzer thread keeps up with. */
  readonly cameras: number | undefined;
  readonly seconds: number;
}

const shipped = (name: string): string => path.join(REPOSITORY_ROOT, 'ingest/simulator/clips', name);
const ROADS = ['crossing.mp4', 'gate.mp4'].map(shipped);
const KITCHENS = ['kitchen.mp4'].map(shipped);

/**
 * Pictures per CPU second from the key frame of a camera to events, against bare decoding and bare networks on the same
 * pictures; or, with `cameras`, what so many cameras take at once.
 */
export async function benchAnalyze(options: AnalyzeBenchOptions): Promise<BenchReport> {
  const { config, keyFrameIntervalSeconds, cameras, widthPx, isKitchen } = options;
  const readPlates = options.readPlates && !isKitchen;
  const clips = options.clips.length > 0 ? options.clips : isKitchen ? KITCHENS : ROADS;
  const films = [];
  for (const clip of clips)
    films.push(
      await loadKeyFilm({
        clip,
        intervalMs: keyFrameIntervalSeconds * 1000,
        widthPx,
        folder: path.join(cacheFolder(), 'bench'),
      }),
    );
  const chain = {
    analyzers: config,
    ingest: { analysisMaxWidthPx: options.analysisMaxWidthPx },
    readPlates,
    rules: isKitchen ? KITCHEN_RULES : [],
  };
  const [first] = films;
  const conditions = {
    detector: config.detector,
    clips: films.map(({ name }) => name).join(', '),
    widthPx: first?.format.widthPx ?? 0,
    heightPx: first?.format.heightPx ?? 0,
    keyFrameBytes: Math.round(
      (first?.keyFrames.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0) / (first?.keyFrames.length || 1),
    ),
    keyFrameIntervalSeconds,
    analysisMaxWidthPx: options.analysisMaxWidthPx,
    ...(isKitchen ? { rules: KITCHEN_RULES.map((rule) => rule.name).join(', ') } : {}),
    ...(cameras === undefined ? {} : { skipUnchanged: config.skipUnchanged ? 'yes' : 'no' }),
    plates: readPlates ? 'read' : 'not read',
    cpu: 'all threads of this process and its decoders',
  };
  const machine = describeMachine();
  if (cameras !== undefined) {
    const result = await measureCapacity({ ...chain, films, cameras, seconds: options.seconds });
    return {
      bench: 'analyze',
      machine,
      conditions: { ...conditions, cameras, seconds: options.seconds },
      results: [result],
    };
  }
  const result = await measureRatio({ ...chain, films, frames: options.frames, registry: options.registry });
  return { bench: 'analyze', machine, conditions, results: [result], ratio: result.ratio };
}
