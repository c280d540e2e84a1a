import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { CameraAddress } from '../cameras/camera-address.ts';
import { ingestErrors } from '../errors.ts';
import { discoverDevices } from './discovery.ts';
import { HttpClient } from './http-client.ts';
import { parseHttpUrl, reachedHttpUrl } from './reached-address.ts';
import { readEnvelope, SERVICE_NAMESPACES, writeEnvelope } from './soap-message.ts';

export interface FindServiceOptions {
  readonly address: CameraAddress;
  readonly timeoutMs: number;
  readonly verifyTls: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Tried when the address has no port; the usual ones when left out. */
  readonly ports?: readonly number[];
  /** @default 3702 */
  readonly discoveryPort?: number | undefined;
}

/** Where makers put ONVIF, the usual one first. */
const PORTS = [80, 8080, 8000, 8899, 2020, 443];
const PATHS = ['/onvif/device_service', '/onvif/device'];
const UNICAST_MS = 1500;

/**
 * Looks for the device service of a host: at the address given, else on the usual ports, else by asking the host itself (WS-Discovery without
 * multicast). Sends no password.
 *
 * @returns the address of the service
 * @throws {AppError} `ONVIF_NOT_FOUND` when the host answers but not with ONVIF; `CAMERA_UNREACHABLE`, `ONVIF_TIMEOUT` or `CAMERA_TLS_UNTRUSTED`
 * when nothing answers
 */
export async function findDeviceService(options: FindServiceOptions): Promise<string> {
  const { address } = options;
  const http = new HttpClient({ ...options, credentials: undefined });
  try {
    const ports = address.port === undefined ? (options.ports ?? PORTS) : [address.port];
    const tried = await Promise.all(ports.map((port) => tryPort(http, port, options)));
    const found = tried.find((one) => typeof one === 'string');
    if (found !== undefined) return found;
    const told = address.port === undefined ? await askHost(http, options) : undefined;
    if (told !== undefined) return told;
    const errors = tried.filter((one) => typeof one !== 'string');
    throw errors.find(({ code }) => code === 'ONVIF_NOT_FOUND') ?? errors[0] ?? ingestErrors.ONVIF_NOT_FOUND();
  } finally {
    http.close();
  }
}

/** @returns the address of the service, or why there is none at this port */
async function tryPort(http: HttpClient, port: number, options: FindServiceOptions): Promise<string | AppError> {
  const { host, isTls, path } = options.address;
  const scheme = isTls || (options.address.port === undefined && port === 443) ? 'https' : 'http';
  let failure = ingestErrors.ONVIF_NOT_FOUND({ address: `${host}:${port}` });
  for (const candidate of new Set([path ?? '', ...PATHS].filter((one) => one !== ''))) {
    const outcome = await tryUrl(http, new URL(candidate, `${scheme}://${host}:${port}`).href, options);
    if (typeof outcome === 'string') return outcome;
    failure = outcome;
    // Who does not answer at one path answers at none.
    if (failure.code !== 'ONVIF_NOT_FOUND') break;
  }
  return failure;
}

async function tryUrl(
  http: HttpClient,
  url: string,
  options: FindServiceOptions,
  mayRedirect = true,
): Promise<string | AppError> {
  const { host } = new URL(url);
  try {
    const answer = await http.send({
      method: 'POST',
      url,
      headers: {
        'content-type': `application/soap+xml; charset=utf-8; action="${SERVICE_NAMESPACES.device}/GetSystemDateAndTime"`,
      },
      body: () => writeEnvelope({ body: `<GetSystemDateAndTime xmlns="${SERVICE_NAMESPACES.device}"/>` }),
      timeoutMs: options.timeoutMs,
      maxBytes: 200_000,
      signal: options.signal,
    });
    const location = parseHttpUrl(answer.location && new URL(answer.location, url).href);
    // From http to https of the same host, and nowhere else.
    if (mayRedirect && answer.status >= 300 && answer.status < 400 && location?.hostname === new URL(url).hostname)
      return await tryUrl(http, location.href, options, false);
    if (answer.status === 401) return url;
    readEnvelope(answer.body.toString('utf8'));
    return url;
  } catch (error) {
    const known = toAppError(error);
    if (['ONVIF_AUTH_REJECTED', 'ONVIF_REFUSED', 'ONVIF_UNSUPPORTED'].includes(known.code)) return url;
    return known.code === 'ONVIF_ANSWER_INVALID' ? ingestErrors.ONVIF_NOT_FOUND({ address: host }) : known;
  }
}

/** Devices with ONVIF on a port of their own tell it. */
async function askHost(http: HttpClient, options: FindServiceOptions): Promise<string | undefined> {
  const { address, clock, signal, discoveryPort: port } = options;
  const host = address.host.replaceAll(/[[\]]/g, '');
  // Discovery is IPv4.
  if (host.includes(':')) return undefined;
  const devices = await discoverDevices({ durationMs: UNICAST_MS, address: host, port, clock, signal }).catch(() => []);
  for (const told of devices.flatMap(({ serviceUrls }) => serviceUrls).slice(0, 4)) {
    const url = reachedHttpUrl(told, {
      serviceUrl: `${new URL(told).protocol}//${address.host}:${new URL(told).port}`,
    });
    const outcome = url === undefined ? undefined : await tryUrl(http, url, options);
    if (typeof outcome === 'string') return outcome;
  }
  return undefined;
}
