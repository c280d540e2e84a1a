import { mkdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { AnalyzerTopics } from '#analyzers/ports.ts';
import { AlertDispatcher } from '#api/alerts/alert-dispatcher.ts';
import type { ApiDeps } from '#api/api-deps.ts';
import { buildApp } from '#api/app.ts';
import { toCameraState } from '#api/camera-view.ts';
import { toFeedEvent } from '#api/feed-event.ts';
import { LiveFeed } from '#api/live-feed.ts';
import type { IngestTopics } from '#ingest/ports.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Metrics } from '#infra/runtime/metrics.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { EmbeddedPostgres } from '#storage/embedded-postgres.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { Transcoder } from '#streaming/transcode/transcoder.ts';
import { CameraProducers } from '#streaming/webrtc/camera-producers.ts';
import { MediaWorkers } from '#streaming/webrtc/media-workers.ts';
import { ensureUi } from '../setup/ensure-ui.ts';
import { findMediasoupWorker } from '../setup/mediasoup-worker/worker-binary.ts';
import { CameraNode } from './camera-node.ts';
import { ClipMaker } from './clip-maker.ts';
import { ownDataFolder } from './data-folder-owner.ts';
import { kitchenTrials } from './kitchen-trials.ts';
import { GapFiller } from './gap-filler.ts';
import { checkListening, toListenError } from './listening.ts';
import { observe } from './observe.ts';
import { repairRecordings } from './recording-repair.ts';
import { RecordingHousekeeping } from './retention.ts';
import type { Settings } from './settings.ts';
import { systemStatus } from './system-status.ts';

/** Longer than the embedded database takes at worst. */
const CLOSE_WITHIN_MS = 50_000;

export interface AllInOne {
  readonly url: string;
  readonly storage: Storage;
  readonly cameras: CameraNode;
  /** Why live pictures go over the fallback, when they do. */
  readonly relayMissingReason: string | undefined;
  /** The first administrator, when this start made one. */
  readonly firstAdministrator: { readonly username: string; readonly password: string } | undefined;
  close(): Promise<void>;
}

export interface AllInOneOptions {
  readonly settings: Settings;
  readonly isDemo: boolean;
  readonly log: Log;
  /** One line of what is going on, for the terminal. */
  readonly onProgress: (line: string) => void;
  /** Data that must be there before cameras start. */
  readonly prepare?: (storage: Storage) => Promise<void>;
}

/**
 * The whole platform in one process family: database, camera node, relay, API and pages. All wiring is here, top to bottom; what was started is
 * stopped in the opposite order, also when the start fails halfway.
 */
export async function startAllInOne({
  settings,
  isDemo,
  log,
  onProgress,
  prepare,
}: AllInOneOptions): Promise<AllInOne> {
  const clock = systemClock;
  const closers: (() => Promise<void> | void)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) {
      const patience = new AbortController();
      const isLate = sleep(CLOSE_WITHIN_MS, clock, patience.signal).then(() => !patience.signal.aborted);
      try {
        if (await Promise.race([Promise.resolve(close()).then(() => false), isLate]))
          log.error('a part did not stop in time; the others are stopped without it');
      } catch (error) {
        log.error({ err: toAppError(error) }, 'a part did not stop cleanly');
      } finally {
        patience.abort();
      }
    }
  };

  try {
    await checkListening({ host: settings.api.bindAddress, port: settings.api.port });
    closers.push(await ownDataFolder(settings.dataFolder));
    await mkdir(settings.ingest.recordingFolder, { recursive: true });
    const uiReady = ensureUi();
    // The pages are built beside the database's start; a failure is reported where it is awaited.
    uiReady.catch(() => undefined);

    let { databaseUrl } = settings;
    if (databaseUrl === undefined) {
      onProgress('starting the embedded PostgreSQL');
      const postgres = new EmbeddedPostgres({ folder: path.join(settings.dataFolder, 'postgres'), log, clock });
      closers.push(() => postgres.close());
      databaseUrl = (await postgres.start()).url;
    }
    const storage = await openStorage({
      databaseUrl,
      dataFolder: settings.dataFolder,
      config: settings.storage,
      log,
      clock,
    });
    closers.push(() => storage.close());
    await prepare?.(storage);
    await repairRecordings({ storage, folder: settings.ingest.recordingFolder, clock, log });

    const bus = new MemoryBus<IngestTopics & AnalyzerTopics>((error, topic) =>
      log.error({ err: toAppError(error), topic }, 'a listener of the bus failed'),
    );
    const metrics = new Metrics({ processMetrics: true });
    const cameras = new CameraNode({
      ingestConfig: settings.ingest,
      analyzerConfig: settings.analyzers,
      modelFolder: settings.modelFolder,
      storage,
      bus,
      clock,
      log,
    });
    closers.push(() => cameras.close());
    const housekeeping = new RecordingHousekeeping({
      storage,
      settings,
      recorderFaults: () => new Set(cameras.ingest.cameras.map(({ recording }) => recording?.errorCode)),
      clock,
      log,
    });
    closers.push(() => housekeeping.close());
    const clipMaker = new ClipMaker({ storage, settings, clock, log });
    closers.push(() => clipMaker.close());
    const gapFiller = new GapFiller({ storage, settings, clock, log });
    closers.push(() => gapFiller.close());

    const finding = findMediasoupWorker();
    let relay: ApiDeps['relay'];
    if ('path' in finding) {
      const workers = new MediaWorkers({ config: settings.streaming, workerBinary: finding.path, clock, log });
      closers.push(() => workers.close());
      const { transcodeSlots, producerIdleMs } = settings.streaming;
      const transcoder = new Transcoder({ slots: transcodeSlots, clock, log });
      closers.push(() => transcoder.close());
      const producers = new CameraProducers({ source: cameras, transcoder, clock, idleMs: producerIdleMs });
      workers.onLost((worker) => producers.forget(worker));
      cameras.onDropped((cameraId) => producers.drop(cameraId));
      await workers.start();
      relay = { workers, producers };
    }

    const feed = new LiveFeed();
    closers.push(() => feed.close());
    bus.subscribe('camera.state', (state) => {
      if (state.stream === 'main')
        feed.send('camera', { cameraId: state.cameraId, state: toCameraState(state, clock.nowMs()) });
    });
    bus.subscribe('frame.analysis', (analysis) => feed.sendDetections(analysis));

    const alerts = new AlertDispatcher({
      outbox: storage.outbox,
      timeoutMs: settings.api.webhookTimeoutMs,
      clock,
      log,
    });
    storage.writer.onStored((items) => {
      for (const item of items) feed.send('event', toFeedEvent(item), item.event.eventId);
      alerts.wake();
    });

    storage.writer.start();

    const version = await readVersion();
    const uiFolder = await uiReady;
    const app = await buildApp(
      {
        config: settings.api,
        streamingConfig: settings.streaming,
        storage,
        cameras,
        relay,
        bus,
        recordingFolder: settings.ingest.recordingFolder,
        kitchenTrials: kitchenTrials(settings, { clock, log }),
        exportFolder: path.join(settings.dataFolder, 'exports'),
        uiFolder,
        metrics,
        clock,
        log,
        version,
        systemStatus: () =>
          systemStatus({
            storage,
            cameras,
            isRelayMissing: relay === undefined,
            isDemo,
            alarms: housekeeping.alarms,
            recordingDefaults: {
              segmentSeconds: settings.ingest.segmentSeconds,
              retentionHours: settings.ingest.retentionHours,
            },
            diskFreeBytes: () => freeBytes(settings.ingest.recordingFolder),
          }),
      },
      feed,
    );
    closers.push(() => app.close());
    observe({ metrics, storage, cameras, feed, gapFiller, clipMaker });

    await cameras.start();
    alerts.start();
    closers.push(() => alerts.close());
    storage.retention.start();
    storage.plateConfusions.start();
    housekeeping.start();
    gapFiller.start();
    clipMaker.start();
    const place = { host: settings.api.bindAddress, port: settings.api.port };
    const address = await app.listen(place).catch((error: unknown) => {
      throw toListenError(error, place);
    });
    // Last of all: the password is shown once, so nothing after this may fail.
    const firstAdministrator = await storage.users.createFirstAdministrator();
    return {
      url: address.replace('0.0.0.0', '127.0.0.1').replace('[::]', '127.0.0.1'),
      storage,
      cameras,
      relayMissingReason: 'path' in finding ? undefined : finding.missingReason,
      firstAdministrator,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder);
  return disk.bavail * disk.bsize;
}

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
}
