import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { type Credentials, RtspAuthenticator } from '../rtsp/rtsp-auth.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  /** WWW-Authenticate headers. */
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Without credentials. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try; `isAuthorized` tells that the try carries an Authorization header. */
  readonly body?: (isAuthorized: boolean) => string;
  /** From the first byte sent to the last one received. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpClientOptions {
  readonly credentials: Credentials | undefined;
  /** Refuse certificates that this machine does not trust. */
  readonly verifyTls: boolean;
  readonly clock: Clock;
}

const MAX_SOCKETS = 4;
const UNTRUSTED = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/**
 * HTTP to one device, a connection for each request: answers are bounded in bytes and in time, Digest (MD5, SHA-256) and Basic where they are asked
 * for. Redirects are not followed: they could lead the password elsewhere.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #http = new HttpAgent({ keepAlive: false, maxSockets: MAX_SOCKETS });
  readonly #https: HttpsAgent;
  /** The schemes are those of RTSP, word for word. */
  #authenticator: RtspAuthenticator;
  #isChallenged = false;
  #isTaken = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#https = new HttpsAgent({
      keepAlive: false,
      maxSockets: MAX_SOCKETS,
      rejectUnauthorized: options.verifyTls,
    });
    this.#authenticator = new RtspAuthenticator(options.credentials);
  }

  /** True once the device asked for HTTP authentication in a way that could be answered. */
  get isChallenged(): boolean {
    return this.#isChallenged;
  }

  /** True once the device asked for HTTP authentication and took the answer. */
  get authenticatesByHttp(): boolean {
    return this.#isTaken;
  }

  /**
   * One request, sent a second time when the device asks for a password. A 401 to that is given back as it is.
   * @throws {AppError} `CAMERA_UNREACHABLE`, `CAMERA_TLS_UNTRUSTED`, `ONVIF_TIMEOUT`, `ONVIF_ANSWER_INVALID`
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const first = await this.#once(request);
    if (first.status !== 401 || first.challenges.length === 0) return first;
    if (!this.#authenticator.accept(first.challenges)) {
      // A nonce of long ago that is not called stale: one new start, so that no wrong password is sent twice in a row.
      if (!this.#isTaken) return first;
      this.#authenticator = new RtspAuthenticator(this.#options.credentials);
      if (!this.#authenticator.accept(first.challenges)) return first;
    }
    this.#isChallenged = true;
    const second = await this.#once(request);
    this.#isTaken = second.status !== 401;
    return second;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #once(request: HttpRequest): Promise<HttpAnswer> {
    const { signal, timeoutMs } = request;
    const abort = new AbortController();
    const end = (): void => abort.abort();
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
    let isLate = false;
    const timer = this.#options.clock.setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    try {
      return await this.#exchange(request, abort.signal);
    } catch (error) {
      const { host } = new URL(request.url);
      if (isLate) throw ingestErrors.ONVIF_TIMEOUT({ address: host });
      if (signal?.aborted) throw ingestErrors.CAMERA_UNREACHABLE({ address: host, reason: 'given up' });
      throw toHttpError(error, host);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', end);
    }
  }

  #exchange({ method, url, headers, body, maxBytes }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const target = new URL(url);
      const isTls = target.protocol === 'https:';
      const authorization = this.#authenticator.authorization(method, `${target.pathname}${target.search}`);
      const content = body?.(authorization !== undefined);
      const outgoing = (isTls ? httpsRequest : httpRequest)(
        target,
        {
          method,
          agent: isTls ? this.#https : this.#http,
          signal,
          maxHeaderSize: 16_384,
          headers: {
            ...headers,
            ...(content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }),
            ...(authorization === undefined ? {} : { authorization }),
          },
        },
        (response) => {
          readBody(response, maxBytes).then(resolve, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  }
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) {
      response.destroy();
      throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'too long' });
    }
    chunks.push(bytes);
  }
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    location: response.headers.location,
    challenges: response.headersDistinct['www-authenticate'] ?? [],
    body: Buffer.concat(chunks),
  };
}

function toHttpError(error: unknown, address: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = toAppError(error);
  if (known.code !== 'UNEXPECTED') return known;
  if (UNTRUSTED.test(code)) return ingestErrors.CAMERA_TLS_UNTRUSTED({ address, reason: code });
  // What answered was not HTTP, or broke off in the middle of it.
  if (code.startsWith('HPE_') || /aborted|socket hang up/.test(known.cause instanceof Error ? known.cause.message : ''))
    return ingestErrors.ONVIF_ANSWER_INVALID({ address, detail: code || 'connection closed' });
  return ingestErrors.CAMERA_UNREACHABLE({ address, reason: code || undefined }, error);
}
