import type { AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import { headerOf, type RtspResponse } from './rtsp-message.ts';

/** Thrown while a session opens, when the server names another place; never leaves the session. */
export class Redirected extends Error {
  readonly location: string;
  /** True when the other place is to be asked for this same address (RFC 2326 §11, 305). */
  readonly isProxy: boolean;

  constructor(location: string, isProxy: boolean) {
    super('redirected');
    this.location = location;
    this.isProxy = isProxy;
  }
}

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 305, 307, 308]);

/** Undefined for a success; what the status means otherwise. */
export function errorOfStatus({ status }: RtspResponse, method: string): AppError | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 403) return ingestErrors.RTSP_AUTH_REJECTED({ method, status });
  if (status === 404 || status === 410) return ingestErrors.RTSP_STREAM_NOT_FOUND({ method, status });
  if (status === 415) return ingestErrors.CODEC_UNSUPPORTED({ method, status });
  if (status === 461) return ingestErrors.RTSP_TRANSPORT_REFUSED({ method, status });
  return ingestErrors.RTSP_PROTOCOL({ method, status });
}

/** @throws {Redirected | AppError} for anything but success */
export function requireOk(response: RtspResponse, method: string): void {
  throwRedirect(response);
  const error = errorOfStatus(response, method);
  if (error) throw error;
}

/** @throws {Redirected} when the answer sends us elsewhere */
export function throwRedirect(response: RtspResponse): void {
  const location = headerOf(response, 'location');
  if (location && REDIRECTIONS.has(response.status)) throw new Redirected(location, response.status === 305);
}
