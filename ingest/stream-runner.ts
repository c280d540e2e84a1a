import { type AppError, describeError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { sleep, Supervisor } from '#infra/runtime/supervisor.ts';
import type { CameraState, CameraStatus, StreamSource, Transport, TransportChoice } from './cameras/camera.ts';
import type { IngestConfig } from './config.ts';
import type { ConnectLimiter } from './connect-limiter.ts';
import { StreamHub } from './hub/stream-hub.ts';
import type { CameraId, GapCause } from './media.ts';
import type { CameraStateSink } from './ports.ts';
import type { StreamRecording } from './recorder/stream-recording.ts';
import type { Credentials } from './rtsp/rtsp-auth.ts';
import type { ReadRounds } from './rtsp/read-rounds.ts';
import { RtspSession } from './rtsp/rtsp-session.ts';
import { StreamMeter } from './stream-meter.ts';

export interface StreamRunnerDeps {
  readonly cameraId: CameraId;
  readonly source: StreamSource;
  readonly credentials: Credentials | undefined;
  readonly transport: TransportChoice;
  /** For an rtsps address that no authority vouches for. */
  readonly certificateSha256: string | undefined;
  readonly config: Pick<
    IngestConfig,
    | 'connectTimeoutMs'
    | 'returnConnectTimeoutMs'
    | 'stallTimeoutMs'
    | 'retryInitialMs'
    | 'retryMaxMs'
    | 'slowRetryMs'
    | 'tlsCaFile'
    | 'recordAudio'
  >;
  readonly limiter: ConnectLimiter;
  readonly recorder: StreamRecording | undefined;
  readonly rounds?: ReadRounds | undefined;
  readonly states: CameraStateSink;
  readonly clock: Clock;
  readonly log: Log;
}

/** The whole delay is drawn at random: cameras that went away together come back apart. */
const RETRY_JITTER = 1;
/** After so many tries without a picture a camera gives way to others that wait to connect. */
const FAILING_AFTER_TRIES = 3;
/** A far camera takes longer to accept a connection, now more and now less. */
const SLOW_REACH_FACTOR = 4;
const HEALTHY_AFTER_MS = 30_000;
const METER_INTERVAL_MS = 1000;
/** While nothing else changes, a live stream's rates are published this often. */
const STATE_REFRESH_MS = 10_000;

/** What a failure means for the state, for the gap, and for the next try. */
interface Verdict {
  readonly status: CameraStatus;
  readonly cause: GapCause;
  /** Trying soon could lock the account, or cannot help. */
  readonly isSlow: boolean;
}

const UNREACHABLE: Verdict = { status: 'offline', cause: 'camera_unreachable', isSlow: false };
const STREAM_ERROR: Verdict = { status: 'offline', cause: 'stream_error', isSlow: false };
const REJECTED: Verdict = { status: 'rejected', cause: 'camera_rejected', isSlow: true };
const UNSUPPORTED: Verdict = { status: 'unsupported', cause: 'codec_unsupported', isSlow: true };
const VERDICTS: Readonly<Record<string, Verdict>> = {
  CAMERA_UNREACHABLE: UNREACHABLE,
  RTSP_TIMEOUT: UNREACHABLE,
  RTSP_AUTH_REJECTED: REJECTED,
  CAMERA_CERTIFICATE_UNTRUSTED: REJECTED,
  CAMERA_URL_INVALID: { ...STREAM_ERROR, isSlow: true },
  RTSP_REDIRECT_LOOP: { ...STREAM_ERROR, isSlow: true },
  RTSP_TRANSPORT_REFUSED: { ...STREAM_ERROR, isSlow: true },
  CODEC_UNSUPPORTED: UNSUPPORTED,
  RTSP_NO_VIDEO: UNSUPPORTED,
  RTP_UDP_BLOCKED: { status: 'stalled', cause: 'stream_stalled', isSlow: false },
  STREAM_STALLED: { status: 'stalled', cause: 'stream_stalled', isSlow: false },
};

/** Keeps one stream of a camera running: session after session into its hub, the recorder told of every break. */
export class StreamRunner {
  readonly hub: StreamHub;
  readonly #deps: StreamRunnerDeps;
  readonly #meter = new StreamMeter();
  readonly #detachRecorder: (() => void) | undefined;
  #supervisor: Supervisor | undefined;
  #session: RtspSession | undefined;
  #timer: { cancel(): void } | undefined;
  #publishedMs = 0;
  /** What carried pictures last; the next session begins with it. */
  #lastTransport: Transport | undefined;
  /** Where the camera sent us while the last session ran; good for one try. */
  #redirectedTo: string | undefined;
  #triesWithoutPicture = 0;
  /** What the last connection took, monotonic milliseconds; undefined before the first. */
  #reachedInMs: number | undefined;
  #state: CameraState;
  /** What was published last. */
  #told: CameraState;

  constructor(deps: StreamRunnerDeps) {
    this.#deps = deps;
    this.hub = new StreamHub({
      onHurryChange: (isHurried) => this.#session?.setHurried(isHurried),
      onReaderError: (error, reader) => deps.log.error({ reader }, `a reader failed: ${describeError(error)}`),
    });
    this.#detachRecorder = deps.recorder && this.hub.attach(deps.recorder);
    this.#state = {
      cameraId: deps.cameraId,
      stream: deps.source.kind,
      status: 'disabled',
      sinceMs: deps.clock.nowMs(),
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
    this.#told = this.#state;
  }

  /** With the rates of this moment. */
  get state(): CameraState {
    return {
      ...this.#state,
      ...this.#meter.rates(),
      lastPacketMs: this.#session?.lastPacketMs ?? this.#state.lastPacketMs,
    };
  }

  start(): void {
    if (this.#supervisor) return;
    const { clock, config } = this.#deps;
    this.#supervisor = new Supervisor((signal) => this.#run(signal), {
      clock,
      options: {
        initialMs: config.retryInitialMs,
        maxMs: config.retryMaxMs,
        jitter: RETRY_JITTER,
        healthyAfterMs: HEALTHY_AFTER_MS,
      },
      hooks: { onRetry: (error, _attempt, delayMs) => this.#retryLater(error, delayMs) },
    });
  }

  /**
   * Ends the session and the recording. Safe to call twice.
   * @param cause of the gap that begins
   */
  async close(cause: GapCause = 'service_stopped'): Promise<void> {
    await this.#supervisor?.close();
    this.#timer?.cancel();
    this.#detachRecorder?.();
    await this.#deps.recorder?.close(cause);
    if (this.#state.status !== 'disabled')
      this.#change({ status: 'disabled', errorCode: undefined, nextRetryMs: undefined });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, config, limiter, log, source, credentials, transport, certificateSha256 } = this.#deps;
    if (this.#state.status === 'disabled') this.#change({ status: 'connecting' });
    await limiter.take(signal, this.#triesWithoutPicture >= FAILING_AFTER_TRIES ? 'failing' : 'healthy');
    if (signal.aborted) return;
    this.#triesWithoutPicture++;
    const startedMs = clock.monotonicMs();
    const session = new RtspSession({
      url: source.url,
      startAt: this.#redirectedTo,
      credentials,
      transport,
      lastTransport: this.#lastTransport,
      trust: { caFile: config.tlsCaFile, certificateSha256 },
      connectTimeoutMs: config.connectTimeoutMs,
      reachTimeoutMs: this.#reachTimeoutMs(),
      onStage: (stage) => {
        if (stage === 'reached') this.#reachedInMs = clock.monotonicMs() - startedMs;
      },
      stallTimeoutMs: config.stallTimeoutMs,
      rounds: this.#deps.rounds,
      clock,
      onAccessUnit: (unit) => {
        if (this.#state.status !== 'live' || this.#state.codecString !== unit.format.codecString) this.#goLive(session);
        this.hub.publish(unit);
      },
      // Nobody but the recorder wants sound.
      ...(config.recordAudio && this.#deps.recorder ? { onAudioFrame: (frame) => this.hub.publishAudio(frame) } : {}),
    });
    this.#session = session;
    session.setHurried(this.hub.isHurried);
    this.#meter.reset();
    this.#meterLater();
    let failure: AppError | undefined;
    try {
      await session.start(signal);
      failure = await session.ended;
    } catch (thrown) {
      failure = toAppError(thrown);
    } finally {
      this.#timer?.cancel();
      await session.close();
    }
    if (signal.aborted || !failure) return;
    this.#redirectedTo = session.redirectedTo;
    // Whatever carried pictures so far, it is asked for anew.
    if (failure.code === 'RTP_UDP_BLOCKED') this.#lastTransport = undefined;
    // An outage is told once; its retries are for those who look closely.
    const isNews = failure.code !== this.#state.errorCode;
    log[isNews ? 'warn' : 'debug']({ code: failure.code }, `stream lost: ${describeError(failure)}`);
    const verdict = verdictOf(failure);
    this.#deps.recorder?.interrupt(verdict.cause, failure.code);
    this.hub.signalDiscontinuity(verdict.cause);
    this.#meter.reset();
    if (verdict.isSlow) await this.#holdOff(failure, verdict, signal);
    throw failure;
  }

  /**
   * A camera whose cable is cut does not answer at all, and the system asks it ever more rarely within one try: when it is back, a new try
   * is sooner there than one that was begun before.
   */
  #reachTimeoutMs(): number | undefined {
    const { connectTimeoutMs, returnConnectTimeoutMs } = this.#deps.config;
    if (this.#reachedInMs === undefined) return undefined;
    return Math.min(connectTimeoutMs, Math.max(returnConnectTimeoutMs, SLOW_REACH_FACTOR * this.#reachedInMs));
  }

  /** Waits long before the supervisor adds its own delay. */
  async #holdOff(failure: AppError, verdict: Verdict, signal: AbortSignal): Promise<void> {
    const { clock, config } = this.#deps;
    const nextRetryMs = clock.nowMs() + config.slowRetryMs;
    this.#change({ status: verdict.status, errorCode: failure.code, nextRetryMs });
    await sleep(config.slowRetryMs, clock, signal);
  }

  #retryLater(error: AppError | undefined, delayMs: number): void {
    this.#change({
      status: error ? verdictOf(error).status : 'offline',
      errorCode: error?.code,
      nextRetryMs: this.#deps.clock.nowMs() + delayMs,
    });
  }

  #goLive(session: RtspSession): void {
    this.#triesWithoutPicture = 0;
    const { format, transport } = session;
    this.#lastTransport = transport;
    this.#deps.log.info({ size: format && `${format.widthPx}x${format.heightPx}`, transport }, 'stream is live');
    this.#change({
      status: 'live',
      errorCode: undefined,
      nextRetryMs: undefined,
      widthPx: format?.widthPx,
      heightPx: format?.heightPx,
      codecString: format?.codecString,
      soundCodec: session.soundCodec,
      transport,
    });
  }

  #meterLater(): void {
    const { clock } = this.#deps;
    this.#timer = clock.setTimeout(() => {
      if (this.#session) this.#meter.sample(clock.monotonicMs(), this.#session.counters);
      if (this.#state.status === 'live' && clock.monotonicMs() - this.#publishedMs >= STATE_REFRESH_MS)
        this.#change({});
      this.#meterLater();
    }, METER_INTERVAL_MS);
  }

  #change(changes: Partial<CameraState>): void {
    const previous = this.#state;
    const isNewStatus = changes.status !== undefined && changes.status !== previous.status;
    const sinceMs = isNewStatus ? this.#deps.clock.nowMs() : previous.sinceMs;
    const state = { ...this.state, ...changes, sinceMs };
    this.#state = state;
    const nowMs = this.#deps.clock.monotonicMs();
    const isNews = isNewStatus || state.errorCode !== previous.errorCode || state.codecString !== previous.codecString;
    // The next try of an outage is news to nobody; told now and then, it is enough.
    if (!isNews && nowMs - this.#publishedMs < STATE_REFRESH_MS) return;
    this.#publishedMs = nowMs;
    this.#deps.states.stateChanged(state, this.#told);
    this.#told = state;
  }
}

function verdictOf(error: AppError): Verdict {
  return VERDICTS[error.code] ?? STREAM_ERROR;
}
