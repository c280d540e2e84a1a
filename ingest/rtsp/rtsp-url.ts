import { ingestErrors } from '../errors.ts';
import type { Credentials } from './rtsp-auth.ts';

export interface RtspAddress {
  readonly host: string;
  readonly port: number;
  /** Without user name and password; this is what may be logged. */
  readonly url: string;
  /** What stood before the `@`, if anything. */
  readonly credentials: Credentials | undefined;
}

const DEFAULT_PORT = 554;
const MAX_URL_LENGTH = 2048;

/**
 * Takes an address apart and its credentials out.
 *
 * @throws {AppError} `CAMERA_URL_INVALID`; the address itself is not in the error, it may hold a password
 */
export function parseRtspUrl(text: string): RtspAddress {
  const trimmed = text.trim();
  // The user part is cut off first: passwords in the wild hold characters that no URL parser takes.
  const match = /^rtsp:\/\/(?:(.*)@)?([^@/?#]+)([/?].*)?$/i.exec(trimmed);
  if (!match || trimmed.length > MAX_URL_LENGTH || hasSpaceOrControl(match[2] + (match[3] ?? ''))) {
    throw ingestErrors.CAMERA_URL_INVALID();
  }
  const [, user, authority = '', path = '/'] = match;
  const hostPort = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(authority);
  const port = Number(hostPort?.[2] ?? DEFAULT_PORT);
  if (!hostPort || port < 1 || port > 65_535) throw ingestErrors.CAMERA_URL_INVALID();
  const host = (hostPort[1] ?? '').replaceAll(/[[\]]/g, '');
  return { host, port, url: `rtsp://${authority}${path}`, credentials: user ? parseUser(user) : undefined };
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
