import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Transport, TransportChoice } from '../cameras/camera.ts';
import { ingestErrors } from '../errors.ts';
import type { AudioCodec, VideoFormat } from '../media.ts';
import type { ReceiverCounters } from '../rtp/track-receiver.ts';
import type { VideoReceiver } from '../rtp/video-receiver.ts';
import { baseUrlOf, reachableUrl } from './base-url.ts';
import { InterleavedLinks } from './interleaved-links.ts';
import { Keepalive } from './keepalive.ts';
import { planTracks, type TrackReaders } from './plan-tracks.ts';
import { credentialsFor, followRedirect, isHome, type SessionTarget } from './redirects.ts';
import type { ReadRounds } from './read-rounds.ts';
import type { Credentials } from './rtsp-auth.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { headerOf, type RtspRequest, type RtspResponse } from './rtsp-message.ts';
import type { CameraTrust } from './rtsp-socket.ts';
import { Redirected, requireOk, throwRedirect } from './rtsp-status.ts';
import { parseRtspUrl, type RtspAddress } from './rtsp-url.ts';
import { aggregateControlUrl, parseSdp, selectVideoTrack, type VideoTrack } from './sdp.ts';
import type { LiveTrack, PacketTaker, TrackPlan } from './track-plan.ts';
import { type LinkKind, setUpTracks } from './track-setup.ts';

/** How far the opening of a session came; for the probe. */
export type SessionStage = 'reached' | 'spoke_rtsp' | 'signed_in' | 'described' | 'playing';

export interface RtspSessionOptions extends TrackReaders {
  /** Without credentials. */
  readonly url: string;
  /** Where the camera sent the last session; tried in place of `url`, whose host alone gets the credentials. */
  readonly startAt?: string | undefined;
  readonly credentials: Credentials | undefined;
  /** How packets are to come. @default auto */
  readonly transport?: TransportChoice | undefined;
  /** What worked last, for `auto`. */
  readonly lastTransport?: Transport | undefined;
  /** For `rtsps`. @default the authorities of the system */
  readonly trust?: CameraTrust | undefined;
  readonly connectTimeoutMs: number;
  /** How long the camera may take to accept the connection. @default connectTimeoutMs */
  readonly reachTimeoutMs?: number | undefined;
  readonly stallTimeoutMs: number;
  /** Where its connection waits for its turn to read while nobody needs the pictures at once. */
  readonly rounds?: ReadRounds | undefined;
  onStage?(stage: SessionStage): void;
}

const LATE_TICK_MS = 500;
const REPORT_INTERVAL_MS = 5000;
const DEFAULT_SESSION_TIMEOUT_S = 60;
const TEARDOWN_TIMEOUT_MS = 500;
const MAX_REDIRECTS = 5;
/** Granted over UDP, but nothing came for this long after PLAY. */
const UDP_SILENCE_MS = 4000;
/** Packets come, but no picture can be made of them for this long. */
const NO_PICTURE_TIMEOUT_MS = 15_000;
const NO_COUNTERS: ReceiverCounters = { packets: 0, lostPackets: 0, malformed: 0, accessUnits: 0, sizeBytes: 0 };
const SYSTEM_TRUST: CameraTrust = { caFile: '', certificateSha256: undefined };

/** One RTSP session: opened once, fails fast, ends once; trying again is the supervisor's job. */
export class RtspSession {
  readonly #options: RtspSessionOptions;
  readonly #ended = Promise.withResolvers<AppError | undefined>();
  readonly #keepalive: Keepalive;
  #connection: RtspConnection | undefined;
  #interleaved: InterleavedLinks | undefined;
  #video: VideoReceiver | undefined;
  #videoTrack: VideoTrack | undefined;
  #soundCodec: AudioCodec | undefined;
  #tracks: readonly LiveTrack[] = [];
  #isTls = false;
  #url: string;
  #aggregateUrl: string;
  #redirectedTo: string | undefined;
  #lastReportMs = 0;
  #playingSinceMs: number | undefined;
  #lastPacketMs = 0;
  #hasPackets = false;
  #wasLate = false;
  #isHurried = true;
  #tick: { cancel(): void } | undefined;

