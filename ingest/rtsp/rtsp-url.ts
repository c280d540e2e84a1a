import { ingestErrors } from '../errors.ts';
import type { Credentials } from './rtsp-auth.ts';

export interface RtspAddress {
  readonly host: string;
  readonly port: number;
  /** True for `rtsps`. */
  readonly isTls: boolean;
  /** Without user name and password; this is what may be logged. */
  readonly url: string;
  /** What stood before the `@`, if anything. */
  readonly credentials: Credentials | undefined;
}

const DEFAULT_PORT = 554;
/** Of `rtsps`, as IANA has it. */
const DEFAULT_TLS_PORT = 322;
const MAX_URL_LENGTH = 2048;

/**
 * Takes an address apart and its credentials out.
 *
 * @throws {AppError} `CAMERA_URL_INVALID`; the address itself is not in the error, it may hold a password
 */
export function parseRtspUrl(text: string): RtspAddress {
  const trimmed = text.trim();
  // The user part is cut off first: passwords in the wild hold characters that no URL parser takes.
  const match = /^rtsp(s?):\/\/(?:(.*)@)?([^@/?#]+)([/?].*)?$/i.exec(trimmed);
  if (!match || trimmed.length > MAX_URL_LENGTH || hasSpaceOrControl(`${match[3]}${match[4] ?? ''}`)) {
    throw ingestErrors.CAMERA_URL_INVALID();
  }
  const [, secure = '', user, authority = '', path = '/'] = match;
  const isTls = secure !== '';
  const hostPort = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(authority);
  const port = Number(hostPort?.[2] ?? (isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT));
  if (!hostPort || port < 1 || port > 65_535) throw ingestErrors.CAMERA_URL_INVALID();
  const host = (hostPort[1] ?? '').replaceAll(/[[\]]/g, '');
  const url = `${isTls ? 'rtsps' : 'rtsp'}://${authority}${path}`;
  return { host, port, isTls, url, credentials: user ? parseUser(user) : undefined };
}

function hasSpaceOrControl(text: string): boolean {
  return /[\s\p{Cc}]/u.test(text);
}

function parseUser(user: string): Credentials {
  const colon = user.indexOf(':');
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return colon < 0
    ? { username: decode(user), password: '' }
    : { username: decode(user.slice(0, colon)), password: decode(user.slice(colon + 1)) };
}
