import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit, AudioFrame, VideoFormat } from '../media.ts';
import { AacDepacketizer, G711Depacketizer } from '../rtp/audio-depacketizer.ts';
import { AudioReceiver } from '../rtp/audio-receiver.ts';
import type { ReceiverCounters } from '../rtp/track-receiver.ts';
import { VideoReceiver } from '../rtp/video-receiver.ts';
import type { Credentials } from './rtsp-auth.ts';
import { InterleavedLinks } from './interleaved-links.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { headerOf, type RtspResponse } from './rtsp-message.ts';
import { requireOk } from './rtsp-status.ts';
import { parseRtspUrl } from './rtsp-url.ts';
import {
  aggregateControlUrl,
  type AudioTrack,
  parseSdp,
  selectAudioTrack,
  selectVideoTrack,
  type SessionDescription,
} from './sdp.ts';
import type { LiveTrack, PacketTaker, TrackPlan } from './track-plan.ts';
import { setUpTracks } from './track-setup.ts';

/** How far the opening of a session came; for the probe. */
export type SessionStage = 'reached' | 'spoke_rtsp' | 'signed_in' | 'described' | 'playing';

export interface RtspSessionOptions {
  /** Without credentials. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  readonly connectTimeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly clock: Clock;
  onAccessUnit(unit: AccessUnit): void;
  /** Left out: the camera's sound is not asked for. */
  onAudioFrame?(frame: AudioFrame): void;
  onStage?(stage: SessionStage): void;
}

const REPORT_INTERVAL_MS = 5000;
const DEFAULT_SESSION_TIMEOUT_S = 60;
const TEARDOWN_TIMEOUT_MS = 500;
/** Packets come, but no picture can be made of them for this long. */
const NO_PICTURE_TIMEOUT_MS = 15_000;
const NO_COUNTERS: ReceiverCounters = { packets: 0, lostPackets: 0, malformed: 0, accessUnits: 0, sizeBytes: 0 };

/** One RTSP session: opened once, fails fast, ends once; trying again is the supervisor's job. */
export class RtspSession {
  readonly #options: RtspSessionOptions;
  readonly #ended = Promise.withResolvers<AppError | undefined>();
  #connection: RtspConnection | undefined;
  #interleaved: InterleavedLinks | undefined;
  #video: VideoReceiver | undefined;
  #tracks: readonly LiveTrack[] = [];
  #aggregateUrl: string;
  #offersGetParameter = false;
  #keepaliveMs = (DEFAULT_SESSION_TIMEOUT_S / 2) * 1000;
  #lastKeepaliveMs = 0;
  #lastReportMs = 0;
  #playingSinceMs: number | undefined;
  #lastPacketMs = 0;
  #lastPacketWallMs: number | undefined;
  #tick: { cancel(): void } | undefined;

  constructor(options: RtspSessionOptions) {
    this.#options = options;
    this.#aggregateUrl = options.url;
  }

  /** Resolves when the session is over: with what ended it, or undefined when it was closed by us. */
  get ended(): Promise<AppError | undefined> {
    return this.#ended.promise;
  }

  get counters(): ReceiverCounters {
    return this.#video?.counters ?? NO_COUNTERS;
  }

  /** UTC epoch milliseconds. */
  get lastPacketMs(): number | undefined {
    return this.#lastPacketWallMs;
  }

  get format(): VideoFormat | undefined {
    return this.#video?.format;
  }

