import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit, VideoFormat } from '../media.ts';
import type { ReceiverCounters } from '../rtp/track-receiver.ts';
import { VideoReceiver } from '../rtp/video-receiver.ts';
import type { Credentials } from './rtsp-auth.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { headerOf, type RtspResponse } from './rtsp-message.ts';
import { parseRtspUrl } from './rtsp-url.ts';
import { aggregateControlUrl, parseSdp, selectVideoTrack } from './sdp.ts';

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
  #receiver: VideoReceiver | undefined;
  #rtpChannel = 0;
  #rtcpChannel = 1;
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
    return this.#receiver?.counters ?? NO_COUNTERS;
  }

  /** UTC epoch milliseconds. */
  get lastPacketMs(): number | undefined {
    return this.#lastPacketWallMs;
  }

  get format(): VideoFormat | undefined {
    return this.#receiver?.format;
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
          onInterleaved: (channel, bytes) => this.#takeInterleaved(channel, bytes),
          onClosed: (error) => this.#finish(error),
        },
        signal,
      );
      this.#connection = connection;
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
    const track = selectVideoTrack(description, baseUrl);
    this.#aggregateUrl = aggregateControlUrl(description, baseUrl);
    options.onStage?.('described');
    this.#receiver = new VideoReceiver({
      payloadType: track.payloadType,
      parameterSets: track.parameterSets,
      clock: options.clock,
      onAccessUnit: (unit) => options.onAccessUnit(unit),
    });
    const setUp = await connection.request('SETUP', track.controlUrl, {
      Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
    });
    requireOk(setUp, 'SETUP');
    this.#readTransport(setUp);
    this.#readSession(setUp, connection);
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

  #readTransport(response: RtspResponse): void {
    const transport = headerOf(response, 'transport') ?? '';
    if (transport !== '' && !/\/TCP/i.test(transport)) {
      throw ingestErrors.RTSP_PROTOCOL({ detail: 'the camera does not send over TCP' });
    }
    const channels = /interleaved=(\d{1,3})(?:-(\d{1,3}))?/i.exec(transport);
    this.#rtpChannel = Number(channels?.[1] ?? 0);
    this.#rtcpChannel = Number(channels?.[2] ?? this.#rtpChannel + 1);
  }

  #readSession(response: RtspResponse, connection: RtspConnection): void {
    const session = /^\s*([^;\s]+)(?:.*?timeout\s*=\s*(\d{1,6}))?/i.exec(headerOf(response, 'session') ?? '');
    connection.sessionId = session?.[1];
    const timeoutS = Math.max(2, Number(session?.[2] ?? DEFAULT_SESSION_TIMEOUT_S) || DEFAULT_SESSION_TIMEOUT_S);
    this.#keepaliveMs = (timeoutS * 1000) / 2;
  }

  #takeInterleaved(channel: number, bytes: Buffer): void {
    const receiver = this.#receiver;
    if (!receiver) return;
    if (channel === this.#rtcpChannel) {
      if (receiver.takeRtcp(bytes)) this.#connection?.end(ingestErrors.STREAM_ENDED({ reason: 'goodbye' }));
      return;
    }
    const isOurs = channel === this.#rtpChannel;
    // Some servers use other channels than they promised: the first that carries our payload is taken.
    if (!isOurs && receiver.counters.packets > 0) return;
    if (!receiver.takeRtp(bytes)) return;
    if (!isOurs) {
      this.#rtpChannel = channel;
      this.#rtcpChannel = channel + 1;
    }
    this.#lastPacketMs = this.#options.clock.monotonicMs();
    this.#lastPacketWallMs = this.#options.clock.nowMs();
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
      const report = this.#receiver?.receiverReport();
      if (report) connection.sendInterleaved(this.#rtcpChannel, report);
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
    this.#ended.resolve(error);
  }
}

function baseUrlOf(response: RtspResponse): string | undefined {
  const base = headerOf(response, 'content-base') ?? headerOf(response, 'content-location');
  return base !== undefined && /^rtsps?:\/\//i.test(base) ? base : undefined;
}

function requireOk(response: RtspResponse, method: string): void {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  if (status === 403) throw ingestErrors.RTSP_AUTH_REJECTED({ method, status });
  if (status === 404 || status === 410) throw ingestErrors.RTSP_STREAM_NOT_FOUND({ method, status });
  if (status === 415) throw ingestErrors.CODEC_UNSUPPORTED({ method, status });
  throw ingestErrors.RTSP_PROTOCOL({ method, status });
}
