import { randomUUID } from 'node:crypto';
import { AnalysisPipeline } from '#analyzers/analysis-pipeline.ts';
import type { AnalyzerConfig } from '#analyzers/config.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import type { ModelSetOptions } from '#analyzers/pool/analyzer-messages.ts';
import { AnalyzerPool } from '#analyzers/pool/analyzer-pool.ts';
import type { AnalyzerTopics } from '#analyzers/ports.ts';
import type { CameraGateway } from '#api/api-deps.ts';
import type { Camera, CameraState, TransportChoice } from '#ingest/cameras/camera.ts';
import { type AddressProbeResult, probeAddress } from '#ingest/cameras/address-probe.ts';
import type { ProbeStep } from '#ingest/cameras/camera-probe.ts';
import type { IngestConfig } from '#ingest/config.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import { FramePool } from '#ingest/frames/frame-pool.ts';
import { KeyFrameDecoderPool } from '#ingest/frames/key-frame-decoder-pool.ts';
import { decodeKeyFrameToJpeg } from '#ingest/frames/still.ts';
import { type Still, StillCache } from '#ingest/frames/still-cache.ts';
import type { ReadableHub } from '#ingest/hub/readable-hub.ts';
import { type AccessUnit, type CameraId, cameraId, type GapCause, type StreamKind } from '#ingest/media.ts';
import { CameraControl, type CameraImaging, type PtzCommand } from '#ingest/onvif/camera-control.ts';
import { discoverDevices } from '#ingest/onvif/discovery.ts';
import type { DiscoveredDevice } from '#ingest/onvif/discovery-message.ts';
import type { ImagingSettings } from '#ingest/onvif/imaging.ts';
import type { PtzPreset } from '#ingest/onvif/ptz.ts';
import type { IngestTopics } from '#ingest/ports.ts';
import { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Bus } from '#infra/runtime/bus.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import type { Storage } from '#storage/storage.ts';
import { streamToShow } from '#streaming/live-source.ts';
import { RunningCamera } from './running-camera.ts';

/** Shared memory for decoded pictures of all cameras together. */
const FRAME_MEMORY_BYTES = 512 * 1024 * 1024;
const MODEL_RETRY_MS = 10_000;
/** What another process changed in the registry is noticed within this time. */
const REGISTRY_POLL_MS = 10_000;
/** Of about 60 kB. */
const STILLS_KEPT = 512;
const STILL = { maxWidthPx: 960, quality: 78 } as const;

export interface CameraNodeDeps {
  readonly ingestConfig: IngestConfig;
  readonly analyzerConfig: AnalyzerConfig;
  readonly modelFolder: string;
  readonly storage: Storage;
  readonly bus: Bus<IngestTopics & AnalyzerTopics>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Ingest, recording and analysis for this node's cameras. Recording and live pictures do not wait for models, nor for each other. */
export class CameraNode implements CameraGateway {
  readonly #deps: CameraNodeDeps;
  readonly #running = new Map<CameraId, RunningCamera>();
  /** Revision of each camera in the registry when it was last looked at. */
  #revisions: ReadonlyMap<CameraId, number> = new Map();
  readonly #ingest: IngestWorkerPool;
  readonly #frames = new FramePool({ maxSizeBytes: FRAME_MEMORY_BYTES });
  readonly #decoders: KeyFrameDecoderPool;
  readonly #pool: AnalyzerPool;
  readonly #analysis: AnalysisPipeline;
  readonly #control: CameraControl;
  readonly #eventTurns: ConnectLimiter;
  readonly #stills = new StillCache({
    limit: STILLS_KEPT,
    decode: (id, unit) => decodeKeyFrameToJpeg(this.#decoders, id, unit, STILL),
  });
  readonly #abort = new AbortController();
  #modelFailure: AppError | undefined;
  #areModelsReady = false;
  /** Changes of one camera come one after another. */
  #changes: Promise<void> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();
  #onDropped: (cameraId: string) => void = () => undefined;

