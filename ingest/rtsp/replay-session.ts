import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit } from '../media.ts';
import { ReplayReceiver } from '../rtp/replay-receiver.ts';
import { baseUrlOf, reachableUrl } from './base-url.ts';
import { InterleavedLinks } from './interleaved-links.ts';
import { Keepalive } from './keepalive.ts';
import type { Credentials } from './rtsp-auth.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { headerOf, type HeadersToWrite, type RtspResponse } from './rtsp-message.ts';
import type { CameraTrust } from './rtsp-socket.ts';
import { Redirected, requireOk } from './rtsp-status.ts';
import { parseRtspUrl } from './rtsp-url.ts';
import { aggregateControlUrl, parseSdp, selectVideoTrack } from './sdp.ts';
import type { PacketTaker } from './track-plan.ts';
import { setUpTracks } from './track-setup.ts';

export interface ReplaySessionOptions {
  /** As the device told it, without credentials. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  readonly trust: CameraTrust;
  /** On the clock of the device, UTC epoch milliseconds. */
  readonly fromDeviceMs: number;
  readonly toDeviceMs: number;
  readonly connectTimeoutMs: number;
  /** Nothing came for this long. */
  readonly silenceMs: number;
  readonly clock: Clock;
}

const REPLAY = { Require: 'onvif-replay' } as const;
/** Beyond this the camera is kept waiting, until half of it was taken. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
const DEFAULT_SESSION_TIMEOUT_S = 60;
const TICK_MS = 500;
/** Silence this near to the end of the range is its end. */
const NEAR_END_MS = 2000;
const TEARDOWN_TIMEOUT_MS = 500;
/** Option not supported: it knows no replay, or not at its own pace (RFC 2326 §11.3.14). */
const UNSUPPORTED: ReadonlySet<number> = new Set([400, 403, 405, 454, 455, 501, 551]);
/** Invalid range: there is nothing in it (RFC 2326 §11.3.8). */
const INVALID_RANGE = 457;

/**
 * Fetches a range of what a device recorded, as fast as it is read: the device sends without pacing, and waits while we do
 * not read on. Opened once, read to its end, closed.
 *
 * @see ONVIF Streaming Specification, Replay
 */
export class ReplaySession {
  readonly #options: ReplaySessionOptions;
  readonly #keepalive: Keepalive;
  readonly #units: AccessUnit[] = [];
  #connection: RtspConnection | undefined;
  #receiver: ReplayReceiver | undefined;
  #url: string;
  #queuedBytes = 0;
  #isPaused = false;
  #isOver = false;
  #failure: AppError | undefined;
  #wake: (() => void) | undefined;
  #lastPacketMs = 0;
  #newestDeviceMs = Number.NEGATIVE_INFINITY;
  #tick: { cancel(): void } | undefined;
  #forgetSignal: (() => void) | undefined;

