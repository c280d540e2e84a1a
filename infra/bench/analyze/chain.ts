import { EventEmitter, once } from 'node:events';
import { AnalysisPipeline } from '#analyzers/analysis-pipeline.ts';
import type { AnalyzerConfig } from '#analyzers/config.ts';
import { AnalyzerPool } from '#analyzers/pool/analyzer-pool.ts';
import type { AnalyzerTopics } from '#analyzers/ports.ts';
import type { AnalysisProfile, Camera, CameraRule } from '#ingest/cameras/camera.ts';
import type { IngestConfig } from '#ingest/config.ts';
import { FramePool } from '#ingest/frames/frame-pool.ts';
import { FrameSampler } from '#ingest/frames/frame-sampler.ts';
import { KeyFrameDecoderPool } from '#ingest/frames/key-frame-decoder-pool.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import { type AccessUnit, cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { storageErrors } from '#storage/errors.ts';

const FRAME_MEMORY_BYTES = 512 * 1024 * 1024;
const MAX_PICTURE_MS = 60_000;

export interface ChainOptions {
  readonly analyzers: AnalyzerConfig;
  readonly ingest: Pick<IngestConfig, 'analysisMaxWidthPx'>;
  readonly decoderProcesses: number;
  readonly skipUnchanged: boolean;
  readonly readPlates: boolean;
  /** Rules of each camera; of a kitchen's when they are about hygiene. @default none */
  readonly rules?: readonly CameraRule[];
  /** @default the product's models */
  readonly modelSetModule?: URL;
}

interface ChainCamera {
  readonly hub: StreamHub;
  readonly sampler: FrameSampler;
}

/**
 * From access units to events as a camera node has it: hub, sampler, decoder processes, one analyzer thread, tracks, rules,
 * sightings with their pictures. Events end at a sink that counts them.
 */
export class Chain {
  readonly #options: ChainOptions;
  readonly #decoders: KeyFrameDecoderPool;
  readonly #pool: AnalyzerPool;
  readonly #pipeline: AnalysisPipeline;
  readonly #frames = new FramePool({ maxSizeBytes: FRAME_MEMORY_BYTES });
  readonly #cameras = new Map<string, ChainCamera>();
  readonly #done = new EventEmitter();
  readonly #onAnalysed: (cameraId: string, wallMs: number) => void;
  #events = 0;

  constructor(options: ChainOptions, onAnalysed: (cameraId: string, wallMs: number) => void = () => undefined) {
    const { analyzers, ingest, decoderProcesses, skipUnchanged, readPlates, modelSetModule } = options;
    this.#options = options;
    this.#onAnalysed = onAnalysed;
    const shared = { clock: systemClock, log: silentLog };
    this.#decoders = new KeyFrameDecoderPool({
      processes: decoderProcesses,
      maxWidthPx: ingest.analysisMaxWidthPx,
      frames: this.#frames,
      ...shared,
    });
    this.#pool = new AnalyzerPool({
      threads: 1,
      models: { ...analyzers, readPlates },
      ...(modelSetModule ? { modelSetModule } : {}),
      ...shared,
    });
    const bus = new MemoryBus<AnalyzerTopics>((error) => {
      throw error;
    });
    bus.subscribe('frame.analysis', ({ cameraId: id, timeMs }) => this.#onAnalysed(id, timeMs));
    this.#pipeline = new AnalysisPipeline({
      pool: this.#pool,
      sink: {
        emit: async () => {
          this.#events++;
        },
      },
      blobs: {
        get: async (key) => {
          throw storageErrors.BLOB_NOT_FOUND({ key });
        },
      },
      bus,
      config: { ...analyzers, skipUnchanged },
      ...shared,
    });
  }

  /** @throws {AppError} `MODEL_*` */
  async start(): Promise<void> {
    this.#decoders.start();
    await this.#pool.start();
  }

  get decoderPids(): readonly number[] {
    return this.#decoders.pids;
  }

  get counters() {
    const { replaced, refused, no_memory, poisoned } = this.#decoders.counts;
    const stats = this.#pipeline.stats;
    const sum = (read: (camera: (typeof stats)[number]) => number): number =>
      stats.reduce((total, camera) => total + read(camera), 0);
    return {
      framesAnalysed: sum((camera) => camera.framesAnalysed),
      framesUnchanged: sum((camera) => camera.framesUnchanged),
      framesDropped: sum((camera) => camera.framesDropped) + replaced,
      framesFailed: sum((camera) => camera.framesFailed) + refused + no_memory + poisoned,
      events: this.#events,
    };
  }

  addCamera(id: string, analysis: AnalysisProfile = { mode: 'keyframes' }): void {
    const camera = benchCamera(id, analysis, this.#options.rules ?? []);
    this.#pipeline.addCamera(camera);
    const hub = new StreamHub();
    const sampler = new FrameSampler({
      cameraId: camera.id,
      stream: 'main',
      hub,
      profile: analysis,
      keyFrameDecoders: this.#decoders,
      frames: this.#frames,
      maxWidthPx: this.#options.ingest.analysisMaxWidthPx,
      onFrame: (frame) => {
        // The pipeline gives a frame back when it is done with it, its pictures encoded.
        const given = {
          ...frame,
          release: () => {
            frame.release();
            this.#done.emit(id);
          },
        };
        this.#pipeline.push(given);
      },
      clock: systemClock,
      log: silentLog,
    });
    sampler.start();
    this.#cameras.set(id, { hub, sampler });
  }

  removeCamera(id: string): void {
    this.#cameras.get(id)?.sampler.close();
    this.#cameras.delete(id);
    this.#pipeline.removeCamera(cameraId(id));
  }

  push(id: string, unit: AccessUnit): void {
    this.#cameras.get(id)?.hub.publish(unit);
  }

  /** Pushes a picture and waits until all is done that it gives work for. */
  async process(id: string, unit: AccessUnit): Promise<void> {
    // A picture that cannot be decoded is never done.
    const done = once(this.#done, id, { signal: AbortSignal.timeout(MAX_PICTURE_MS) });
    this.push(id, unit);
    await done;
  }

  async close(): Promise<void> {
    for (const id of this.#cameras.keys()) this.removeCamera(id);
    await this.#pipeline.close();
    await this.#pool.close();
    await this.#decoders.close();
  }
}

function benchCamera(id: string, analysis: AnalysisProfile, rules: readonly CameraRule[]): Camera {
  return {
    id: cameraId(id),
    name: id,
    number: '',
    area: '',
    scene: rules.some(({ kind }) => kind === 'hygiene') ? 'kitchen' : 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [],
    username: undefined,
    password: undefined,
    recording: recordingPolicy({ mode: 'off' }),
    analysis,
    rules,
  };
}
