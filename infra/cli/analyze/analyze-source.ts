import { uuidv7 } from '#infra/runtime/uuid.ts';
import { CameraAnalysis } from '#analyzers/camera-analysis.ts';
import { analyzerErrors } from '#analyzers/errors.ts';
import type { AnalysisResult } from '#analyzers/pool/analyzer-messages.ts';
import type { AnalyzerPool } from '#analyzers/pool/analyzer-pool.ts';
import { judgedByModels } from '#analyzers/packs/kitchen/kitchen-pack.ts';
import { regionsOf } from '#analyzers/pool/watched-regions.ts';
import { isVehiclePass } from '#analyzers/tracking/vehicle-pass.ts';
import type { CameraRule, SecondLook } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { frameLine, type FrameLine, type PackName, SummaryBuilder, type SummaryLine } from './analysis-lines.ts';
import type { AnalysisSource, SourceOptions, SourcePicture } from './analysis-source.ts';
import { readPictureFile } from './picture-file.ts';
import { readStream } from './stream-source.ts';
import { readVideoFile } from './video-file.ts';

export interface AnalyzeOptions extends SourceOptions {
  readonly pool: AnalyzerPool;
  readonly packs: ReadonlySet<PackName>;
  readonly rules: readonly CameraRule[];
  readonly secondLook: SecondLook;
  readonly trackEndMs: number;
  readonly detectionThreshold: number;
}

interface InWork {
  readonly picture: SourcePicture;
  readonly result: Promise<AnalysisResult | undefined>;
}

/** In a lone picture every plate counts, however small its vehicle. */
const PICTURE_PLATES = { minVehicleWidthPx: 0, maxVehicles: 50, skip: [], wholePicture: true };
/** A kitchen without drawn zones: the whole picture is watched for flames and for uncovered mouths. */
const WHOLE_PICTURE_RULES: readonly CameraRule[] = [
  {
    kind: 'hygiene',
    id: 'whole-picture-flame',
    name: 'flame',
    item: 'flame_unattended',
    zone: [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ],
    graceMs: 10_000,
  },
  { kind: 'hygiene', id: 'whole-picture-mask', name: 'mask', item: 'no_mask', zone: [], graceMs: 20_000 },
];

/**
 * Analyses one source picture by picture, none left out.
 * @throws {AppError} `SOURCE_UNREADABLE`, `MODEL_*`, `ANALYZER_DIED`
 */
export async function* analyzeSource(
  source: AnalysisSource,
  options: AnalyzeOptions,
): AsyncGenerator<FrameLine | SummaryLine> {
  const { pool, packs } = options;
  const rules = packs.has('kitchen') && options.rules.length === 0 ? WHOLE_PICTURE_RULES : options.rules;
  let tracks = 0;
  const analysis = new CameraAnalysis({
    camera: { id: cameraId(source.name), rules },
    trackEndMs: options.trackEndMs,
    detectionThreshold: options.detectionThreshold,
    nextTrackId: () => String(++tracks),
    nextEventId: uuidv7,
  });
  const isPicture = source.kind === 'picture';
  const summary = new SummaryBuilder();
  const lineName = (ruleId: string): string => rules.find(({ id }) => id === ruleId)?.name ?? ruleId;

  const regions = regionsOf(rules);
  const orders = { regions, secondLook: options.secondLook, hygiene: judgedByModels(rules) };
  const submit = (picture: SourcePicture): InWork => {
    const plates = isPicture ? PICTURE_PLATES : analysis.plateRequest(picture.timeMs);
    const { pixels, widthPx, heightPx } = picture;
    const key = `${source.name} ${picture.frame}`;
    const job = { pixels, widthPx, heightPx, plates: packs.has('plate') ? plates : undefined, ...orders };
    const result = pool.submit(key, job);
    // It is awaited in turn; until then a failure is not an unhandled one.
    result.catch(() => undefined);
    return { picture, result };
  };
  const take = async ({ picture, result }: InWork): Promise<FrameLine> => {
    try {
      const found = await result;
      if (!found) throw analyzerErrors.ANALYZER_DIED({ source: source.name, frame: picture.frame });
      const pixels = { ...picture, pixels: new Uint8Array(picture.pixels) };
      const update = analysis.update(pixels, found, picture.timeMs);
      summary.addFrame(update, lineName);
      addPasses(update.ended);
      return frameLine(source.name, picture, update, found.plates, packs);
    } finally {
      picture.release?.();
    }
  };
  const addPasses = (ended: ReturnType<CameraAnalysis['endAll']>): void => {
    for (const vehicle of ended) {
      if (isVehiclePass(vehicle.track, analysis.intervalMs, vehicle.plate)) summary.addTrack(vehicle);
    }
  };

  const inWork: InWork[] = [];
  for await (const picture of readSource(source, options)) {
    inWork.push(submit(picture));
    const oldest = inWork.length > pool.threads ? inWork.shift() : undefined;
    if (oldest) yield await take(oldest);
  }
  for (const rest of inWork) yield await take(rest);
  if (isPicture) return;
  addPasses(analysis.endAll());
  yield summary.line(source.name);
}

async function* readSource(source: AnalysisSource, options: SourceOptions): AsyncGenerator<SourcePicture> {
  if (source.kind === 'picture') yield await readPictureFile(source.address);
  else if (source.kind === 'video') yield* readVideoFile(source.address, options);
  else yield* readStream(source.address, options);
}
