import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import { HttpClient } from './http-client.ts';
import { reachedHttpUrl, reachedRtspUrl, type ReachedDevice } from './reached-address.ts';
import { type Envelope, readEnvelope, SERVICE_NAMESPACES, type ServiceName, writeEnvelope } from './soap-message.ts';
import { find, findAll, numberAt, textAt, type XmlElement } from './xml.ts';

export interface OnvifDeviceOptions {
  /** Of the device service, e.g. `http://host/onvif/device_service`, without credentials. */
  readonly serviceUrl: string;
  readonly credentials: Credentials | undefined;
  /** For each request. */
  readonly timeoutMs: number;
  readonly verifyTls: boolean;
  readonly clock: Clock;
}

export interface OnvifCall {
  readonly service: ServiceName;
  /** e.g. `GetProfiles`; the element is put around `content`. */
  readonly operation: string;
  /** XML inside the operation, in the namespace of the service. */
  readonly content?: string;
  readonly signal?: AbortSignal | undefined;
  /** In place of the usual one, for calls that wait. */
  readonly timeoutMs?: number;
}

/** A call that does not go to the usual address of a service, or whose element is of another namespace. */
export interface OnvifRequest extends Pick<Envelope, 'body' | 'addressing'> {
  readonly url: string;
  readonly action: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** Without user name: for the few calls that are allowed to anybody. */
  readonly isPublic?: boolean;
}

export interface DeviceInformation {
  readonly manufacturer: string;
  readonly model: string;
  readonly firmwareVersion: string;
  readonly serialNumber: string;
}

export interface Snapshot {
  readonly contentType: string;
  readonly body: Buffer;
}

const MAX_ANSWER_BYTES = 2_000_000;
const MAX_SNAPSHOT_BYTES = 20_000_000;
const NAMESPACE_SERVICES = new Map(
  Object.entries(SERVICE_NAMESPACES).map(([name, namespace]) => [namespace.toLowerCase(), name as ServiceName]),
);

/**
 * One ONVIF device. `connect` first: it reads the device's clock, without which a password is refused, and its services.
 * A request is signed with a WS-UsernameToken, or by HTTP Digest once the device asked for that; never with both.
 *
 * Every call may throw {AppError} `CAMERA_UNREACHABLE`, `CAMERA_TLS_UNTRUSTED`, `ONVIF_TIMEOUT`, `ONVIF_ANSWER_INVALID`,
 * `ONVIF_AUTH_REJECTED`, `ONVIF_REFUSED`, `ONVIF_UNSUPPORTED`.
 *
 * @see ONVIF Core Specification §5.9, §8
 */
export class OnvifDevice {
  readonly #options: OnvifDeviceOptions;
  readonly #http: HttpClient;
  #services: ReadonlyMap<ServiceName, string> = new Map();
  #reached: ReachedDevice;
  #clockOffsetMs: number | undefined;
  #isTokenRefused = false;

  constructor(options: OnvifDeviceOptions) {
    this.#options = options;
    this.#http = new HttpClient(options);
    this.#reached = { serviceUrl: options.serviceUrl };
  }

  get serviceUrl(): string {
    return this.#options.serviceUrl;
  }

  /** Device time minus ours, to about a second; undefined while unknown, or when the device does not tell its time. */
  get clockOffsetMs(): number | undefined {
    return this.#clockOffsetMs;
  }

  /** What the clock of the device shows now, UTC epoch milliseconds. */
  deviceNowMs(): number {
    return this.#options.clock.nowMs() + (this.#clockOffsetMs ?? 0);
  }

  offers(service: ServiceName): boolean {
    return this.#services.has(service);
  }

  /** Address of a service as it can be reached. @throws {AppError} `ONVIF_UNSUPPORTED` */
  serviceAddress(service: ServiceName): string {
    const url = service === 'device' ? this.serviceUrl : this.#services.get(service);
    if (url === undefined) throw ingestErrors.ONVIF_UNSUPPORTED({ service });
    return url;
  }

