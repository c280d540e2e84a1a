import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { ingestErrors } from '../errors.ts';
import { SERVICE_NAMESPACES, type ServiceName, XML_NAMESPACES } from '../onvif/soap-message.ts';
import type { AnswerContext, Answers } from './onvif-answer-context.ts';
import { answerRecording, answerReplay, answerSearch } from './onvif-card-answers.ts';
import { answerImaging, answerPtz } from './onvif-control-answers.ts';
import { answerDevice, offeredServices, scopesOf } from './onvif-device-answers.ts';
import { answerEvents } from './onvif-event-answers.ts';
import { OnvifEventSource } from './onvif-event-source.ts';
import { answerMedia, answerMedia2 } from './onvif-media-answers.ts';
import type { OnvifDeviceModel, OnvifDeviceOptions, OnvifFaultMode } from './onvif-model.ts';
import { PtzState } from './onvif-ptz-state.ts';
import {
  OnvifFault,
  type OnvifRequestMessage,
  readOnvifRequest,
  writeFault,
  writeOnvifAnswer,
} from './onvif-request.ts';
import { OnvifSignIn } from './onvif-sign-in.ts';

const SNAPSHOT_PATH = '/snapshot.jpg';
const MAX_REQUEST_BYTES = 200_000;
/** What a client may ask before it can sign in. @see ONVIF Core Specification §5.9.4 */
const PUBLIC_OPERATIONS = ['GetSystemDateAndTime', 'GetServices', 'GetCapabilities', 'GetHostname'];
const ANSWERS: Readonly<Record<Exclude<ServiceName, 'events'>, Answers>> = {
  device: answerDevice,
  media: answerMedia,
  media2: answerMedia2,
  ptz: answerPtz,
  imaging: answerImaging,
  recording: answerRecording,
  search: answerSearch,
  replay: answerReplay,
};

/**
 * An ONVIF device without a camera: profiles S, T and G over streams of the RTSP simulator. It checks passwords, keeps its PTZ position, its
 * presets and its picture settings, raises events, and breaks on request.
 */
export class SimulatedOnvifDevice {
  readonly #options: OnvifDeviceOptions;
  readonly #clock: Clock;
  readonly #model: OnvifDeviceModel;
  readonly #signIn: OnvifSignIn | undefined;
  readonly #context: AnswerContext;
  readonly #server: Server;
  readonly #abort = new AbortController();
  #port = 0;
  #fault: OnvifFaultMode | null = null;
  #refused = 0;
  readonly ptz: PtzState;
  readonly events: OnvifEventSource;

