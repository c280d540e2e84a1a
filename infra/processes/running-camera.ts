import { isDeepStrictEqual } from 'node:util';
import type { AnalysisPipeline } from '#analyzers/analysis-pipeline.ts';
import { type Camera, isSameForIngest } from '#ingest/cameras/camera.ts';
import type { IngestConfig } from '#ingest/config.ts';
import type { FramePool } from '#ingest/frames/frame-pool.ts';
import { FrameSampler } from '#ingest/frames/frame-sampler.ts';
import type { KeyFrameDecoderPool } from '#ingest/frames/key-frame-decoder-pool.ts';
import type { Frame, GapCause } from '#ingest/media.ts';
import { MotionWatcher, wantsMotion } from '#ingest/onvif/motion-watcher.ts';
import type { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';
import type { RemoteCamera } from '#ingest/workers/remote-camera.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';

export interface RunningCameraDeps {
  readonly ingestConfig: IngestConfig;
  readonly ingest: IngestWorkerPool;
  readonly analysis: AnalysisPipeline;
  readonly decoders: KeyFrameDecoderPool;
  readonly frames: FramePool;
  /** Waits for a turn to connect for the events of a camera. */
  readonly eventTurn: (signal: AbortSignal) => Promise<void>;
  /** Must release it. */
  readonly onFrame: (frame: Frame) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** One camera of this node: taken in and recorded on a thread, its pictures analysed, its own motion followed. */
export class RunningCamera {
  readonly remote: RemoteCamera;
  readonly #deps: RunningCameraDeps;
  #camera: Camera;
  #sampler: FrameSampler | undefined;
  #motion: MotionWatcher | undefined;

  constructor(deps: RunningCameraDeps, camera: Camera) {
    this.#deps = deps;
    this.#camera = camera;
    this.remote = deps.ingest.add(camera);
    this.#analyse();
    this.#followMotion();
  }

  /**
   * Takes an edit without a break of the recording.
   * @returns false when that cannot be: close it and make it anew
   */
  async take(camera: Camera): Promise<boolean> {
    const before = this.#camera;
    if (!isSameForIngest(before, camera)) return false;
    this.#camera = camera;
    this.#deps.ingest.update(camera);
    if (!isDeepStrictEqual(analysisPartOf(before), analysisPartOf(camera))) this.#analyse();
    if (!isDeepStrictEqual(before.onvif, camera.onvif)) {
      await this.#motion?.close();
      this.#followMotion();
    }
    return true;
  }

  /** @param cause of the gap that begins */
  async close(cause?: GapCause): Promise<void> {
    this.#sampler?.close();
    this.#deps.analysis.removeCamera(this.#camera.id);
    await Promise.all([this.#motion?.close(), this.#deps.ingest.remove(this.#camera.id, cause)]);
  }

  #analyse(): void {
    const { ingestConfig, analysis, decoders, frames, onFrame, clock, log } = this.#deps;
    const camera = this.#camera;
    this.#sampler?.close();
    this.#sampler = undefined;
    analysis.removeCamera(camera.id);
    // The sub-stream is enough where there is one, but plates need the main stream's pixels.
    const stream = camera.scene === 'kitchen' && this.remote.hub('sub') ? 'sub' : 'main';
    const hub = this.remote.hub(stream);
    if (!hub || camera.analysis.mode === 'off') return;
    analysis.addCamera(camera);
    this.#sampler = new FrameSampler({
      cameraId: camera.id,
      stream,
      hub,
      profile: camera.analysis,
      keyFrameDecoders: decoders,
      frames,
      maxWidthPx: ingestConfig.analysisMaxWidthPx,
      onFrame,
      clock,
      log: log.child({ cameraId: camera.id }),
    });
    this.#sampler.start();
  }

  /** Motion that the camera notices itself is recorded like what analysis finds. */
  #followMotion(): void {
    const { ingestConfig, eventTurn, clock, log } = this.#deps;
    const camera = this.#camera;
    this.#motion = undefined;
    if (!camera.onvif || !wantsMotion(camera)) return;
    this.#motion = new MotionWatcher(
      {
        camera,
        timeoutMs: ingestConfig.connectTimeoutMs,
        verifyTls: ingestConfig.onvifVerifyTls,
        holdOffMs: ingestConfig.slowRetryMs,
        turn: eventTurn,
        onMotion: (atMs) => this.remote.trigger('motion', atMs),
        clock,
        log: log.child({ cameraId: camera.id }),
      },
      camera.onvif,
    );
  }
}

function analysisPartOf({ scene, analysis, rules, kitchen }: Camera): object {
  return { scene, analysis, rules, kitchen };
}
