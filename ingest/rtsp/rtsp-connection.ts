import type { Socket } from 'node:net';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { ReadRounds, ReadTurn } from './read-rounds.ts';
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
import { type CameraTrust, openSocket } from './rtsp-socket.ts';

export interface RtspConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly trust: CameraTrust;
  readonly credentials: Credentials | undefined;
  /** For each answer, and for the connection where nothing else is said. */
  readonly timeoutMs: number;
  readonly reachTimeoutMs?: number | undefined;
  readonly clock: Clock;
  /** Where it waits for its turn to read once it is patient; not over TLS. @default it reads whatever comes */
  readonly rounds?: ReadRounds | undefined;
  /** See `RtspReaderHandlers`. */
  onInterleaved(channel: number, bytes: Buffer, start: number, end: number): void;
  /** A request of the camera's own, after it was answered. */
  onRequest(request: RtspRequest): void;
  /** Once, with what ended it; undefined when it was closed by us. */
  onClosed(error: AppError | undefined): void;
}

interface Waiting {
  resolve(response: RtspResponse): void;
  reject(error: AppError): void;
  readonly timer: { cancel(): void };
}

/** Without an answer to the challenge, with it, and once more with a fresh nonce. */
const MAX_TRIES = 3;
const MAX_UNSENT_BYTES = 256 * 1024;
const ANSWERED_METHODS = new Set(['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER', 'ANNOUNCE', 'REDIRECT', 'TEARDOWN']);

/** One TCP connection to a camera: requests out, answers and interleaved packets in. */
export class RtspConnection {
  readonly #options: RtspConnectionOptions;
  readonly #socket: Socket;
  readonly #authenticator: RtspAuthenticator;
  readonly #reader: RtspReader;
  readonly #turn: ReadTurn | undefined;
  readonly #waiting = new Map<number, Waiting>();
  /** Requests whose time is over: their answers mean nothing any more. */
  readonly #abandoned = new Set<number>();
  #nextCseq = 1;
  /** The camera gave back a number that only a correct server gives. */
  #numbersAnswers = false;
  #isClosed = false;
  #reads = 0;
  /** Sent with every request once the server has given one. */
  sessionId: string | undefined;

