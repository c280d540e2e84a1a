import { parseRtspUrl } from '../rtsp/rtsp-url.ts';

/**
 * Devices tell addresses as they see themselves: behind a router, after a change of network or with a wrong host name these lead
 * nowhere. Whatever a device tells, it is asked at the host where it was reached. This also keeps a hostile device from
 * sending us, and its password, to somebody else.
 */
export interface ReachedDevice {
  /** Where the device service answered us. */
  readonly serviceUrl: string;
  /** Where the device believes that its device service is; a router may have put another port before it. */
  readonly reportedUrl?: string | undefined;
}

/** An HTTP address of the device as it can be reached; undefined when it is none. */
export function reachedHttpUrl(
  address: string | undefined,
  { serviceUrl, reportedUrl }: ReachedDevice,
): string | undefined {
  // Some devices list several addresses in one field.
  const told = parseHttpUrl(address?.trim().split(/\s+/)[0]);
  if (!told) return undefined;
  const reached = new URL(serviceUrl);
  const reported = parseHttpUrl(reportedUrl);
  if (reported?.port === told.port && reported.protocol === told.protocol) {
    told.protocol = reached.protocol;
    told.port = reached.port;
  }
  told.hostname = reached.hostname;
  told.username = '';
  told.password = '';
  return told.href;
}

/**
 * A stream address of the device as it can be reached, without credentials.
 * @throws {AppError} `CAMERA_URL_INVALID`
 */
export function reachedRtspUrl(address: string, { serviceUrl }: ReachedDevice): string {
  const { url } = parseRtspUrl(address);
  const match = /^([a-z]+:\/\/)(\[[^\]]*\]|[^:/?#]*)(.*)$/i.exec(url);
  return match ? `${match[1] ?? ''}${new URL(serviceUrl).hostname}${match[3] ?? ''}` : url;
}

export function parseHttpUrl(text: string | undefined): URL | undefined {
  const url = text !== undefined && text.length <= 2000 && URL.canParse(text) ? new URL(text) : undefined;
  return url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : undefined;
}
