import net from 'node:net';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { type Credentials, RtspAuthenticator } from './rtsp-auth.ts';
import {
  type HeadersToWrite,
  headerOf,
  RtspReader,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  writeInterleavedHeader,
  writeRtspRequest,
  writeRtspResponse,
} from './rtsp-message.ts';

export interface RtspConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials | undefined;
  /** For the connection, and for each answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** `bytes` is valid during the call only. */
  onInterleaved(channel: number, bytes: Buffer): void;
  /** Once, with what ended it; undefined when it was closed by us. */
  onClosed(error: AppError | undefined): void;
}

interface Waiting {
  resolve(response: RtspResponse): void;
  reject(error: AppError): void;
  readonly timer: { cancel(): void };
}

/** All sockets of the process read into this one buffer: what they read is consumed before the next read. */
const SHARED_RECEIVE_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);
/** Without an answer to the challenge, with it, and once more with a fresh nonce. */
const MAX_TRIES = 3;
const MAX_UNSENT_BYTES = 256 * 1024;

/** One TCP connection to a camera: requests out, answers and interleaved packets in. */
export class RtspConnection {
  readonly #options: RtspConnectionOptions;
  readonly #socket: net.Socket;
  readonly #authenticator: RtspAuthenticator;
  readonly #reader: RtspReader;
  readonly #waiting = new Map<number, Waiting>();
  #nextCseq = 1;
  #isClosed = false;
  /** Sent with every request once the server has given one. */
  sessionId: string | undefined;

  private constructor(socket: net.Socket, options: RtspConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#authenticator = new RtspAuthenticator(options.credentials);
    this.#reader = new RtspReader({
      onMessage: (message) => this.#take(message),
      onInterleaved: (channel, bytes) => {
        if (!this.#isClosed) options.onInterleaved(channel, bytes);
      },
    });
  }

  /** @throws {AppError} `CAMERA_UNREACHABLE` */
  static connect(options: RtspConnectionOptions, signal: AbortSignal): Promise<RtspConnection> {
    return new Promise((resolve, reject) => {
      let connection: RtspConnection | undefined;
      const socket = net.connect({
        host: options.host,
        port: options.port,
        onread: {
          buffer: SHARED_RECEIVE_BUFFER,
          callback: (size) => {
            connection?.receive(SHARED_RECEIVE_BUFFER.subarray(0, size));
            return true;
          },
        },
      });
      const fail = (error: AppError): void => {
        timer.cancel();
        signal.removeEventListener('abort', abort);
        socket.destroy();
        reject(error);
      };
      const abort = (): void => fail(ingestErrors.STREAM_ENDED({ detail: 'closed' }));
      const timer = options.clock.setTimeout(
        () => fail(ingestErrors.CAMERA_UNREACHABLE({ host: options.host, port: options.port, reason: 'timeout' })),
        options.timeoutMs,
      );
      const refuse = (error: NodeJS.ErrnoException): void =>
        fail(ingestErrors.CAMERA_UNREACHABLE({ host: options.host, port: options.port, reason: error.code }));
      socket.once('error', refuse);
      socket.once('connect', () => {
        timer.cancel();
        signal.removeEventListener('abort', abort);
        socket.off('error', refuse);
        socket.setNoDelay(true);
        connection = new RtspConnection(socket, options);
        socket.on('error', (error: NodeJS.ErrnoException) =>
          connection?.end(ingestErrors.STREAM_ENDED({ reason: error.code })),
        );
        socket.on('close', () => connection?.end(ingestErrors.STREAM_ENDED({ reason: 'closed by the camera' })));
        resolve(connection);
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  /**
   * Sends a request and waits for its answer, whatever its status; a 401 is answered once, or again when the nonce
   * only went stale.
   *
   * @throws {AppError} `RTSP_TIMEOUT`, `RTSP_AUTH_REJECTED`, or what ended the connection
   */
  async request(method: string, uri: string, headers: HeadersToWrite = {}): Promise<RtspResponse> {
    for (let tries = 1; ; tries++) {
      const response = await this.#exchange(method, uri, headers);
      if (response.status !== 401) return response;
      const isWorthwhile = this.#authenticator.accept(response.headers.get('www-authenticate') ?? []);
      // A server that calls every nonce stale would have us try passwords for ever.
      if (!isWorthwhile || tries >= MAX_TRIES) {
        throw ingestErrors.RTSP_AUTH_REJECTED({ method });
      }
    }
  }

  sendInterleaved(channel: number, bytes: Buffer): void {
    const packet = Buffer.allocUnsafe(4 + bytes.length);
    bytes.copy(packet, writeInterleavedHeader(packet, 0, channel, bytes.length));
    this.#send(packet);
  }

  /** Called by the socket, and by nothing else. */
  receive(bytes: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.end(toAppError(error));
    }
  }

  /** Ends the connection with this error, or by our own will. Safe to call twice. */
  end(error?: AppError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    const reason = error ?? ingestErrors.STREAM_ENDED({ reason: 'closed by us' });
    for (const waiting of this.#waiting.values()) {
      waiting.timer.cancel();
      waiting.reject(reason);
    }
    this.#waiting.clear();
    this.#options.onClosed(error);
  }

  #exchange(method: string, uri: string, headers: HeadersToWrite): Promise<RtspResponse> {
    if (this.#isClosed) return Promise.reject(ingestErrors.STREAM_ENDED({ reason: 'closed' }));
    const cseq = this.#nextCseq++;
    const request = writeRtspRequest(method, uri, this.#headers(cseq, method, uri, headers));
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimeout(() => {
        this.#waiting.delete(cseq);
        reject(ingestErrors.RTSP_TIMEOUT({ method }));
      }, this.#options.timeoutMs);
      this.#waiting.set(cseq, { resolve, reject, timer });
      this.#send(request);
    });
  }

  #headers(cseq: number, method: string, uri: string, headers: HeadersToWrite): HeadersToWrite {
    return {
      CSeq: cseq,
      'User-Agent': 'Vantage',
      Authorization: this.#authenticator.authorization(method, uri),
      Session: this.sessionId,
      ...headers,
    };
  }

  #send(bytes: Buffer): void {
    if (this.#isClosed) return;
    // A camera that reads nothing must not fill our memory with keepalives and reports.
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      this.end(ingestErrors.STREAM_STALLED({ reason: 'the camera reads nothing' }));
      return;
    }
    this.#socket.write(bytes);
  }

  #take(message: RtspMessage): void {
    if (this.#isClosed) return;
    if (message.type === 'request') {
      this.#answer(message);
      return;
    }
    const cseqText = headerOf(message, 'cseq');
    // Some cameras leave CSeq out: the answer is then to the oldest request.
    const cseq = cseqText === undefined ? this.#waiting.keys().next().value : Number(cseqText);
    const waiting = cseq === undefined ? undefined : this.#waiting.get(cseq);
    if (cseq === undefined || !waiting) return;
    if (message.status >= 100 && message.status < 200) return;
    this.#waiting.delete(cseq);
    waiting.timer.cancel();
    waiting.resolve(message);
  }

  /** Servers may ask too, mostly whether we are still there. */
  #answer(request: RtspRequest): void {
    const isKnown = ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'TEARDOWN'].includes(request.method);
    const headers = { CSeq: headerOf(request, 'cseq'), Session: this.sessionId };
    this.#send(isKnown ? writeRtspResponse(200, 'OK', headers) : writeRtspResponse(501, 'Not Implemented', headers));
    if (request.method === 'TEARDOWN') this.end(ingestErrors.STREAM_ENDED({ reason: 'the camera ended the session' }));
  }
}
