import { BoundedQueue } from '#infra/runtime/bounded-queue.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { CameraPipeline } from '#ingest/camera-pipeline.ts';
import type { Camera, CameraState } from '#ingest/cameras/camera.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { FramePool } from '#ingest/frames/frame-pool.ts';
import { FrameSampler } from '#ingest/frames/frame-sampler.ts';
import { KeyFrameDecoderPool } from '#ingest/frames/key-frame-decoder-pool.ts';
import { cameraId, type Frame } from '#ingest/media.ts';
import { parseRtspUrl } from '#ingest/rtsp/rtsp-url.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import type { SourceOptions, SourcePicture } from './analysis-source.ts';

const DEFAULT_FPS = 4;
/** Pictures that wait while the models work; the newest are kept. */
const QUEUE_LENGTH = 2;
const FRAME_MEMORY_BYTES = 128 * 1024 * 1024;

/**
 * Watches a stream with our own RTSP client until it ends, its time is over or the signal fires.
 * @throws {AppError} what kept the camera from delivering, when it never did
 */
export async function* readStream(url: string, options: SourceOptions): AsyncGenerator<SourcePicture> {
  const config = readConfig('ingest', ingestConfigSchema, process.env);
  const log = createLogger({ level: 'silent', pretty: false });
  const clock = systemClock;
  const frames = new FramePool({ maxSizeBytes: FRAME_MEMORY_BYTES });
  const { analysisMaxWidthPx: maxWidthPx } = config;
  const keyFrameDecoders = new KeyFrameDecoderPool({ processes: 1, maxWidthPx, frames, clock, log });
  const inbox = new FrameInbox();
  const camera = cameraAt(url, options.fps ?? DEFAULT_FPS);
  const pipeline = new CameraPipeline({
    camera,
    config,
    limiter: new ConnectLimiter(config.connectsPerSecond, clock),
    disk: new RecordingDisk({ config, clock }),
    segments: { appendSegment: ignore, openGap: ignore, closeGap: ignore },
    states: { stateChanged: (state) => inbox.note(state) },
    clock,
    log,
  });
  const hub = pipeline.hub('main');
  if (!hub) throw ingestErrors.CAMERA_URL_INVALID();
  const sampler = new FrameSampler({
    cameraId: camera.id,
    stream: 'main',
    hub,
    profile: camera.analysis,
    keyFrameDecoders,
    frames,
    maxWidthPx,
    onFrame: (frame) => inbox.put(frame),
    clock,
    log,
  });
  const stop = (): void => inbox.end();
  options.signal.addEventListener('abort', stop, { once: true });
  const timer = options.seconds === undefined ? undefined : clock.setTimeout(stop, options.seconds * 1000);
  sampler.start();
  pipeline.start();
  try {
    let first90k: number | undefined;
    for (let index = 0; ; index++) {
      const frame = await inbox.take();
      if (!frame) return;
      const { pts90k, widthPx, heightPx, pixels } = frame;
      first90k ??= pts90k;
      yield {
        frame: index,
        timeMs: (pts90k - first90k) / 90,
        widthPx,
        heightPx,
        pixels,
        release: () => frame.release(),
      };
    }
  } finally {
    timer?.cancel();
    options.signal.removeEventListener('abort', stop);
    inbox.end();
    sampler.close();
    await pipeline.close();
    await keyFrameDecoders.close();
  }
}

/** Frames that wait, and the news that no more will come. */
class FrameInbox {
  readonly #queue = new BoundedQueue<Frame>(QUEUE_LENGTH);
  #wake: (() => void) | undefined;
  #hadFrame = false;
  #isEnded = false;
  #errorCode: string | undefined;

  put(frame: Frame): void {
    this.#hadFrame = true;
    if (this.#isEnded) frame.release();
    else this.#queue.push(frame)?.release();
    this.#wake?.();
  }

  note({ status, errorCode }: CameraState): void {
    if (errorCode === undefined || status === 'live') return;
    this.#errorCode = errorCode;
    this.end();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** @returns undefined at the end. @throws {AppError} when there was an error instead of frames */
  async take(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#queue.shift();
      if (frame) return frame;
      if (this.#isEnded) {
        if (!this.#hadFrame && this.#errorCode !== undefined) throw errorOf(this.#errorCode);
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function errorOf(code: string): Error {
  const factory = Object.entries(ingestErrors).find(([known]) => known === code)?.[1];
  return factory ? factory() : ingestErrors.CAMERA_UNREACHABLE({ code });
}

function cameraAt(url: string, fps: number): Camera {
  const address = parseRtspUrl(url);
  return {
    id: cameraId('analyzed'),
    name: '',
    number: '',
    area: '',
    scene: 'road',
    latitude: undefined,
    longitude: undefined,
    streams: [{ kind: 'main', url: address.url }],
    username: address.credentials?.username,
    password: address.credentials?.password,
    recording: recordingPolicy({ mode: 'off' }),
    analysis: { mode: 'fps', fps },
    rules: [],
  };
}

function ignore(): void {
  // Nothing is recorded.
}