  /**
   * Connects and brings the stream to play. Access units may come before this resolves.
   * @throws {AppError} any code of ingest that starts with CAMERA, RTSP, CODEC or STREAM
   */
  async start(signal: AbortSignal): Promise<void> {
    const options = this.#options;
    const address = parseRtspUrl(options.url);
    this.#aggregateUrl = address.url;
    try {
      const connection = await RtspConnection.connect(
        {
          host: address.host,
          port: address.port,
          credentials: options.credentials ?? address.credentials,
          timeoutMs: options.connectTimeoutMs,
          clock: options.clock,
          onInterleaved: (channel, bytes) => this.#interleaved?.take(channel, bytes),
          onClosed: (error) => this.#finish(error),
        },
        signal,
      );
      this.#connection = connection;
      this.#interleaved = new InterleavedLinks((channel, bytes) => connection.sendInterleaved(channel, bytes));
      const abort = (): void => void this.close();
      signal.addEventListener('abort', abort, { once: true });
      void this.ended.then(() => signal.removeEventListener('abort', abort));
      options.onStage?.('reached');
      await this.#open(connection, address.url);
    } catch (thrown) {
      const error = toAppError(thrown);
      this.#connection?.end(error);
      this.#finish(error);
      throw error;
    }
  }

  /** Tears the session down, politely but quickly. Safe to call twice. */
  async close(): Promise<void> {
    const connection = this.#connection;
    if (connection?.sessionId !== undefined && this.#playingSinceMs !== undefined) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const timer = this.#options.clock.setTimeout(() => resolve(undefined), TEARDOWN_TIMEOUT_MS);
      this.#playingSinceMs = undefined;
      await Promise.race([connection.request('TEARDOWN', this.#aggregateUrl).catch(() => undefined), promise]);
      timer.cancel();
    }
    connection?.end();
    this.#finish(undefined);
  }

  async #open(connection: RtspConnection, url: string): Promise<void> {
    const options = this.#options;
    const offered = await connection.request('OPTIONS', url);
    options.onStage?.('spoke_rtsp');
    this.#offersGetParameter = /\bGET_PARAMETER\b/i.test(headerOf(offered, 'public') ?? '');
    const described = await connection.request('DESCRIBE', url, { Accept: 'application/sdp' });
    options.onStage?.('signed_in');
    requireOk(described, 'DESCRIBE');
    const baseUrl = baseUrlOf(described) ?? url;
    const description = parseSdp(described.body.toString('utf8'));
    this.#aggregateUrl = aggregateControlUrl(description, baseUrl);
    const plans = this.#planTracks(description, baseUrl);
    options.onStage?.('described');
    this.#tracks = await setUpTracks(plans, {
      request: (method, uri, headers) => connection.request(method, uri, headers),
      interleaved: this.#interleaved ?? new InterleavedLinks(() => undefined),
      takerOf: (plan) => this.#takerOf(plan),
      onGranted: (response) => this.#readSession(response, connection),
    });
    this.#lastPacketMs = options.clock.monotonicMs();
    const played = await connection.request('PLAY', this.#aggregateUrl, { Range: 'npt=0.000-' });
    requireOk(played, 'PLAY');
    const nowMs = options.clock.monotonicMs();
    this.#playingSinceMs = nowMs;
    this.#lastKeepaliveMs = nowMs;
    this.#lastReportMs = nowMs;
    this.#lastPacketMs = Math.max(this.#lastPacketMs, nowMs);
    this.#scheduleTick();
    options.onStage?.('playing');
  }

  /** The tracks to set up, in this order. One that may be missing is optional. */
  #planTracks(description: SessionDescription, baseUrl: string): readonly TrackPlan[] {
    const { clock, onAccessUnit } = this.#options;
    const { codec, payloadType, parameterSets, controlUrl } = selectVideoTrack(description, baseUrl);
    this.#video = new VideoReceiver({ codec, payloadType, parameterSets, clock, onAccessUnit });
    const video: TrackPlan = { kind: 'video', controlUrl, isOptional: false, receiver: this.#video };
    const sound = this.#options.onAudioFrame && selectAudioTrack(description, baseUrl);
    return sound ? [video, this.#planSound(sound, this.#video)] : [video];
  }

  #planSound(track: AudioTrack, pictures: VideoReceiver): TrackPlan {
    const { clock, onAudioFrame } = this.#options;
    const { payloadType, format, frameSamples, auHeaders, controlUrl } = track;
    const receiver = new AudioReceiver({
      payloadType,
      format,
      depacketizer: auHeaders ? new AacDepacketizer(auHeaders, frameSamples) : new G711Depacketizer(format.channels),
      clock,
      pictureOffsets: () => pictures.clockOffsets,
      onAudioFrame: (frame) => onAudioFrame?.(frame),
    });
    return { kind: 'audio', controlUrl, isOptional: true, receiver };
  }

  #readSession(response: RtspResponse, connection: RtspConnection): void {
    const session = /^\s*([^;]*[^;\s])\s*(?:;.*?timeout\s*=\s*(\d{1,6}))?/i.exec(headerOf(response, 'session') ?? '');
    connection.sessionId = session?.[1] ?? connection.sessionId;
    const timeoutS = Math.max(2, Number(session?.[2] ?? DEFAULT_SESSION_TIMEOUT_S) || DEFAULT_SESSION_TIMEOUT_S);
    this.#keepaliveMs = (timeoutS * 1000) / 2;
  }

