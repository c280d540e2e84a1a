import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Camera, CameraState, StreamSource } from './cameras/camera.ts';
import type { IngestConfig } from './config.ts';
import type { ConnectLimiter } from './connect-limiter.ts';
import type { StreamHub } from './hub/stream-hub.ts';
import type { RecordingGap, StreamKind } from './media.ts';
import type { CameraStateSink, SegmentLog } from './ports.ts';
import { Recorder, type RecorderCounters } from './recorder/recorder.ts';
import { StreamRunner } from './stream-runner.ts';

export interface CameraPipelineDeps {
  readonly camera: Camera;
  /** `recordingFolder` must be absolute. */
  readonly config: IngestConfig;
  /** One for all cameras of the process. */
  readonly limiter: ConnectLimiter;
  readonly segments: SegmentLog;
  readonly states: CameraStateSink;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the recorded stream, left open by the pipeline before. */
  readonly openGap?: RecordingGap | undefined;
}

/**
 * One camera: each of its streams runs into a hub; the main stream (or the only one) is recorded. Made anew when the
 * camera's settings change.
 */
export class CameraPipeline {
  readonly camera: Camera;
  readonly #runners = new Map<StreamKind, StreamRunner>();
  readonly #recorder: Recorder | undefined;

  constructor(deps: CameraPipelineDeps) {
    const { camera } = deps;
    this.camera = camera;
    const recorded = camera.isRecording ? recordedStream(camera) : undefined;
    this.#recorder = recorded && makeRecorder(deps, recorded);
    for (const source of camera.streams) {
      this.#runners.set(
        source.kind,
        new StreamRunner({
          cameraId: camera.id,
          source,
          credentials:
            camera.username === undefined ? undefined : { username: camera.username, password: camera.password ?? '' },
          config: deps.config,
          limiter: deps.limiter,
          recorder: source === recorded ? this.#recorder : undefined,
          states: deps.states,
          clock: deps.clock,
          log: deps.log.child({ cameraId: camera.id, stream: source.kind }),
        }),
      );
    }
  }

  get hubs(): ReadonlyMap<StreamKind, StreamHub> {
    return new Map([...this.#runners].map(([kind, runner]) => [kind, runner.hub]));
  }

  /** Undefined when the camera has no such stream. */
  hub(kind: StreamKind): StreamHub | undefined {
    return this.#runners.get(kind)?.hub;
  }

  state(kind: StreamKind): CameraState | undefined {
    return this.#runners.get(kind)?.state;
  }

  /** Undefined when nothing is recorded. */
  get recording(): RecorderCounters | undefined {
    return this.#recorder?.counters;
  }

  start(): void {
    for (const runner of this.#runners.values()) runner.start();
  }

  /** Ends sessions, closes files and announces them. Safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
  }
}

/** Undefined when the camera has no stream at all. */
export function recordedStream(camera: Camera): StreamSource | undefined {
  return camera.streams.find((source) => source.kind === 'main') ?? camera.streams[0];
}

function makeRecorder(
  { camera, config, segments, clock, log, openGap }: CameraPipelineDeps,
  source: StreamSource,
): Recorder {
  return new Recorder({
    cameraId: camera.id,
    stream: source.kind,
    folder: config.recordingFolder,
    segmentSeconds: config.segmentSeconds,
    minimumFreeMb: config.minimumFreeMb,
    segments,
    clock,
    log: log.child({ cameraId: camera.id, stream: source.kind }),
    openGap,
  });
}
