import type { Clock } from '#infra/runtime/clock.ts';
import type { Camera } from '../cameras/camera.ts';
import { ingestErrors } from '../errors.ts';
import { type CardRecording, findRecordings, readReplayUrl } from '../onvif/card-recordings.ts';
import { OnvifDevice } from '../onvif/onvif-device.ts';
import { ReplaySession } from '../rtsp/replay-session.ts';

export interface CameraCardOptions {
  readonly camera: Camera;
  readonly connectTimeoutMs: number;
  readonly verifyTls: boolean;
  readonly tlsCaFile: string;
  readonly clock: Clock;
}

/** A recording on the card, its times on our clock. */
export interface RecordingOnCard extends Pick<CardRecording, 'token' | 'sourceName' | 'content' | 'isRecordingNow'> {
  /** Undefined where the device does not say. */
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly hasVideo: boolean;
}

const SEARCH_TIMEOUT_MS = 60_000;
const SILENCE_MS = 10_000;
/** As long as its clock is this near to ours, recordings follow the clock of the camera (see `rtp/sender-clock.ts`). */
const FOLLOWED_OFFSET_MS = 5000;

/**
 * What a camera recorded on its own card: lists it and plays it back. Times are ours; the clock of the camera may be another.
 */
export class CameraCard {
  readonly #options: CameraCardOptions;
  readonly #device: OnvifDevice;

  private constructor(options: CameraCardOptions, device: OnvifDevice) {
    this.#options = options;
    this.#device = device;
  }

  /** @throws {AppError} `CAMERA_NOT_ONVIF`, `ONVIF_UNSUPPORTED`, and what every call to a device may throw */
  static async open(options: CameraCardOptions, signal: AbortSignal): Promise<CameraCard> {
    const { camera, connectTimeoutMs, verifyTls, clock } = options;
    const { onvif } = camera;
    if (!onvif) throw ingestErrors.CAMERA_NOT_ONVIF({ cameraId: camera.id });
    const device = new OnvifDevice({
      serviceUrl: onvif.serviceUrl,
      credentials: credentialsOf(camera),
      timeoutMs: connectTimeoutMs,
      verifyTls,
      clock,
    });
    try {
      await device.connect(signal);
      for (const service of ['search', 'replay'] as const) device.serviceAddress(service);
      return new CameraCard(options, device);
    } catch (error) {
      device.close();
      throw error;
    }
  }

  /** Add it to our time to have that of the pictures on the card. */
  get deviceMinusOursMs(): number {
    const offsetMs = this.#device.clockOffsetMs ?? 0;
    return Math.abs(offsetMs) <= FOLLOWED_OFFSET_MS ? 0 : offsetMs;
  }

  /** By their begin. */
  async recordings(signal: AbortSignal): Promise<readonly RecordingOnCard[]> {
    const { clock } = this.#options;
    const found = await findRecordings(this.#device, { timeoutMs: SEARCH_TIMEOUT_MS, clock, signal });
    const ours = (deviceMs: number | undefined): number | undefined =>
      deviceMs === undefined ? undefined : Math.round(deviceMs - this.deviceMinusOursMs);
    return found
      .map(({ token, sourceName, content, isRecordingNow, tracks, fromDeviceMs, untilDeviceMs }) => ({
        ...{ token, sourceName, content, isRecordingNow },
        fromMs: ours(fromDeviceMs),
        untilMs: ours(untilDeviceMs),
        hasVideo: tracks.length === 0 || tracks.some(({ kind }) => kind === 'Video'),
      }))
      .sort((a, b) => (a.fromMs ?? 0) - (b.fromMs ?? 0));
  }

  /**
   * Begins to play back a recording. The `wallMs` of the pictures is on the clock of the camera.
   * @throws {AppError} `REPLAY_REFUSED`, and what a live session may throw
   */
  async replay(token: string, range: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<ReplaySession> {
    const { camera, connectTimeoutMs, tlsCaFile, clock } = this.#options;
    const session = new ReplaySession({
      url: await readReplayUrl(this.#device, token, { signal }),
      credentials: credentialsOf(camera),
      trust: { caFile: tlsCaFile, certificateSha256: camera.certificateSha256 },
      fromDeviceMs: range.fromMs + this.deviceMinusOursMs,
      toDeviceMs: range.toMs + this.deviceMinusOursMs,
      connectTimeoutMs,
      silenceMs: SILENCE_MS,
      clock,
    });
    await session.start(signal);
    return session;
  }

  close(): void {
    this.#device.close();
  }
}

/**
 * Those that hold pictures of a range, the earliest first. A device with several cameras does not say in its recordings which
 * of its streams they are of: nobody may get another camera's pictures for his own.
 *
 * @throws {AppError} `CARD_AMBIGUOUS`
 */
export function recordingsOf(
  all: readonly RecordingOnCard[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): readonly RecordingOnCard[] {
  const withVideo = all.filter(({ hasVideo }) => hasVideo);
  const sources = new Set(withVideo.map(({ sourceName }) => sourceName));
  if (sources.size > 1) throw ingestErrors.CARD_AMBIGUOUS({ sources: sources.size });
  return withVideo.filter(
    (one) =>
      (one.fromMs ?? Number.NEGATIVE_INFINITY) < toMs && (one.isRecordingNow || (one.untilMs ?? Infinity) > fromMs),
  );
}

function credentialsOf({ username, password }: Camera): { username: string; password: string } | undefined {
  return username === undefined ? undefined : { username, password: password ?? '' };
}