  constructor(options: RtspSessionOptions) {
    this.#options = options;
    this.#url = options.url;
    this.#aggregateUrl = options.url;
    this.#keepalive = new Keepalive((method) => {
      if (!this.#connection) return Promise.reject(ingestErrors.STREAM_ENDED());
      return this.#connection.request(method, this.#aggregateUrl);
    });
  }

  /** Resolves when the session is over: with what ended it, or undefined when it was closed by us. */
  get ended(): Promise<AppError | undefined> {
    return this.#ended.promise;
  }

  /** Of the video. */
  get counters(): ReceiverCounters {
    return this.#video?.counters ?? NO_COUNTERS;
  }

  /** UTC epoch milliseconds. */
  get lastPacketMs(): number | undefined {
    if (!this.#hasPackets) return undefined;
    // Asked for far less often than packets come.
    const { clock } = this.#options;
    return clock.nowMs() - Math.round(clock.monotonicMs() - this.#lastPacketMs);
  }

  get format(): VideoFormat | undefined {
    return this.#video?.format;
  }

  /** Whether somebody needs each picture as soon as it comes; without, they may wait for the turn of their connection. */
  setHurried(isHurried: boolean): void {
    this.#isHurried = isHurried;
    if (this.#playingSinceMs !== undefined) this.#connection?.setPatient(!isHurried);
  }

  /** Of the sound that the camera offers, whether it is asked for or not. */
  get soundCodec(): AudioCodec | undefined {
    return this.#soundCodec;
  }

  /** How the packets come; undefined before the camera granted it. */
  get transport(): Transport | undefined {
    const link = this.#tracks[0]?.link;
    return link && this.#isTls ? 'tls' : link?.transport;
  }

  /** Where the camera asked us to go on, without credentials. */
  get redirectedTo(): string | undefined {
    return this.#redirectedTo;
  }

  /**
   * Connects and brings the stream to play. Access units may come before this resolves.
   * @throws {AppError} any code of ingest that starts with CAMERA, RTSP, RTP, CODEC or STREAM
   */
  async start(signal: AbortSignal): Promise<void> {
    const abort = (): void => void this.close();
    signal.addEventListener('abort', abort, { once: true });
    void this.ended.then(() => signal.removeEventListener('abort', abort));
    try {
      const { url, startAt } = this.#options;
      const home = parseRtspUrl(url);
      const endpoint = startAt === undefined ? home : parseRtspUrl(startAt);
      let target: SessionTarget = { endpoint, url: endpoint.url };
      for (let hops = 0; ; hops++) {
        const redirect = await this.#attempt(target, home, signal);
        if (!redirect) return;
        if (hops >= MAX_REDIRECTS) throw ingestErrors.RTSP_REDIRECT_LOOP({ redirects: hops + 1 });
        target = followRedirect(target, redirect);
      }
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
      connection.setPatient(false);
      await Promise.race([connection.request('TEARDOWN', this.#aggregateUrl).catch(() => undefined), promise]);
      timer.cancel();
    }
    connection?.end();
    this.#finish(undefined);
  }

  /** @returns where the camera sends us instead */
  async #attempt(target: SessionTarget, home: RtspAddress, signal: AbortSignal): Promise<Redirected | undefined> {
    const options = this.#options;
    const { endpoint, url } = target;
    let connection: RtspConnection | undefined;
    this.#isTls = endpoint.isTls;
    this.#url = url;
    this.#aggregateUrl = url;
    const { caFile, certificateSha256 } = options.trust ?? SYSTEM_TRUST;
    connection = await RtspConnection.connect(
      {
        host: endpoint.host,
        port: endpoint.port,
        isTls: endpoint.isTls,
        trust: { caFile, certificateSha256: isHome(endpoint, home) ? certificateSha256 : undefined },
        credentials: credentialsFor(target, home, options.credentials ?? home.credentials),
        timeoutMs: options.connectTimeoutMs,
        reachTimeoutMs: options.reachTimeoutMs,
        clock: options.clock,
        rounds: options.rounds,
        onInterleaved: (channel, bytes, start, end) => this.#interleaved?.take(channel, bytes, start, end),
        onRequest: (request) => this.#takeRequest(request),
        onClosed: (error) => {
          if (this.#connection === connection) this.#finish(error);
        },
      },
      signal,
    );
    const opened = connection;
    this.#connection = opened;
    this.#interleaved = new InterleavedLinks((channel, bytes) => opened.sendInterleaved(channel, bytes));
    options.onStage?.('reached');
    try {
      await this.#open(opened, url, this.#interleaved);
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof Redirected)) throw thrown;
      for (const { link } of this.#tracks) link.close();
      this.#tracks = [];
      this.#connection = undefined;
      opened.end();
      return thrown;
    }
  }

  async #open(connection: RtspConnection, url: string, interleaved: InterleavedLinks): Promise<void> {
    const options = this.#options;
    const { clock } = options;
    const offered = await connection.request('OPTIONS', url);
    options.onStage?.('spoke_rtsp');
    throwRedirect(offered);
    this.#keepalive.offered(headerOf(offered, 'public'));
    const described = await connection.request('DESCRIBE', url, { Accept: 'application/sdp' });
    options.onStage?.('signed_in');
    requireOk(described, 'DESCRIBE');
    const remote = connection.addresses?.remote;
    const description = parseSdp(described.body.toString('utf8'));
    const baseUrl = baseUrlOf(described, url, remote);
    this.#aggregateUrl = reachableUrl(aggregateControlUrl(description, baseUrl), url, remote);
    const plan = planTracks(description, baseUrl, {
      ...options,
      arrivesInTurns: () => connection.isPatient,
    });
    this.#video = plan.video;
    this.#videoTrack = plan.videoTrack;
    this.#soundCodec = plan.sound?.format.codec;
    options.onStage?.('described');
    const plans = plan.tracks.map((one) => ({ ...one, controlUrl: reachableUrl(one.controlUrl, url, remote) }));
    this.#tracks = await setUpTracks(plans, {
      request: (method, uri, headers) => connection.request(method, uri, headers),
      transports: transportsFor(options, this.#isTls),
      interleaved,
      addresses: connection.addresses,
      clock,
      takerOf: (plan) => this.#takerOf(plan),
      onGranted: (response) => this.#readSession(response, connection),
    });
    this.#lastPacketMs = clock.monotonicMs();
    await this.#play(connection);
    const nowMs = clock.monotonicMs();
    this.#playingSinceMs = nowMs;
    this.#keepalive.begin(nowMs);
    this.#lastReportMs = nowMs;
    this.#lastPacketMs = Math.max(this.#lastPacketMs, nowMs);
    this.#scheduleTick();
    connection.setPatient(!this.#isHurried);
    options.onStage?.('playing');
  }

  async #play(connection: RtspConnection): Promise<void> {
    const played = await connection.request('PLAY', this.#aggregateUrl, { Range: 'npt=0.000-' });
    // A live stream has no beginning, and some servers insist on that (RFC 2326 §11.3.7, §11.3.8).
    const isRangeRefused = played.status === 456 || played.status === 457;
    requireOk(isRangeRefused ? await connection.request('PLAY', this.#aggregateUrl) : played, 'PLAY');
  }

  #readSession(response: RtspResponse, connection: RtspConnection): void {
    const session = /^\s*([^;]*[^;\s])\s*(?:;.*?timeout\s*=\s*(\d{1,6}))?/i.exec(headerOf(response, 'session') ?? '');
    connection.sessionId = session?.[1] ?? connection.sessionId;
    const timeoutS = Math.max(2, Number(session?.[2] ?? DEFAULT_SESSION_TIMEOUT_S) || DEFAULT_SESSION_TIMEOUT_S);
    this.#keepalive.sessionTimeout(timeoutS * 1000);
  }

  /** The times of the session follow the pictures: sound alone is no sign that the camera lives. */
  #takerOf({ kind, receiver }: TrackPlan): PacketTaker {
    const { clock } = this.#options;
    let lastReads: number | undefined = -1;
    return {
      get packets() {
        return receiver.counters.packets;
      },
      takeRtp: (bytes, start, end) => {
        if (!receiver.takeRtp(bytes, start, end)) return false;
        if (kind !== 'video') return true;
        // The clock is looked at once for what one read brought, and for each packet of UDP, which has none.
        const reads = this.#connection?.reads;
        if (reads === lastReads && start !== undefined) return true;
        lastReads = reads;
        this.#lastPacketMs = clock.monotonicMs();
        this.#hasPackets = true;
        return true;
      },
      takeRtcp: (bytes) => {
        const isDone = receiver.takeRtcp(bytes);
        if (isDone && kind === 'video') this.#connection?.end(ingestErrors.STREAM_ENDED({ reason: 'goodbye' }));
      },
    };
  }

  /** A camera that asks us to go elsewhere, or says that its stream has changed, is connected anew. */
  #takeRequest(request: RtspRequest): void {
    const location = headerOf(request, 'location');
    if (request.method === 'REDIRECT') {
      try {
        if (location !== undefined) this.#redirectedTo = parseRtspUrl(location).url;
      } catch {
        // Then the camera's own address must do.
      }
      this.#abandon(ingestErrors.STREAM_ENDED({ reason: 'the camera sends us elsewhere' }));
    } else if (request.method === 'ANNOUNCE' && this.#isNewDescription(request.body.toString('utf8'))) {
      this.#abandon(ingestErrors.STREAM_ENDED({ reason: 'the stream has changed' }));
    }
  }

  #isNewDescription(text: string): boolean {
    const known = this.#videoTrack;
    if (!known || text === '') return false;
    try {
      const told = selectVideoTrack(parseSdp(text), this.#url);
      const setsOf = (track: VideoTrack): string => track.parameterSets.map((set) => set.toString('hex')).join();
      return (
        told.payloadType !== known.payloadType || (told.parameterSets.length > 0 && setsOf(told) !== setsOf(known))
      );
    } catch {
      return false;
    }
  }

  #scheduleTick(): void {
    const { clock, stallTimeoutMs } = this.#options;
    const intervalMs = Math.min(1000, stallTimeoutMs / 5);
    const dueMs = clock.monotonicMs() + intervalMs;
    this.#tick = clock.setTimeout(() => {
      // This thread was held up: what the camera sent meanwhile still waits to be read, so it is judged at the next tick.
      const isLate = !this.#wasLate && clock.monotonicMs() - dueMs > LATE_TICK_MS;
      this.#wasLate = isLate;
      if (!isLate) this.#checkTimes();
      if (this.#playingSinceMs !== undefined) this.#scheduleTick();
    }, intervalMs);
  }

  #checkTimes(): void {
    const connection = this.#connection;
    const playingSinceMs = this.#playingSinceMs;
    if (!connection || playingSinceMs === undefined) return;
    const nowMs = this.#options.clock.monotonicMs();
    const failure = this.#failureAt(nowMs, playingSinceMs);
    if (failure) {
      this.#abandon(failure);
      return;
    }
    if (nowMs - this.#lastReportMs >= REPORT_INTERVAL_MS) {
      this.#lastReportMs = nowMs;
      for (const { receiver, link } of this.#tracks) {
        const report = receiver.receiverReport();
        if (report) link.sendRtcp(report);
      }
    }
    if (this.#keepalive.isDue(nowMs)) {
      void this.#keepalive.send(nowMs).then((error) => error && connection.end(error));
    }
  }

  #failureAt(nowMs: number, playingSinceMs: number): AppError | undefined {
    const { stallTimeoutMs } = this.#options;
    const { packets, accessUnits, malformed } = this.counters;
    const playedMs = nowMs - playingSinceMs;
    if (packets === 0 && this.transport === 'udp' && playedMs >= Math.min(UDP_SILENCE_MS, stallTimeoutMs)) {
      return ingestErrors.RTP_UDP_BLOCKED({ silentMs: Math.round(playedMs) });
    }
    const silentMs = nowMs - this.#lastPacketMs;
    if (silentMs >= stallTimeoutMs) return ingestErrors.STREAM_STALLED({ silentMs: Math.round(silentMs) });
    if (accessUnits === 0 && playedMs >= NO_PICTURE_TIMEOUT_MS)
      return ingestErrors.RTP_PAYLOAD_MALFORMED({ malformed });
    return undefined;
  }

  /** Ends a session that the camera may still be sending for. */
  #abandon(error: AppError): void {
    if (this.#playingSinceMs !== undefined) this.#connection?.tell('TEARDOWN', this.#aggregateUrl);
    this.#connection?.end(error);
  }

  #finish(error: AppError | undefined): void {
    this.#playingSinceMs = undefined;
    this.#tick?.cancel();
    for (const { link } of this.#tracks) link.close();
    this.#ended.resolve(error);
  }
}

/** Over an encrypted connection packets come inside it: beside it they would be in clear. */
function transportsFor({ transport = 'auto', lastTransport }: RtspSessionOptions, isTls: boolean): readonly LinkKind[] {
  if (isTls && transport === 'udp') throw ingestErrors.RTSP_TRANSPORT_REFUSED({ detail: 'UDP is not encrypted' });
  if (isTls || transport === 'tcp') return ['tcp'];
  if (transport === 'udp') return ['udp'];
  return lastTransport === 'udp' ? ['udp', 'tcp'] : ['tcp', 'udp'];
}
