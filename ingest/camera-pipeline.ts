import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Camera, CameraState, StreamSource } from './cameras/camera.ts';
import type { IngestConfig } from './config.ts';
import type { ConnectLimiter } from './connect-limiter.ts';
import type { StreamHub } from './hub/stream-hub.ts';
import type { GapCause, RecordingGap, StreamKind } from './media.ts';
import type { CameraStateSink, SegmentLog } from './ports.ts';
import { EventRecording } from './recorder/event-recording.ts';
import { GapTracker } from './recorder/gap-tracker.ts';
import { Recorder } from './recorder/recorder.ts';
import type { RecordingDisk } from './recorder/recording-disk.ts';
import { ScheduledRecording } from './recorder/scheduled-recording.ts';
import type { RecorderCounters, StreamRecording } from './recorder/stream-recording.ts';
import type { ReadRounds } from './rtsp/read-rounds.ts';
import { StreamRunner } from './stream-runner.ts';

export interface CameraPipelineDeps {
  readonly camera: Camera;
  /** `recordingFolder` must be absolute. */
  readonly config: IngestConfig;
  /** One for all cameras of the process. */
  readonly limiter: ConnectLimiter;
  /** One for all cameras of the process. */
  readonly disk: RecordingDisk;
  /** One for all cameras of the thread. @default every camera is read as it sends */
  readonly rounds?: ReadRounds | undefined;
  readonly segments: SegmentLog;
  /** Left open by this camera's pipeline before this one (`openGap` after its close). */
  readonly continues?: RecordingGap | undefined;
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
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #recording: StreamRecording | undefined;
  /** Of a camera that is not recorded: its only gap. */
  readonly #offGap: GapTracker | undefined;

  constructor(deps: CameraPipelineDeps) {
    const { camera } = deps;
    this.camera = camera;
    this.#clock = deps.clock;
    this.#log = deps.log.child({ cameraId: camera.id });
    const recorded = recordedStream(camera);
    if (recorded && camera.recording.mode !== 'off') this.#recording = makeRecording(deps, recorded);
    else if (recorded)
      this.#offGap = new GapTracker({
        cameraId: camera.id,
        stream: recorded.kind,
        log: deps.segments,
        continues: deps.continues,
      });
    for (const source of camera.streams) {
      this.#runners.set(
        source.kind,
        new StreamRunner({
          cameraId: camera.id,
          source,
          credentials:
            camera.username === undefined ? undefined : { username: camera.username, password: camera.password ?? '' },
          transport: camera.transport ?? 'auto',
          certificateSha256: camera.certificateSha256,
          config: deps.config,
          limiter: deps.limiter,
          rounds: deps.rounds,
          recorder: source === recorded ? this.#recording : undefined,
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
    return this.#recording?.counters;
  }

  /** Without recording now, and why. After `close`: what the camera's next pipeline goes on with. */
  get openGap(): RecordingGap | undefined {
    return this.#recording ? this.#recording.openGap : this.#offGap?.current;
  }

  /**
   * Something happened at this camera. Recording on event begins with what was before it, or goes on for longer; the other
   * modes take no notice.
   * @param reason kind of the event
   * @param atMs UTC epoch milliseconds of its picture
   */
  trigger(reason: string, atMs: number): void {
    if (!(this.#recording instanceof EventRecording)) return;
    this.#log.debug({ reason }, 'an event to record');
    this.#recording.trigger(atMs);
  }

  start(): void {
    this.#offGap?.open('recording_off', this.#clock.nowMs(), undefined);
    for (const runner of this.#runners.values()) runner.start();
  }

  /**
   * Ends sessions, closes files and announces them. Safe to call twice.
   * @param cause of the gap that begins
   */
  async close(cause?: GapCause): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close(cause)));
  }
}

/** Undefined when the camera has no stream at all. */
export function recordedStream(camera: Camera): StreamSource | undefined {
  return camera.streams.find((source) => source.kind === 'main') ?? camera.streams[0];
}

function makeRecording(deps: CameraPipelineDeps, source: StreamSource): StreamRecording {
  const { camera, config, segments, clock, log, disk, continues } = deps;
  const { mode, segmentSeconds, preRollSeconds, postRollSeconds, schedule } = camera.recording;
  const recorder = new Recorder({
    cameraId: camera.id,
    stream: source.kind,
    folder: config.recordingFolder,
    segmentSeconds: segmentSeconds ?? config.segmentSeconds,
    disk,
    continues,
    segments,
    clock,
    log: log.child({ cameraId: camera.id, stream: source.kind }),
  });
  if (mode === 'scheduled' && schedule) return new ScheduledRecording({ recorder, schedule });
  if (mode !== 'on_event') return recorder;
  const preRollMaxBytes = config.preRollMaxMb * 1e6;
  return new EventRecording({ recorder, preRollSeconds, postRollSeconds, preRollMaxBytes, clock });
}
