import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import { parseFingerprint } from './fingerprint.ts';

/** Whom to believe at the other end of an `rtsps` address (docs/decisions/0011-camera-tls.md). */
export interface CameraTrust {
  /** PEM file of further authorities; empty for those of the system alone. */
  readonly caFile: string;
  /** SHA-256 of the one certificate that this camera must show, 64 lower-case digits; checked in place of authority, name and dates. */
  readonly certificateSha256: string | undefined;
}

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly trust: CameraTrust;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /**
   * `bytes` is valid during the call only.
   * @returns false: read nothing more until the socket is resumed; plain sockets only
   */
  receive(bytes: Buffer): boolean;
}

/** All plain sockets of the process read into this one buffer: what they read is consumed before the next read. */
const SHARED_RECEIVE_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/** @throws {AppError} `CAMERA_UNREACHABLE`, `CAMERA_TLS_FAILED`, `CAMERA_CERTIFICATE_UNTRUSTED` */
export function openSocket(options: SocketOptions, signal: AbortSignal): Promise<net.Socket> {
  const { host, port, isTls, trust, timeoutMs, clock } = options;
  return new Promise((resolve, reject) => {
    const socket = isTls ? openTls(options) : openPlain(options);
    let isReached = false;
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
      timer.cancel();
      signal.removeEventListener('abort', abort);
      socket.off('error', refuse);
      socket.off('close', closed);
    };
    const fail = (error: AppError): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const abort = (): void => fail(ingestErrors.STREAM_ENDED({ detail: 'closed' }));
    const failed = (reason: string | undefined): AppError =>
      isReached
        ? ingestErrors.CAMERA_TLS_FAILED({ host, port, reason })
        : ingestErrors.CAMERA_UNREACHABLE({ host, port, reason });
    // A thread that was busy until now may find the time over although the answer is there: it is looked at first.
    const timeOut = (): void => void setImmediate(() => !isSettled && fail(failed('timeout')));
    const timer = clock.setTimeout(timeOut, timeoutMs);
    const refuse = (error: NodeJS.ErrnoException): void => fail(failed(error.code));
    const closed = (): void => fail(failed('closed'));
    socket.on('error', refuse);
    socket.on('close', closed);
    socket.once('connect', () => (isReached = true));
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      const error = socket instanceof tls.TLSSocket ? distrust(socket, trust, { host, port }) : undefined;
      if (error) {
        fail(error);
        return;
      }
      settle();
      socket.setNoDelay(true);
      resolve(socket);
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function openPlain(options: SocketOptions): net.Socket {
  return net.connect({
    host: options.host,
    port: options.port,
    onread: {
      buffer: SHARED_RECEIVE_BUFFER,
      callback: (size) => options.receive(SHARED_RECEIVE_BUFFER.subarray(0, size)),
    },
  });
}

function openTls(options: SocketOptions): tls.TLSSocket {
  const { host, port, trust } = options;
  const socket = tls.connect({
    host,
    port,
    ...(net.isIP(host) ? {} : { servername: host }),
    ...(trust.caFile === '' ? {} : { secureContext: contextOf(trust.caFile) }),
    // Checked by `distrust` before anything is sent, so that the refusal can name the certificate.
    rejectUnauthorized: false,
  });
  socket.on('data', (bytes: Buffer) => void options.receive(bytes));
  return socket;
}

/** What speaks against the other end; undefined when nothing does. */
function distrust(
  socket: tls.TLSSocket,
  trust: CameraTrust,
  where: { host: string; port: number },
): AppError | undefined {
  const { fingerprint256 } = socket.getPeerCertificate();
  const certificateSha256 = parseFingerprint(fingerprint256);
  if (trust.certificateSha256 !== undefined) {
    if (certificateSha256 !== undefined && certificateSha256 === trust.certificateSha256) return undefined;
    return ingestErrors.CAMERA_CERTIFICATE_UNTRUSTED({ ...where, reason: 'another certificate', certificateSha256 });
  }
  if (socket.authorized) return undefined;
  const reason = String(socket.authorizationError);
  return ingestErrors.CAMERA_CERTIFICATE_UNTRUSTED({ ...where, reason, certificateSha256 });
}

const contexts = new Map<string, tls.SecureContext>();

/** Read once in the life of the process: making one takes milliseconds. @throws {AppError} `CAMERA_TLS_FAILED` */
function contextOf(caFile: string): tls.SecureContext {
  let context = contexts.get(caFile);
  if (!context) {
    try {
      context = tls.createSecureContext({ ca: [...tls.getCACertificates('default'), readFileSync(caFile, 'utf8')] });
    } catch (thrown) {
      const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable';
      throw ingestErrors.CAMERA_TLS_FAILED({ tlsCaFile: caFile, reason }, thrown);
    }
    contexts.set(caFile, context);
  }
  return context;
}