  /** Reads clock and services; may be called again, e.g. after the device started anew. */
  async connect(signal?: AbortSignal): Promise<void> {
    await this.readClock(signal);
    const addresses = await this.#readServices(signal);
    this.#reached = { serviceUrl: this.serviceUrl, reportedUrl: addresses.get('device') };
    const services = new Map<ServiceName, string>();
    for (const [name, address] of addresses) {
      const url = reachedHttpUrl(address, this.#reached);
      if (url !== undefined) services.set(name, url);
    }
    this.#services = services;
  }

  /** Compares the clocks. @returns the offset; undefined when the device does not tell its time without a password */
  async readClock(signal?: AbortSignal): Promise<number | undefined> {
    const { clock } = this.#options;
    const sentMs = clock.nowMs();
    try {
      const answer = await this.request({
        url: this.serviceUrl,
        action: `${SERVICE_NAMESPACES.device}/GetSystemDateAndTime`,
        body: `<GetSystemDateAndTime xmlns="${SERVICE_NAMESPACES.device}"/>`,
        isPublic: true,
        signal,
      });
      const deviceMs = readDateTime(find(answer, 'SystemDateAndTime', 'UTCDateTime'));
      // The time on the wire has whole seconds: on average it is half of one old.
      if (deviceMs !== undefined) this.#clockOffsetMs = deviceMs + 500 - (sentMs + clock.nowMs()) / 2;
    } catch (error) {
      const { code } = toAppError(error);
      if (!['ONVIF_AUTH_REJECTED', 'ONVIF_REFUSED', 'ONVIF_UNSUPPORTED'].includes(code)) throw error;
    }
    return this.#clockOffsetMs;
  }

  async information(signal?: AbortSignal): Promise<DeviceInformation> {
    const answer = await this.call({ service: 'device', operation: 'GetDeviceInformation', signal });
    const text = (name: string): string => (textAt(answer, name) ?? '').slice(0, 200);
    return {
      manufacturer: text('Manufacturer'),
      model: text('Model'),
      firmwareVersion: text('FirmwareVersion'),
      serialNumber: text('SerialNumber'),
    };
  }

  /** @returns the element inside the body of the answer */
  async call({ service, operation, content = '', signal, timeoutMs }: OnvifCall): Promise<XmlElement> {
    const namespace = SERVICE_NAMESPACES[service];
    return await this.request({
      url: this.serviceAddress(service),
      action: `${namespace}/${operation}`,
      body: `<${operation} xmlns="${namespace}">${content}</${operation}>`,
      signal,
      timeoutMs,
    });
  }

  async request(request: OnvifRequest): Promise<XmlElement> {
    const wantsToken = request.isPublic !== true && this.#options.credentials !== undefined;
    if (!wantsToken || this.#isTokenRefused) return await this.#post(request, false);
    try {
      return await this.#post(request, true);
    } catch (error) {
      if (toAppError(error).code !== 'ONVIF_AUTH_REJECTED' || this.#http.isChallenged) throw error;
      // Devices that know HTTP Digest alone refuse the token and ask for nothing; without a token they ask.
      const answer = await this.#post(request, false);
      this.#isTokenRefused = this.#http.authenticatesByHttp;
      return answer;
    }
  }

  /** A picture over HTTP. */
  async fetchSnapshot(url: string, signal?: AbortSignal): Promise<Snapshot> {
    const { timeoutMs } = this.#options;
    const answer = await this.#http.send({ method: 'GET', url, timeoutMs, maxBytes: MAX_SNAPSHOT_BYTES, signal });
    if (answer.status === 401 || answer.status === 403) throw ingestErrors.ONVIF_AUTH_REJECTED();
    if (answer.status !== 200) throw ingestErrors.ONVIF_REFUSED({ status: answer.status });
    if (!answer.contentType.startsWith('image/')) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'not a picture' });
    return { contentType: answer.contentType, body: answer.body };
  }

  /** An HTTP address that the device told, as it can be reached. */
  reachedHttp(address: string | undefined): string {
    const url = reachedHttpUrl(address, this.#reached);
    if (url === undefined) throw ingestErrors.ONVIF_ANSWER_INVALID({ detail: 'address' });
    return url;
  }

  /** A stream address that the device told, as it can be reached. @throws {AppError} `CAMERA_URL_INVALID` */
  reachedRtsp(address: string | undefined): string {
    return reachedRtspUrl(address ?? '', this.#reached);
  }

  close(): void {
    this.#http.close();
  }

  async #post(request: OnvifRequest, withToken: boolean): Promise<XmlElement> {
    const { body, addressing } = request;
    const sent = {
      method: 'POST' as const,
      url: request.url,
      headers: { 'content-type': `application/soap+xml; charset=utf-8; action="${request.action}"` },
      timeoutMs: request.timeoutMs ?? this.#options.timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal: request.signal,
    };
    const answer = await this.#http.send({
      ...sent,
      body: (isAuthorized) =>
        writeEnvelope({
          body,
          ...(addressing ? { addressing } : {}),
          credentials: withToken && !isAuthorized ? this.#options.credentials : undefined,
          deviceTimeMs: this.deviceNowMs(),
        }),
    });
    if (answer.status === 401) throw ingestErrors.ONVIF_AUTH_REJECTED();
    try {
      return readEnvelope(answer.body.toString('utf8'));
    } catch (error) {
      const known = toAppError(error);
      if (known.code !== 'ONVIF_ANSWER_INVALID' || answer.status === 200) throw error;
      if (answer.status === 403) throw ingestErrors.ONVIF_AUTH_REJECTED({ status: 403 });
      throw ingestErrors.ONVIF_ANSWER_INVALID({ ...known.context, status: answer.status });
    }
  }