  /** The times of the session follow the pictures: sound alone is no sign that the camera lives. */
  #takerOf({ kind, receiver }: TrackPlan): PacketTaker {
    return {
      get packets() {
        return receiver.counters.packets;
      },
      takeRtp: (bytes) => {
        if (!receiver.takeRtp(bytes)) return false;
        if (kind === 'video') {
          this.#lastPacketMs = this.#options.clock.monotonicMs();
          this.#lastPacketWallMs = this.#options.clock.nowMs();
        }
        return true;
      },
      takeRtcp: (bytes) => {
        const isDone = receiver.takeRtcp(bytes);
        if (isDone && kind === 'video') this.#connection?.end(ingestErrors.STREAM_ENDED({ reason: 'goodbye' }));
      },
    };
  }

  #scheduleTick(): void {
    const { clock, stallTimeoutMs } = this.#options;
    this.#tick = clock.setTimeout(
      () => {
        this.#checkTimes();
        if (this.#playingSinceMs !== undefined) this.#scheduleTick();
      },
      Math.min(1000, stallTimeoutMs / 5),
    );
  }

  #checkTimes(): void {
    const connection = this.#connection;
    const playingSinceMs = this.#playingSinceMs;
    if (!connection || playingSinceMs === undefined) return;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lastPacketMs >= this.#options.stallTimeoutMs) {
      connection.end(ingestErrors.STREAM_STALLED({ silentMs: Math.round(nowMs - this.#lastPacketMs) }));
      return;
    }
    const { accessUnits, malformed } = this.counters;
    if (accessUnits === 0 && nowMs - playingSinceMs >= NO_PICTURE_TIMEOUT_MS) {
      connection.end(ingestErrors.RTP_PAYLOAD_MALFORMED({ malformed }));
      return;
    }
    if (nowMs - this.#lastReportMs >= REPORT_INTERVAL_MS) {
      this.#lastReportMs = nowMs;
      for (const { receiver, link } of this.#tracks) {
        const report = receiver.receiverReport();
        if (report) link.sendRtcp(report);
      }
    }
    if (nowMs - this.#lastKeepaliveMs >= this.#keepaliveMs) {
      this.#lastKeepaliveMs = nowMs;
      void this.#keepAlive(connection);
    }
  }

  /** A missing answer means nothing while pictures come; only a refused session ends it. */
  async #keepAlive(connection: RtspConnection): Promise<void> {
    try {
      const method = this.#offersGetParameter ? 'GET_PARAMETER' : 'OPTIONS';
      const answer = await connection.request(method, this.#aggregateUrl);
      if (answer.status === 454) connection.end(ingestErrors.STREAM_ENDED({ status: 454 }));
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'RTSP_AUTH_REJECTED') connection.end(error);
    }
  }

  #finish(error: AppError | undefined): void {
    this.#playingSinceMs = undefined;
    this.#tick?.cancel();
    for (const { link } of this.#tracks) link.close();
    this.#ended.resolve(error);
  }
}

function baseUrlOf(response: RtspResponse): string | undefined {
  const base = headerOf(response, 'content-base') ?? headerOf(response, 'content-location');
  return base !== undefined && /^rtsps?:\/\//i.test(base) ? base : undefined;
}