  constructor(options: OnvifDeviceOptions, clock: Clock = systemClock) {
    this.#options = options;
    this.#clock = clock;
    this.#model = {
      name: 'Simulated camera',
      manufacturer: 'Vantage',
      model: 'Simulator',
      serialNumber: '1',
      location: 'nowhere',
      recordings: [],
      hasPtz: true,
      hasMedia2: true,
      hasGetServices: true,
      ...options,
    };
    const { credentials, authentication = 'both', digestAlgorithm = 'MD5' } = options;
    this.#signIn = credentials && new OnvifSignIn(credentials, authentication, digestAlgorithm);
    this.ptz = new PtzState(clock);
    const deviceNowMs = (): number => clock.nowMs() + (options.clockOffsetMs ?? 0);
    this.events = new OnvifEventSource(clock, deviceNowMs);
    this.#context = {
      model: this.#model,
      clock,
      deviceNowMs,
      address: (service) => this.#httpAddress(service === 'device' ? '/onvif/device_service' : `/onvif/${service}`),
      streamAddress: (rtspUrl) => this.#streamAddress(rtspUrl),
      snapshotAddress: undefined,
      ptz: this.ptz,
      imaging: { brightness: 50, contrast: 50, saturation: 50, sharpness: 50, irCutFilter: 'AUTO', focusMode: 'AUTO' },
      events: this.events,
      searches: new Map(),
      synchronize: (token) => options.onSynchronize?.(token),
    };
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @throws {AppError} `SIMULATOR_PORT_BUSY` */
  async start(): Promise<{ readonly port: number; readonly serviceUrl: string }> {
    const { port, bind = '127.0.0.1', motion } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(ingestErrors.SIMULATOR_PORT_BUSY({ port }, error)));
      this.#server.listen(port, bind, resolve);
    });
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address ? address.port : port;
    if (motion) this.events.schedule(motion);
    return { port: this.#port, serviceUrl: this.serviceUrl };
  }

  /** Where it can be reached, whatever it tells of itself. */
  get serviceUrl(): string {
    const { bind = '127.0.0.1' } = this.#options;
    return `http://${bind === '0.0.0.0' ? '127.0.0.1' : bind}:${this.#port}/onvif/device_service`;
  }

  /** How often it was given a wrong user name or password: real devices lock the account after a few. */
  get refusedSignIns(): number {
    return this.#refused;
  }

  /** For discovery: what tells it from all others, and what it says of itself. */
  get announcement(): {
    readonly endpointReference: string;
    readonly scopes: readonly string[];
    readonly address: string;
  } {
    const { name, serialNumber } = this.#model;
    const hash = createHash('sha256').update(`${name}/${serialNumber}/${this.#port}`).digest('hex');
    const uuid = [
      hash.slice(0, 8),
      hash.slice(8, 12),
      `5${hash.slice(13, 16)}`,
      `8${hash.slice(17, 20)}`,
      hash.slice(20, 32),
    ];
    return {
      endpointReference: `urn:uuid:${uuid.join('-')}`,
      scopes: scopesOf(this.#model),
      address: this.#context.address('device'),
    };
  }

  /** Breaks the device from now on; null mends it. */
  setFault(fault: OnvifFaultMode | null): void {
    this.#fault = fault;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.events.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#fault;
    const { pathname } = new URL(request.url ?? '/', 'http://device');
    const text = await readText(request);
    if (fault?.kind === 'slow') await sleep(fault.delayMs, this.#clock, this.#abort.signal);
    if (fault?.kind === 'status') return reply(response, fault.status, '');
    if (fault?.kind === 'garbage') return reply(response, 200, fault.text);
    const byDigest = this.#signIn?.allowsDigest(request.method ?? 'GET', request.headers.authorization) ?? true;
    const { snapshot } = this.#options;
    if (request.method === 'GET' && pathname === SNAPSHOT_PATH && snapshot) {
      if (!byDigest) return this.#ask(response);
      response.writeHead(200, { 'content-type': 'image/jpeg', connection: 'close' }).end(snapshot);
      return;
    }
    if (request.method !== 'POST' || !pathname.startsWith('/onvif/')) return reply(response, 404, '');
    const isToken = text.includes('UsernameToken');
    const isDigest = request.headers.authorization !== undefined;
    if (isToken && isDigest)
      return reply(response, 400, writeFault(new OnvifFault('Sender', ['ter:InvalidArgs'], 'signed in two ways')));
    await this.#answerSoap({ text, byDigest, isAttempt: isToken || isDigest }, response);
  }

  async #answerSoap(
    { text, byDigest, isAttempt }: { readonly text: string; readonly byDigest: boolean; readonly isAttempt: boolean },
    response: ServerResponse,
  ): Promise<void> {
    try {
      const message = readOnvifRequest(text);
      const isPublic = PUBLIC_OPERATIONS.includes(message.operation);
      const isAllowed = isPublic || byDigest || this.#signIn?.allowsToken(message.header, this.#context.deviceNowMs());
      if (!isAllowed) {
        if (isAttempt) this.#refused++;
        return this.#ask(response);
      }
      const body = await this.#answerMessage(message);
      if (body === undefined)
        throw new OnvifFault('Receiver', ['ter:ActionNotSupported'], `${message.operation} is not offered`);
      reply(response, 200, writeOnvifAnswer(body));
    } catch (error) {
      const fault =
        error instanceof OnvifFault
          ? error
          : new OnvifFault('Sender', ['ter:WellFormed'], 'the request cannot be read');
      reply(response, fault.party === 'Sender' ? 400 : 500, writeFault(fault));
    }
  }

  async #answerMessage({ namespace, content, header }: OnvifRequestMessage): Promise<string | undefined> {
    const context = { ...this.#context, snapshotAddress: this.#snapshotAddress };
    if (namespace === SERVICE_NAMESPACES.events || namespace === XML_NAMESPACES.notification)
      return await answerEvents(content, header, context);
    const service = offeredServices(this.#model).find((one) => SERVICE_NAMESPACES[one] === namespace);
    return service === undefined || service === 'events' ? undefined : ANSWERS[service](content, context);
  }

  /** Asks for a password: by HTTP, or with a fault where the device knows the token alone. */
  #ask(response: ServerResponse): void {
    const challenge = this.#signIn?.challenge;
    const fault = writeFault(new OnvifFault('Sender', ['ter:NotAuthorized'], 'user name or password is wrong'));
    if (challenge === undefined) return reply(response, 400, fault);
    response.setHeader('www-authenticate', challenge);
    reply(response, 401, fault);
  }

  get #snapshotAddress(): string | undefined {
    return this.#options.snapshot ? this.#httpAddress(SNAPSHOT_PATH) : undefined;
  }

  #httpAddress(path: string): string {
    const { reportedHost } = this.#options;
    return new URL(path, reportedHost === undefined ? this.serviceUrl : `http://${reportedHost}:${this.#port}/`).href;
  }

  #streamAddress(rtspUrl: string): string {
    const { reportedHost } = this.#options;
    return reportedHost === undefined ? rtspUrl : rtspUrl.replace(/^(rtsp:\/\/)[^:/]+/, `$1${reportedHost}`);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) continue;
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_REQUEST_BYTES) throw new RangeError('request too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text, 'utf8');
  // Small clients know no chunks, and compare the names of headers letter by letter.
  response.writeHead(status, {
    'Content-Type': 'application/soap+xml; charset=utf-8',
    'Content-Length': body.length,
    Connection: 'close',
  });
  response.end(body);
}