  /** Addresses as the device tells them. */
  async #readServices(signal: AbortSignal | undefined): Promise<ReadonlyMap<ServiceName, string>> {
    try {
      const content = '<IncludeCapability>false</IncludeCapability>';
      const answer = await this.call({ service: 'device', operation: 'GetServices', content, signal });
      const services = new Map<ServiceName, string>();
      for (const service of findAll(answer, 'Service')) {
        const name = NAMESPACE_SERVICES.get((textAt(service, 'Namespace') ?? '').toLowerCase().replace(/\/$/, ''));
        const address = textAt(service, 'XAddr');
        if (name && address) services.set(name, address);
      }
      if (services.size > 0) return services;
    } catch (error) {
      // Older than 2011: GetCapabilities is all there is.
      const { code } = toAppError(error);
      if (!['ONVIF_REFUSED', 'ONVIF_UNSUPPORTED', 'ONVIF_ANSWER_INVALID'].includes(code)) throw error;
    }
    const content = '<Category>All</Category>';
    const answer = await this.call({ service: 'device', operation: 'GetCapabilities', content, signal });
    return readCapabilities(find(answer, 'Capabilities'));
  }
}

function readCapabilities(capabilities: XmlElement | undefined): ReadonlyMap<ServiceName, string> {
  const extension = find(capabilities, 'Extension');
  const found: readonly (readonly [ServiceName, string | undefined])[] = [
    ['device', textAt(capabilities, 'Device', 'XAddr')],
    ['media', textAt(capabilities, 'Media', 'XAddr')],
    ['events', textAt(capabilities, 'Events', 'XAddr')],
    ['imaging', textAt(capabilities, 'Imaging', 'XAddr')],
    ['ptz', textAt(capabilities, 'PTZ', 'XAddr')],
    ['recording', textAt(extension, 'Recording', 'XAddr')],
    ['search', textAt(extension, 'Search', 'XAddr')],
    ['replay', textAt(extension, 'Replay', 'XAddr')],
  ];
  const services = new Map<ServiceName, string>();
  for (const [name, address] of found) if (address) services.set(name, address);
  return services;
}

function readDateTime(element: XmlElement | undefined): number | undefined {
  const parts = [
    numberAt(element, 'Date', 'Year'),
    numberAt(element, 'Date', 'Month'),
    numberAt(element, 'Date', 'Day'),
    numberAt(element, 'Time', 'Hour'),
    numberAt(element, 'Time', 'Minute'),
    numberAt(element, 'Time', 'Second'),
  ];
  const [year, month, day, hour, minute, second] = parts;
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour ?? 0, minute ?? 0, second ?? 0);
  return Number.isNaN(ms) || year < 1970 || year > 9999 ? undefined : ms;
}
