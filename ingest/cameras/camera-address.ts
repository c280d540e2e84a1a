import { ingestErrors } from '../errors.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';

/** What a person types to add a camera, when it is no RTSP address: a host, perhaps with port, scheme and path. */
export interface CameraAddress {
  /** As in a URL: IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly isTls: boolean;
  /** Of the ONVIF device service, when one was given. */
  readonly path: string | undefined;
  readonly credentials: Credentials | undefined;
}

const MAX_LENGTH = 500;
const PORTS = { http: 80, https: 443 } as const;

export function isRtspAddress(text: string): boolean {
  return /^rtsps?:/i.test(text.trim());
}

/**
 * Reads `host`, `host:port` and `http(s)://host:port/path`.
 * @throws {AppError} `CAMERA_ADDRESS_INVALID`; the address itself is not in the error, it may hold a password
 */
export function parseCameraAddress(text: string): CameraAddress {
  const trimmed = text.trim();
  const match = /^(?:(https?):\/\/)?(?:([^/?#]*)@)?(\[[0-9a-f:.]+\]|[^\s/:@?#[\]]+)(?::(\d{1,5}))?(\/[^\s#]*)?$/i.exec(
    trimmed,
  );
  const [, scheme, user, host = '', portText, path = '/'] = match ?? [];
  const isTls = scheme?.toLowerCase() === 'https';
  const port = portText === undefined ? scheme && PORTS[isTls ? 'https' : 'http'] : Number(portText);
  const url = `http://${host}/`;
  if (
    !match ||
    trimmed.length > MAX_LENGTH ||
    !URL.canParse(url) ||
    (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
  )
    throw ingestErrors.CAMERA_ADDRESS_INVALID();
  return {
    host: new URL(url).hostname,
    port: port === undefined || port === '' ? undefined : Number(port),
    isTls,
    path: path === '/' ? undefined : path,
    credentials: user ? parseUser(user) : undefined,
  };
}

function parseUser(user: string): Credentials {
  const colon = user.includes(':') ? user.indexOf(':') : user.length;
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  return { username: decode(user.slice(0, colon)), password: decode(user.slice(colon + 1)) };
}