  private constructor(socket: Socket, options: RtspConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#authenticator = new RtspAuthenticator(options.credentials);
    this.#turn = options.isTls ? undefined : options.rounds?.join(() => socket.resume());
    this.#reader = new RtspReader({
      onMessage: (message) => this.#take(message),
      onInterleaved: (channel, bytes, start, end) => {
        if (!this.#isClosed) options.onInterleaved(channel, bytes, start, end);
      },
    });
  }

  /** @throws {AppError} as `openSocket` does */
  static async connect(options: RtspConnectionOptions, signal: AbortSignal): Promise<RtspConnection> {
    let receive = (_bytes: Buffer): boolean => true;
    const socket = await openSocket(
      { ...options, timeoutMs: options.reachTimeoutMs ?? options.timeoutMs, receive: (bytes) => receive(bytes) },
      signal,
    );
    const connection = new RtspConnection(socket, options);
    receive = (bytes) => connection.#receive(bytes);
    const end = (error: AppError): void => connection.end(error);
    socket.on('error', (error: NodeJS.ErrnoException) => end(ingestErrors.STREAM_ENDED({ reason: error.code })));
    socket.on('close', () => end(ingestErrors.STREAM_ENDED({ reason: 'closed by the camera' })));
    return connection;
  }

  /** Ours and the camera's address; undefined once the connection is over. */
  get addresses(): { readonly local: string; readonly remote: string } | undefined {
    const { localAddress, remoteAddress } = this.#socket;
    return localAddress && remoteAddress ? { local: localAddress, remote: remoteAddress } : undefined;
  }

  /**
   * Sends a request and waits for its answer, whatever its status; a 401 is answered once, or again when the nonce
   * only went stale or an accepted one was replaced.
   *
   * @throws {AppError} `RTSP_TIMEOUT`, `RTSP_AUTH_REJECTED`, or what ended the connection
   */
  async request(method: string, uri: string, headers: HeadersToWrite = {}): Promise<RtspResponse> {
    for (let tries = 1; ; tries++) {
      const response = await this.#exchange(method, uri, headers);
      if (response.status !== 401) {
        this.#authenticator.wasAccepted();
        return response;
      }
      const isWorthwhile = this.#authenticator.accept(response.headers.get('www-authenticate') ?? []);
      // A server that calls every nonce stale would have us try passwords for ever.
      if (!isWorthwhile || tries >= MAX_TRIES) {
        throw ingestErrors.RTSP_AUTH_REJECTED({ method });
      }
    }
  }

  /** Sends a request whose answer nobody waits for: the last one of a connection. */
  tell(method: string, uri: string): void {
    const cseq = this.#nextCseq++;
    this.#abandoned.add(cseq);
    this.#send(writeRtspRequest(method, uri, this.#headers(cseq, method, uri, {})));
  }

  /** Reads nothing more until `resume`: what the camera sends then waits in the network, and slows it. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isClosed) this.#socket.resume();
  }

  /** How often something was read; what one read brought came at one time. */
  get reads(): number {
    return this.#reads;
  }

  /** True while it waits for its turns to read. */
  get isPatient(): boolean {
    return this.#turn?.isPatient ?? false;
  }

  /** True: what it has to say may wait for its turn. */
  setPatient(isPatient: boolean): void {
    if (!this.#isClosed) this.#turn?.setPatient(isPatient);
  }

  sendInterleaved(channel: number, bytes: Buffer): void {
    const packet = Buffer.allocUnsafe(4 + bytes.length);
    bytes.copy(packet, writeInterleavedHeader(packet, 0, channel, bytes.length));
    this.#send(packet);
  }

  #receive(bytes: Buffer): boolean {
    if (this.#isClosed) return true;
    this.#reads++;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.end(toAppError(error));
    }
    return this.#isClosed || (this.#turn?.hasRead(bytes.length) ?? true);
  }

  /** Ends the connection with this error, or by our own will. Safe to call twice. */
  end(error?: AppError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#turn?.leave();
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
        this.#abandoned.add(cseq);
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
    const cseq = this.#cseqOf(message);
    const waiting = cseq === undefined ? undefined : this.#waiting.get(cseq);
    if (cseq === undefined || !waiting) return;
    if (message.status >= 100 && message.status < 200) return;
    this.#waiting.delete(cseq);
    waiting.timer.cancel();
    waiting.resolve(message);
  }

  /**
   * The request that an answer is to. Some cameras leave CSeq out, or count in their own way: then it is the oldest.
   * From one that counts rightly an answer with another number is late, or came twice.
   */
  #cseqOf(response: RtspResponse): number | undefined {
    const text = headerOf(response, 'cseq');
    const cseq = Number(text);
    if (text !== undefined && this.#waiting.has(cseq)) {
      // The first number is 1 also where every number is.
      if (cseq > 1) this.#numbersAnswers = true;
      return cseq;
    }
    if (text !== undefined && (this.#numbersAnswers || this.#abandoned.delete(cseq))) return undefined;
    return this.#waiting.keys().next().value;
  }

  /** Servers may ask too, mostly whether we are still there. */
  #answer(request: RtspRequest): void {
    const isKnown = ANSWERED_METHODS.has(request.method);
    const headers = { CSeq: headerOf(request, 'cseq'), Session: this.sessionId };
    this.#send(isKnown ? writeRtspResponse(200, 'OK', headers) : writeRtspResponse(501, 'Not Implemented', headers));
    this.#options.onRequest(request);
    if (request.method === 'TEARDOWN') this.end(ingestErrors.STREAM_ENDED({ reason: 'the camera ended the session' }));
  }
}