  constructor(deps: CameraNodeDeps) {
    const { ingestConfig, analyzerConfig, clock, log, storage, bus } = deps;
    this.#deps = deps;
    this.#control = new CameraControl({
      timeoutMs: ingestConfig.connectTimeoutMs,
      verifyTls: ingestConfig.onvifVerifyTls,
      clock,
      log,
    });
    this.#eventTurns = new ConnectLimiter(ingestConfig.connectsPerSecond, clock);
    this.#ingest = new IngestWorkerPool({
      config: ingestConfig,
      segments: storage.segmentLog,
      states: {
        stateChanged: (state, previous) => {
          storage.cameraStates.stateChanged(state, previous);
          bus.publish('camera.state', state);
        },
      },
      clock,
      log,
    });
    this.#decoders = new KeyFrameDecoderPool({
      processes: ingestConfig.decoderProcesses,
      maxWidthPx: ingestConfig.analysisMaxWidthPx,
      frames: this.#frames,
      clock,
      log,
    });
    this.#pool = new AnalyzerPool({
      threads: analyzerConfig.workerThreads,
      models: modelsOf(analyzerConfig, deps.modelFolder),
      clock,
      log,
    });
    this.#analysis = new AnalysisPipeline({
      pool: this.#pool,
      sink: {
        emit: (event, pictures) => {
          this.#running.get(cameraId(event.cameraId))?.remote.trigger(event.kind, event.timeMs);
          return storage.eventSink.emit(event, pictures);
        },
      },
      openViolations: storage.openViolations,
      blobs: storage.blobs,
      bus,
      clock,
      log,
      config: analyzerConfig,
    });
  }

  /** Starts the cameras of the registry at once, and the models beside them. */
  async start(): Promise<void> {
    this.#decoders.start();
    await this.#ingest.start();
    const { cameras } = this.#deps.storage;
    // First the revisions: a change that falls between is then seen at the next look.
    this.#revisions = await cameras.revisions();
    for (const camera of await cameras.list()) this.#startCamera(camera);
    void this.#startModels();
    this.#watching = this.#watchRegistry();
  }

  /** A camera left or came back under another address: whoever relays it must let go of the old one. */
  onDropped(listener: (cameraId: string) => void): void {
    this.#onDropped = listener;
  }

  get modelFailure(): AppError | undefined {
    return this.#modelFailure;
  }

  get areModelsReady(): boolean {
    return this.#areModelsReady;
  }

  get analysis(): AnalysisPipeline {
    return this.#analysis;
  }

  get pool(): AnalyzerPool {
    return this.#pool;
  }

  get ingest(): IngestWorkerPool {
    return this.#ingest;
  }

  /** A model that cannot be loaded stops analysis only; a repaired file is taken up without a restart. */
  async #startModels(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#abort.signal.aborted) {
      try {
        await this.#pool.start();
        this.#modelFailure = undefined;
        this.#areModelsReady = true;
        log.info({ threads: this.#pool.threads }, 'models loaded; pictures are analysed');
        return;
      } catch (error) {
        const failure = toAppError(error);
        if (failure.code !== this.#modelFailure?.code) log.error({ err: failure }, 'pictures are not analysed');
        this.#modelFailure = failure;
      }
      await sleep(MODEL_RETRY_MS, clock, this.#abort.signal);
    }
  }

  #startCamera(camera: Camera): void {
    const { ingestConfig, clock, log } = this.#deps;
    const running = new RunningCamera(
      {
        ingestConfig,
        ingest: this.#ingest,
        analysis: this.#analysis,
        decoders: this.#decoders,
        frames: this.#frames,
        eventTurn: (signal) => this.#eventTurns.take(signal),
        onFrame: (frame) => {
          if (this.#areModelsReady) this.#analysis.push(frame);
          else frame.release();
        },
        clock,
        log,
      },
      camera,
    );
    this.#running.set(camera.id, running);
  }

  async #stopCamera(id: CameraId, cause?: GapCause): Promise<void> {
    const running = this.#running.get(id);
    if (!running) return;
    this.#running.delete(id);
    await running.close(cause);
    this.#onDropped(id);
  }

  async cameraChanged(id: CameraId): Promise<void> {
    const change = this.#changes.then(async () => {
      const revision = (await this.#deps.storage.cameras.revisions()).get(id);
      // The look at the registry was quicker.
      if (revision === this.#revisions.get(id)) return;
      const others = [...this.#revisions].filter(([known]) => known !== id);
      this.#revisions = new Map(revision === undefined ? others : [...others, [id, revision]]);
      const camera = (await this.#deps.storage.cameras.list()).find((candidate) => candidate.id === id);
      this.#control.forget(id);
      // A new name or a new rule does not interrupt anything.
      if (camera && (await this.#running.get(id)?.take(camera))) return;
      await this.#stopCamera(id, 'settings_changed');
      if (camera && !this.#abort.signal.aborted) this.#startCamera(camera);
    });
    this.#changes = change.catch(() => undefined);
    await change;
  }

  /** `./vantage camera add` and other nodes write to the registry too. */
  async #watchRegistry(): Promise<void> {
    const { storage, clock, log } = this.#deps;
    const { signal } = this.#abort;
    for (;;) {
      await sleep(REGISTRY_POLL_MS, clock, signal);
      if (signal.aborted) return;
      try {
        await this.#changes;
        const found = await storage.cameras.revisions();
        const ids = new Set([...found.keys(), ...this.#revisions.keys()]);
        for (const id of ids) {
          if (found.get(id) === this.#revisions.get(id)) continue;
          log.info({ cameraId: id }, 'the registry changed');
          await this.cameraChanged(id);
        }
      } catch (error) {
        log.debug({ err: toAppError(error) }, 'the registry could not be read; it is tried again');
      }
    }
  }

  hub(id: string): ReadableHub | undefined {
    const remote = this.#running.get(cameraId(id))?.remote;
    return remote?.hub(streamToShow(remote.state('main')?.codecString, remote.state('sub')?.codecString));
  }

  stream(id: string, kind: StreamKind): ReadableHub | undefined {
    return this.#running.get(cameraId(id))?.remote.hub(kind);
  }

  askKeyFrame(id: string): void {
    const camera = this.#running.get(cameraId(id))?.remote.camera;
    // Without ONVIF nobody can be asked; the next key frame comes by itself.
    if (!camera?.onvif) return;
    this.#control.synchronize(camera).catch((error: unknown) => {
      this.#deps.log.debug({ cameraId: id, err: toAppError(error) }, 'the camera did not give a key frame when asked');
    });
  }

  state(id: string): CameraState | undefined {
    return this.#running.get(cameraId(id))?.remote.state('main');
  }

  async probe(request: {
    readonly url: string;
    readonly username: string | undefined;
    readonly password: string | undefined;
    readonly transport?: TransportChoice | undefined;
    readonly certificateSha256?: string | undefined;
    readonly onStep?: ((step: ProbeStep) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<AddressProbeResult> {
    const { ingestConfig, clock } = this.#deps;
    const ends = [this.#abort.signal, ...(request.signal ? [request.signal] : [])];
    return await probeAddress(
      {
        url: request.url,
        credentials:
          request.username === undefined ? undefined : { username: request.username, password: request.password ?? '' },
        transport: request.transport,
        trust: { caFile: ingestConfig.tlsCaFile, certificateSha256: request.certificateSha256 },
        connectTimeoutMs: ingestConfig.connectTimeoutMs,
        verifyTls: ingestConfig.onvifVerifyTls,
        clock,
        onStep: request.onStep,
      },
      AbortSignal.any(ends),
    );
  }

  async discover(request: {
    readonly durationMs: number;
    readonly interfaceName: string | undefined;
  }): Promise<readonly DiscoveredDevice[]> {
    return await discoverDevices({ ...request, clock: this.#deps.clock, signal: this.#abort.signal });
  }

  async steer(id: CameraId, command: PtzCommand): Promise<void> {
    await this.#control.steer(await this.#deps.storage.cameras.get(id), command);
  }

  async presets(id: CameraId): Promise<readonly PtzPreset[]> {
    return await this.#control.presets(await this.#deps.storage.cameras.get(id));
  }

  async keepPreset(id: CameraId, name: string): Promise<string> {
    return await this.#control.keepPreset(await this.#deps.storage.cameras.get(id), name);
  }

  async renamePreset(id: CameraId, preset: PtzPreset): Promise<void> {
    await this.#control.renamePreset(await this.#deps.storage.cameras.get(id), preset);
  }

  async removePreset(id: CameraId, token: string): Promise<void> {
    await this.#control.removePreset(await this.#deps.storage.cameras.get(id), token);
  }

  async imaging(id: CameraId): Promise<CameraImaging> {
    return await this.#control.imaging(await this.#deps.storage.cameras.get(id));
  }

  async setImaging(id: CameraId, settings: ImagingSettings): Promise<CameraImaging> {
    return await this.#control.setImaging(await this.#deps.storage.cameras.get(id), settings);
  }

  async synchronize(id: CameraId): Promise<void> {
    await this.#control.synchronize(await this.#deps.storage.cameras.get(id));
  }

  async still(id: string, stream: StreamKind, unit: AccessUnit): Promise<Still> {
    return await this.#stills.get(cameraId(id), stream, unit);
  }

  async decode(queue: string, keyFrame: AccessUnit): Promise<Buffer> {
    return await decodeKeyFrameToJpeg(this.#decoders, cameraId(queue), keyFrame, STILL);
  }

  async personsIn(jpeg: Uint8Array): Promise<number | undefined> {
    if (!this.#areModelsReady) return undefined;
    const { pixels, widthPx, heightPx } = await decodePicture(jpeg);
    const shared = new SharedArrayBuffer(pixels.length);
    new Uint8Array(shared).set(pixels);
    const job = { pixels: shared, widthPx, heightPx, plates: undefined };
    // A key of its own: it takes the place of no camera's picture.
    const result = await this.#pool.submit(`picture ${randomUUID()}`, job);
    return result?.detections.filter(({ label }) => label === 'person').length;
  }

  /** Cameras first, so that their last pictures are still recorded and their tracks still become events. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#control.close();
    await this.#watching;
    await this.#changes;
    await Promise.all([...this.#running.keys()].map((id) => this.#stopCamera(id)));
    await this.#ingest.close();
    await this.#analysis.close();
    await this.#pool.close();
    await this.#decoders.close();
  }
}

/** The models that the threads of this process load. */
export function modelsOf(config: AnalyzerConfig, modelFolder: string): ModelSetOptions {
  return {
    detector: config.detector,
    detectionThreshold: config.detectionThreshold,
    modelFolder,
    modelMirror: config.modelMirror,
    packFolder: config.packFolder,
    readPlates: true,
    officialVehicles: config.officialVehicles,
    plateGrammar: config.plateGrammar,
    homeProvince: config.homeProvince,
    confirmMasks: config.confirmMasks,
  };
}
