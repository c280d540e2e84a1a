import { ingestErrors } from '../errors.ts';
import type { Credentials } from './rtsp-auth.ts';
import type { Redirected } from './rtsp-status.ts';
import { parseRtspUrl, type RtspAddress } from './rtsp-url.ts';
import { resolveControl } from './sdp.ts';

/** Where a session connects to, and what it asks for there; they differ behind a proxy only. */
export interface SessionTarget {
  readonly endpoint: RtspAddress;
  /** Without credentials. */
  readonly url: string;
}

/** @throws {AppError} `RTSP_REDIRECT_LOOP` when it leads to something that is not RTSP */
export function followRedirect(from: SessionTarget, { location, isProxy }: Redirected): SessionTarget {
  try {
    const isAbsolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(location);
    const endpoint = parseRtspUrl(isAbsolute ? location : resolveControl(location, from.url));
    return { endpoint, url: isProxy ? from.url : endpoint.url };
  } catch (thrown) {
    throw ingestErrors.RTSP_REDIRECT_LOOP({ detail: 'not an RTSP address' }, thrown);
  }
}

/**
 * A camera's password goes to the host that it was entered for, and to no other that some answer names: not to another
 * host, and not in clear to the same one when its own address is encrypted. Credentials inside the new address are of
 * the server's own giving, and go with it.
 *
 * @param home the camera's own address
 */
export function credentialsFor(
  { endpoint }: SessionTarget,
  home: RtspAddress,
  credentials: Credentials | undefined,
): Credentials | undefined {
  if (isHome(endpoint, home)) return credentials ?? endpoint.credentials;
  return endpoint.credentials;
}

/** The same machine, as safely reached as the camera's own address says. */
export function isHome(endpoint: RtspAddress, home: RtspAddress): boolean {
  return endpoint.host.toLowerCase() === home.host.toLowerCase() && (endpoint.isTls || !home.isTls);
}
