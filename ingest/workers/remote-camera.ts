import { describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { recordedStream } from '../camera-pipeline.ts';
import type { Camera, CameraState } from '../cameras/camera.ts';
import type { ReadableHub } from '../hub/readable-hub.ts';
import type { AccessUnit, StreamKind } from '../media.ts';
import type { CameraStateSink } from '../ports.ts';
import type { RecorderCounters } from '../recorder/stream-recording.ts';
import type { StreamNumbers, ToIngest } from './ingest-messages.ts';
import { MirrorHub } from './mirror-hub.ts';
import type { Rates } from './stream-rates.ts';

export interface RemoteCameraDeps {
  readonly camera: Camera;
  readonly numbers: StreamNumbers;
  readonly states: CameraStateSink;
  readonly clock: Clock;
  readonly log: Log;
  /** To the thread that has the camera now; lost while there is none. */
  send(message: ToIngest): void;
  askKeyFrame(stream: StreamKind): Promise<AccessUnit | undefined>;
}

interface RemoteStream {
  readonly hub: MirrorHub;
  state: CameraState;
}

const NO_COUNTERS: RecorderCounters = { frames: 0, segments: 0, sizeBytes: 0, gaps: 0, errorCode: undefined };

/** A camera as the main thread sees it, whichever ingest thread it runs on. */
export class RemoteCamera {
  #camera: Camera;
  readonly numbers: StreamNumbers;
  readonly #deps: RemoteCameraDeps;
  readonly #streams = new Map<StreamKind, RemoteStream>();
  /** Of the threads before. */
  #recordedBefore = NO_COUNTERS;
  #recorded = NO_COUNTERS;

  constructor(deps: RemoteCameraDeps) {
    const { camera, numbers, clock, log } = deps;
    this.#camera = camera;
    this.numbers = numbers;
    this.#deps = deps;
    for (const { kind } of camera.streams) {
      const hub = new MirrorHub({
        codecString: () => this.#streams.get(kind)?.state.codecString,
        want: (wish) => deps.send({ kind: 'want', cameraId: camera.id, stream: kind, ...wish }),
        askKeyFrame: () => deps.askKeyFrame(kind),
        onReaderError: (error, reader) =>
          log.error({ cameraId: camera.id, stream: kind, reader }, `a reader failed: ${describeError(error)}`),
      });
      this.#streams.set(kind, { hub, state: unknownState(camera, kind, clock.nowMs()) });
    }
  }

  get camera(): Camera {
    return this.#camera;
  }

  /** Takes what changed where ingest takes no notice of it; see `IngestWorkerPool.update`. */
  update(camera: Camera): void {
    this.#camera = camera;
  }

  /** Undefined when the camera has no such stream. */
  hub(kind: StreamKind): ReadableHub | undefined {
    return this.#streams.get(kind)?.hub;
  }

  mirror(kind: StreamKind): MirrorHub | undefined {
    return this.#streams.get(kind)?.hub;
  }

  /** With rates that are about a second old. */
  state(kind: StreamKind): CameraState | undefined {
    return this.#streams.get(kind)?.state;
  }

  /** Undefined when nothing is recorded. */
  get recording(): RecorderCounters | undefined {
    if (!this.recordedStream) return undefined;
    const { frames, segments, sizeBytes, gaps } = this.#recordedBefore;
    const now = this.#recorded;
    return {
      frames: frames + now.frames,
      segments: segments + now.segments,
      sizeBytes: sizeBytes + now.sizeBytes,
      gaps: gaps + now.gaps,
      errorCode: now.errorCode,
    };
  }

  get recordedStream(): StreamKind | undefined {
    return this.camera.recording.mode !== 'off' ? recordedStream(this.camera)?.kind : undefined;
  }

  /** See `CameraPipeline.trigger`. */
  trigger(reason: string, atMs: number): void {
    this.#deps.send({ kind: 'trigger', cameraId: this.camera.id, reason, atMs });
  }

  /** kbit/s of each stream; undefined while it was never live. */
  get measuredKbps(): readonly (number | undefined)[] {
    return [...this.#streams.values()].map(({ state }) => state.bitrateKbps || undefined);
  }

  noteState(state: CameraState): void {
    const stream = this.#streams.get(state.stream);
    if (!stream) return;
    const previous = stream.state;
    stream.state = state;
    this.#deps.states.stateChanged(state, previous);
  }

  noteRates(kind: StreamKind, rates: Rates): void {
    const stream = this.#streams.get(kind);
    if (stream) stream.state = { ...stream.state, ...rates };
  }

  noteRecording(counters: RecorderCounters): void {
    this.#recorded = counters;
  }

  /** @param recovered what was saved of the files that the thread left open */
  lostThread(errorCode: string | undefined, recovered: { readonly frames: number; readonly sizeBytes: number }): void {
    const { clock } = this.#deps;
    this.#recordedBefore = {
      ...(this.recording ?? NO_COUNTERS),
      frames: (this.recording?.frames ?? 0) + recovered.frames,
      sizeBytes: (this.recording?.sizeBytes ?? 0) + recovered.sizeBytes,
    };
    this.#recorded = NO_COUNTERS;
    for (const { hub, state } of this.#streams.values()) {
      hub.signalDiscontinuity('service_stopped');
      if (errorCode === undefined) continue;
      const sinceMs = clock.nowMs();
      const rates = { bitrateKbps: state.bitrateKbps, framesPerSecond: 0, lossRatio: 0, nextRetryMs: undefined };
      this.noteState({ ...state, ...rates, status: 'connecting', sinceMs, errorCode });
    }
  }

  /** It runs on another thread now: what is read here is asked for there. */
  renew(): void {
    for (const { hub } of this.#streams.values()) hub.renew();
  }
}

function unknownState(camera: Camera, stream: StreamKind, nowMs: number): CameraState {
  return {
    cameraId: camera.id,
    stream,
    status: 'disabled',
    sinceMs: nowMs,
    errorCode: undefined,
    nextRetryMs: undefined,
    lastPacketMs: undefined,
    bitrateKbps: 0,
    framesPerSecond: 0,
    lossRatio: 0,
    widthPx: undefined,
    heightPx: undefined,
    codecString: undefined,
    transport: undefined,
  };
}