  constructor(options: ReplaySessionOptions) {
    this.#options = options;
    this.#url = options.url;
    this.#keepalive = new Keepalive((method) => {
      if (!this.#connection) return Promise.reject(ingestErrors.STREAM_ENDED());
      return this.#connection.request(method, this.#url);
    });
  }

  /**
   * Connects and asks for the range.
   * @throws {AppError} `REPLAY_REFUSED`, and what a live session may throw
   */
  async start(signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#end(ingestErrors.STREAM_ENDED({ reason: 'closed by us' }));
    signal.addEventListener('abort', abort, { once: true });
    this.#forgetSignal = () => signal.removeEventListener('abort', abort);
    try {
      await this.#open(signal);
    } catch (thrown) {
      const error =
        thrown instanceof Redirected ? ingestErrors.REPLAY_REFUSED({ detail: 'sent elsewhere' }) : toAppError(thrown);
      this.#end(error);
      throw error;
    }
  }

  /**
   * The next picture; its `wallMs` is on the clock of the device.
   * @returns undefined when there are no more
   * @throws {AppError} what broke the replay off before its end, after all pictures that came before; `REPLAY_UNTIMED`
   */
  async next(): Promise<AccessUnit | undefined> {
    for (;;) {
      const unit = this.#units.shift();
      if (unit) {
        this.#queuedBytes -= unit.sizeBytes;
        if (this.#isPaused && this.#queuedBytes < MAX_QUEUED_BYTES / 2) this.#resume();
        return unit;
      }
      if (this.#failure) throw this.#failure;
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection?.sessionId !== undefined && !this.#failure) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const timer = this.#options.clock.setTimeout(() => resolve(undefined), TEARDOWN_TIMEOUT_MS);
      connection.resume();
      await Promise.race([connection.request('TEARDOWN', this.#url).catch(() => undefined), promise]);
      timer.cancel();
    }
    connection?.end();
    this.#end(undefined);
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { url, credentials, trust, connectTimeoutMs, clock } = this.#options;
    const address = parseRtspUrl(url);
    let interleaved: InterleavedLinks | undefined;
    const connection = await RtspConnection.connect(
      {
        host: address.host,
        port: address.port,
        isTls: address.isTls,
        trust,
        credentials,
        timeoutMs: connectTimeoutMs,
        clock,
        onInterleaved: (channel, bytes, start, end) => interleaved?.take(channel, bytes, start, end),
        onRequest: () => undefined,
        onClosed: (error) => this.#end(error),
      },
      signal,
    );
    this.#connection = connection;
    interleaved = new InterleavedLinks((channel, bytes) => connection.sendInterleaved(channel, bytes));
    this.#keepalive.offered(headerOf(await connection.request('OPTIONS', address.url), 'public'));
    const described = await connection.request('DESCRIBE', address.url, { Accept: 'application/sdp' });
    requireOk(described, 'DESCRIBE');
    const remote = connection.addresses?.remote;
    const description = parseSdp(described.body.toString('utf8'));
    const baseUrl = baseUrlOf(described, address.url, remote);
    this.#url = reachableUrl(aggregateControlUrl(description, baseUrl), address.url, remote);
    const track = selectVideoTrack(description, baseUrl);
    const receiver = new ReplayReceiver({
      ...track,
      clock,
      onAccessUnit: (unit) => this.#take(unit),
      onEnd: () => this.#end(undefined),
    });
    this.#receiver = receiver;
    const controlUrl = reachableUrl(track.controlUrl, address.url, remote);
    await setUpTracks([{ kind: 'video', controlUrl, isOptional: false, receiver }], {
      request: async (method, uri, headers) => await this.#ask(connection, method, uri, headers),
      transports: ['tcp'],
      interleaved,
      addresses: connection.addresses,
      clock,
      takerOf: () => this.#takerOf(receiver),
      onGranted: (response) => this.#readSession(response, connection),
    });
    await this.#play(connection);
  }

  async #play(connection: RtspConnection): Promise<void> {
    const { fromDeviceMs, toDeviceMs, clock } = this.#options;
    this.#lastPacketMs = clock.monotonicMs();
    const range = `clock=${clockTime(fromDeviceMs)}-${clockTime(toDeviceMs)}`;
    const headers = { Range: range, 'Rate-Control': 'no' };
    const played = await this.#ask(connection, 'PLAY', this.#url, headers);
    if (played.status === INVALID_RANGE) {
      this.#end(undefined);
      return;
    }
    requireOk(played, 'PLAY');
    this.#keepalive.begin(clock.monotonicMs());
    this.#lastPacketMs = Math.max(this.#lastPacketMs, clock.monotonicMs());
    this.#scheduleTick();
  }

  /** @throws {AppError} `REPLAY_REFUSED` where a live session would be told of a broken protocol */
  async #ask(connection: RtspConnection, method: string, uri: string, headers: HeadersToWrite): Promise<RtspResponse> {
    const response = await connection.request(method, uri, { ...REPLAY, ...headers });
    if (UNSUPPORTED.has(response.status)) throw ingestErrors.REPLAY_REFUSED({ method, status: response.status });
    return response;
  }

  #readSession(response: RtspResponse, connection: RtspConnection): void {
    const session = /^\s*([^;]*[^;\s])\s*(?:;.*?timeout\s*=\s*(\d{1,6}))?/i.exec(headerOf(response, 'session') ?? '');
    connection.sessionId = session?.[1] ?? connection.sessionId;
    const timeoutS = Math.max(2, Number(session?.[2] ?? DEFAULT_SESSION_TIMEOUT_S) || DEFAULT_SESSION_TIMEOUT_S);
    this.#keepalive.sessionTimeout(timeoutS * 1000);
  }

  #takerOf(receiver: ReplayReceiver): PacketTaker {
    return {
      get packets() {
        return receiver.counters.packets;
      },
      takeRtp: (bytes, start, end) => {
        this.#lastPacketMs = this.#options.clock.monotonicMs();
        return !this.#isOver && receiver.takeRtp(bytes, start, end);
      },
      takeRtcp: (bytes) => void receiver.takeRtcp(bytes),
    };
  }

  #take(unit: AccessUnit): void {
    if (this.#isOver) return;
    // Pictures that are shown before it may still come; a device need not stop where it was told to, either.
    if (unit.isKeyFrame && unit.wallMs >= this.#options.toDeviceMs) {
      this.#end(undefined);
      return;
    }
    this.#newestDeviceMs = Math.max(this.#newestDeviceMs, unit.wallMs);
    this.#units.push(unit);
    this.#queuedBytes += unit.sizeBytes;
    if (!this.#isPaused && this.#queuedBytes >= MAX_QUEUED_BYTES) {
      this.#isPaused = true;
      this.#connection?.pause();
    }
    this.#wake?.();
  }

  #resume(): void {
    this.#isPaused = false;
    this.#lastPacketMs = this.#options.clock.monotonicMs();
    this.#connection?.resume();
  }

  #scheduleTick(): void {
    this.#tick = this.#options.clock.setTimeout(() => {
      this.#checkTimes();
      if (!this.#isOver) this.#scheduleTick();
    }, TICK_MS);
  }

  #checkTimes(): void {
    const { clock, silenceMs, toDeviceMs } = this.#options;
    const nowMs = clock.monotonicMs();
    const connection = this.#connection;
    if (this.#isPaused || !connection) return;
    const receiver = this.#receiver;
    const silentMs = nowMs - this.#lastPacketMs;
    if (silentMs >= silenceMs) {
      const isNatural = receiver?.isEndOfSection || this.#newestDeviceMs >= toDeviceMs - NEAR_END_MS;
      this.#end(isNatural ? undefined : ingestErrors.STREAM_STALLED({ silentMs: Math.round(silentMs) }));
    } else if (this.#keepalive.isDue(nowMs))
      void this.#keepalive.send(nowMs).then((error) => error && this.#end(error));
  }

  #end(error: AppError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tick?.cancel();
    this.#forgetSignal?.();
    const { counters, untimed = 0 } = this.#receiver ?? {};
    this.#failure = counters?.accessUnits === 0 && untimed > 0 ? ingestErrors.REPLAY_UNTIMED() : error;
    if (this.#failure) this.#connection?.end(this.#failure);
    else this.#connection?.resume();
    this.#wake?.();
  }
}

/** RFC 2326 §3.7, with milliseconds: `20261123T180405.250Z` */
function clockTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString().replaceAll(/[-:]/g, '');
}
