import type { CameraCard, RecordingOnCard } from '#ingest/card/camera-card.ts';
import type { SegmentRecord } from '#ingest/media.ts';
import type { CameraRegistry } from '../../processes/camera-registry.ts';

export interface ListOptions {
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

export interface FetchOptions {
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly json?: boolean;
}

/** @throws {AppError} `CAMERA_NOT_FOUND`, and what `CameraCard` throws */
export async function listRecordingsFromCli(registry: CameraRegistry, id: string, options: ListOptions): Promise<void> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  const recordings = await withCard(registry, id, async ({ card, signal }) =>
    (await card.recordings(signal)).filter(
      ({ fromMs = 0, untilMs = Infinity, isRecordingNow }) => fromMs < to && (isRecordingNow || untilMs > from),
    ),
  );
  if (options.json) {
    console.log(JSON.stringify({ recordings: recordings.map(describe) }));
    return;
  }
  for (const one of recordings.map(describe))
    console.log(
      [one.from ?? '?', one.until ?? '?', one.isRecordingNow ? 'recording' : '', one.source, one.token].join('\t'),
    );
  if (recordings.length === 0) console.log('The camera lists no recordings of this time.');
}

function describe({ token, sourceName, fromMs, untilMs, isRecordingNow, hasVideo }: RecordingOnCard) {
  const iso = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  return { token, source: sourceName, from: iso(fromMs), until: iso(untilMs), isRecordingNow, hasVideo };
}

/** @throws {AppError} `CARD_EMPTY`, `DISK_WRITE_FAILED`, and what listing and playing back throw */
export async function fetchFromCli(registry: CameraRegistry, id: string, options: FetchOptions): Promise<void> {
  const [{ mkdir }, path, { CardRecorder }, { recordingsOf }, { fetchRange }, { ReplayTrimmer }, { RecordingDisk }] =
    await Promise.all([
      import('node:fs/promises'),
      import('node:path'),
      import('#ingest/card/card-recorder.ts'),
      import('#ingest/card/camera-card.ts'),
      import('#ingest/card/fetch-range.ts'),
      import('#ingest/card/replay-trimmer.ts'),
      import('#ingest/recorder/recording-disk.ts'),
    ]);
  const [{ ingestErrors }, { systemClock: clock }] = await Promise.all([
    import('#ingest/errors.ts'),
    import('#infra/runtime/clock.ts'),
  ]);
  const folder = path.resolve(options.out);
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw ingestErrors.DISK_WRITE_FAILED({ folder, reason: error.code }, error);
  });
  const { ingest } = registry.settings;
  const disk = new RecordingDisk({ config: { ...ingest, recordingFolder: folder }, clock });
  const range = { fromMs: options.from, toMs: options.to };
  const files: SegmentRecord[] = [];
  await withCard(registry, id, async ({ card, camera, signal }) => {
    for (const { token } of recordingsOf(await card.recordings(signal), range))
      await fetchRange({
        session: await card.replay(token, range, signal),
        deviceMinusOursMs: card.deviceMinusOursMs,
        // All that the card gives of the range, from the key frame before it on.
        trimmer: new ReplayTrimmer({
          fromMs: Number.NEGATIVE_INFINITY,
          toMs: options.to,
          before: undefined,
          after: undefined,
        }),
        recorder: new CardRecorder({
          cameraId: camera.id,
          stream: 'main',
          folder,
          segmentSeconds: ingest.segmentSeconds,
          disk,
          onSegment: (segment) => Promise.resolve(void files.push(segment)),
        }),
        isWanted: () => true,
        maxMbps: ingest.cardFillMaxMbps,
        clock,
        signal,
      });
  });
  if (files.length === 0) throw ingestErrors.CARD_EMPTY({ cameraId: id });
  if (options.json) console.log(JSON.stringify({ folder, files }));
  else
    for (const { path: file, startMs, endMs, frames } of files)
      console.log(
        `${path.join(folder, file)}\t${new Date(startMs).toISOString()}\t${(endMs - startMs) / 1000} s\t${frames} frames`,
      );
}

async function withCard<T>(
  { cameras, settings }: CameraRegistry,
  id: string,
  work: (deps: {
    readonly card: CameraCard;
    readonly camera: Awaited<ReturnType<CameraRegistry['cameras']['get']>>;
    readonly signal: AbortSignal;
  }) => Promise<T>,
): Promise<T> {
  const [{ CameraCard }, { cameraId }, { systemClock: clock }] = await Promise.all([
    import('#ingest/card/camera-card.ts'),
    import('#ingest/media.ts'),
    import('#infra/runtime/clock.ts'),
  ]);
  const camera = await cameras.get(cameraId(id));
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { connectTimeoutMs, onvifVerifyTls: verifyTls, tlsCaFile } = settings.ingest;
  const { signal } = interrupted;
  const card = await CameraCard.open({ camera, connectTimeoutMs, verifyTls, tlsCaFile, clock }, signal);
  try {
    return await work({ card, camera, signal });
  } finally {
    card.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
