import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';
import { digestResponse, parseChallenges } from '../rtsp/rtsp-auth.ts';
import {
  type HeadersToWrite,
  headerOf,
  type RtspRequest,
  RtspReader,
  writeInterleavedHeader,
  writeRtspRequest,
  writeRtspResponse,
} from '../rtsp/rtsp-message.ts';
import { buildRtpPacket } from '../rtp/rtp-packet.ts';
import type { ClipPicture } from './encode-clip.ts';
import { packetize } from './packetize.ts';

export interface FakeCameraOptions {
  readonly clip: readonly ClipPicture[];
  readonly fps?: number;
  readonly sdp?: string;
  readonly contentBase?: string;
  readonly auth?: { readonly scheme: 'basic' | 'md5' | 'sha256'; readonly username: string; readonly password: string };
  /** Every nonce but the newest is called stale this often. */
  readonly staleNonces?: number;
  /** What the server writes in its Transport header, and where it then sends. */
  readonly transport?: string;
  readonly channel?: number;
  readonly sessionTimeoutS?: number;
  readonly publicMethods?: string;
  readonly sendBeforePlayAnswer?: boolean;
  /** Stops sending, but keeps the connection, after so many pictures. */
  readonly stallAfter?: number;
  /** Closes the connection after so many pictures. */
  readonly closeAfter?: number;
  /** Answers of its own: status by method. */
  readonly status?: Readonly<Record<string, number>>;
  /** 3xx answers by method. */
  readonly redirect?: Readonly<Record<string, { readonly status: number; readonly location: string }>>;
  /** Status of a SETUP that asks for TCP. */
  readonly refuseTcp?: number;
  /** Tracks with this in their address are not there at SETUP. */
  readonly refuseTrack?: string;
  readonly sendBeforeSetUpAnswer?: boolean;
  /** Last word on every answer before it goes out. */
  readonly rewrite?: (answer: string, request: RtspRequest) => string;
  /** What the network makes of the next packets over UDP: fewer, more, in another order. */
  readonly udp?: (packets: readonly Buffer[]) => readonly Buffer[];
  /** Leaves `server_port` out. */
  readonly hidesServerPorts?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Where a viewer takes packets by UDP, and what it sent there. */
interface UdpPath {
  readonly sockets: readonly [UdpSocket, UdpSocket];
  readonly ports: readonly [number, number];
}

export const SDP =
  'v=0\r\ns=fake\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n';

/** A scripted RTSP camera on a port of its own, with the quirks that a test asks for. */
export class FakeCamera {
  readonly requests: RtspRequest[] = [];
  options: FakeCameraOptions;
  /** What came to the UDP ports of this camera. */
  readonly datagrams: { readonly kind: 'rtp' | 'rtcp'; readonly bytes: Buffer; readonly port: number }[] = [];
  readonly #server: net.Server;
  readonly #udpPaths: UdpPath[] = [];
  readonly #sockets = new Set<net.Socket>();
  #nonce = 0;
  #oldest = 0;
  #connections = 0;

  private constructor(options: FakeCameraOptions) {
    this.options = options;
    const serve = (socket: net.Socket): void => this.#serve(socket);
    this.#server = options.tls ? tls.createServer(options.tls, serve) : net.createServer(serve);
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(options: FakeCameraOptions, port = 0, address = '127.0.0.1'): Promise<FakeCamera> {
    const camera = new FakeCamera(options);
    await new Promise<void>((resolve) => {
      camera.#server.listen(port, address, resolve);
    });
    return camera;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  get url(): string {
    return `${this.options.tls ? 'rtsps' : 'rtsp'}://127.0.0.1:${this.port}/cam`;
  }

  get connections(): number {
    return this.#connections;
  }

  methods(): string[] {
    return this.requests.map((request) => request.method);
  }

  /** A request of the server's own, to every client. */
  ask(method: string, headers: HeadersToWrite = {}, body = ''): void {
    for (const socket of this.#sockets) socket.write(writeRtspRequest(method, '*', { CSeq: 77, ...headers }, body));
  }

  /** Digests with the nonce given so far are refused. */
  renewNonce(): void {
    this.#nonce++;
    this.#oldest = this.#nonce;
  }

  /** One RTCP packet to every viewer by UDP. */
  sendRtcp(bytes: Buffer): void {
    for (const { sockets, ports } of this.#udpPaths) sockets[1].send(bytes, ports[1], '127.0.0.1');
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const { sockets } of this.#udpPaths) for (const socket of sockets) socket.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #serve(socket: net.Socket): void {
    this.#connections++;
    this.#sockets.add(socket);
    let timer: NodeJS.Timeout | undefined;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      this.#sockets.delete(socket);
    });
    let udpPath: UdpPath | undefined;
    const take = async (message: RtspRequest): Promise<void> => {
      const { sendBeforePlayAnswer, sendBeforeSetUpAnswer } = this.options;
      const isPlay = message.method === 'PLAY';
      const isEarly = (isPlay && sendBeforePlayAnswer) || (message.method === 'SETUP' && sendBeforeSetUpAnswer);
      if (isEarly) timer = this.#play(socket, udpPath);
      const ports = message.method === 'SETUP' ? clientPorts(message) : undefined;
      const opened = ports && (await this.#openUdp(ports));
      // The pictures are the first track.
      udpPath ??= opened;
      if (!this.#answer(socket, message, opened)) return;
      if (isPlay && !sendBeforePlayAnswer && !sendBeforeSetUpAnswer) timer = this.#play(socket, udpPath);
    };
    let queue = Promise.resolve();
    const reader = new RtspReader({
      onInterleaved: () => undefined,
      onMessage: (message) => {
        if (message.type !== 'request') return;
        this.requests.push(message);
        queue = queue.then(() => take(message));
      },
    });
    socket.on('data', (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch {
        socket.destroy();
      }
    });
  }

  async #openUdp(ports: readonly [number, number]): Promise<UdpPath> {
    const open = (kind: 'rtp' | 'rtcp'): Promise<UdpSocket> =>
      new Promise((resolve) => {
        const socket = createSocket('udp4');
        socket.on('error', () => undefined);
        socket.on('message', (bytes, { port }) => this.datagrams.push({ kind, bytes, port }));
        socket.bind(0, '127.0.0.1', () => resolve(socket));
      });
    const path: UdpPath = { sockets: [await open('rtp'), await open('rtcp')], ports };
    this.#udpPaths.push(path);
    return path;
  }

  /** @returns true when the request was granted */
  #answer(socket: net.Socket, request: RtspRequest, udpPath: UdpPath | undefined): boolean {
    const { options } = this;
    const reply = (status: number, headers: HeadersToWrite = {}, body = ''): void => {
      const answer = writeRtspResponse(status, 'Fake', { CSeq: headerOf(request, 'cseq'), ...headers }, body);
      socket.write(options.rewrite?.(answer.toString('utf8'), request) ?? answer);
    };
    if (!this.#isSignedIn(request)) {
      reply(401, { 'WWW-Authenticate': this.#challenge() });
      return false;
    }
    const redirect = options.redirect?.[request.method];
    if (redirect) {
      reply(redirect.status, { Location: redirect.location });
      return false;
    }
    const isSetUp = request.method === 'SETUP';
    const isTcp = isSetUp && /TCP/.test(headerOf(request, 'transport') ?? '');
    const isRefusedTrack = isSetUp && options.refuseTrack !== undefined && request.uri.includes(options.refuseTrack);
    const refusal = isTcp ? options.refuseTcp : isRefusedTrack ? 404 : undefined;
    const status = refusal ?? options.status?.[request.method];
    if (status !== undefined) {
      reply(status);
      return false;
    }
    const session = { Session: `abc;timeout=${options.sessionTimeoutS ?? 60}` };
    if (request.method === 'OPTIONS') reply(200, { Public: options.publicMethods ?? 'OPTIONS, DESCRIBE, SETUP, PLAY' });
    else if (request.method === 'DESCRIBE') {
      reply(200, { 'Content-Base': options.contentBase, 'Content-Type': 'application/sdp' }, options.sdp ?? SDP);
    } else if (request.method === 'SETUP') {
      reply(200, { ...session, Transport: options.transport ?? this.#transport(request, udpPath) });
    } else reply(200, session);
    return true;
  }

  #transport(request: RtspRequest, udpPath: UdpPath | undefined): string {
    const asked = headerOf(request, 'transport') ?? '';
    if (!udpPath || /TCP/.test(asked)) return asked;
    const [rtp, rtcp] = udpPath.sockets.map((socket) => socket.address().port);
    return this.options.hidesServerPorts ? asked : `${asked};server_port=${rtp}-${rtcp};source=127.0.0.1`;
  }

  #challenge(): string {
    const { auth } = this.options;
    if (auth?.scheme === 'basic') return 'Basic realm="fake"';
    const stale = this.#nonce > 0 ? ', stale=true' : '';
    this.#nonce++;
    const algorithm = auth?.scheme === 'sha256' ? ', algorithm=SHA-256, qop="auth"' : '';
    return `Digest realm="fake", nonce="n${this.#nonce}"${algorithm}${stale}`;
  }

  #isSignedIn(request: RtspRequest): boolean {
    const { auth, staleNonces = 0 } = this.options;
    if (!auth) return true;
    const given = headerOf(request, 'authorization');
    if (!given) return false;
    if (auth.scheme === 'basic') {
      return given === `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
    }
    const [challenge] = parseChallenges([given]);
    const get = (name: string): string => challenge?.parameters.get(name) ?? '';
    const nonce = get('nonce');
    if (Number(nonce.slice(1)) <= this.#oldest && this.#oldest > 0) return false;
    if (this.#nonce <= staleNonces && nonce === `n${this.#nonce}`) return false;
    const expected = digestResponse({
      username: auth.username,
      password: auth.password,
      algorithm: auth.scheme === 'md5' ? 'MD5' : 'SHA-256',
      realm: 'fake',
      nonce,
      method: request.method,
      uri: request.uri,
      qop: auth.scheme === 'sha256' ? { cnonce: get('cnonce'), nc: get('nc') } : undefined,
    });
    return get('response') === expected;
  }

  #play(socket: net.Socket, udpPath: UdpPath | undefined): NodeJS.Timeout {
    const { clip, fps = 25, channel = 0, stallAfter, closeAfter, udp = (all) => all } = this.options;
    const packets = packetize(clip, { fps });
    let pictures = 0;
    let at = 0;
    const sendPicture = (): void => {
      if (pictures === closeAfter) socket.destroy();
      if (pictures === stallAfter || at >= packets.length || socket.destroyed) return;
      pictures++;
      for (;;) {
        const packet = packets[at++];
        if (!packet) return;
        const bytes = buildRtpPacket(packet);
        if (udpPath) {
          for (const one of udp([bytes])) udpPath.sockets[0].send(one, udpPath.ports[0], '127.0.0.1');
          if (packet.marker) return;
          continue;
        }
        const framed = Buffer.alloc(4 + bytes.length);
        bytes.copy(framed, writeInterleavedHeader(framed, 0, channel, bytes.length));
        socket.write(framed);
        if (packet.marker) return;
      }
    };
    sendPicture();
    return setInterval(sendPicture, 1000 / fps);
  }
}

function clientPorts(request: RtspRequest): readonly [number, number] | undefined {
  const ports = /client_port=(\d+)-(\d+)/.exec(headerOf(request, 'transport') ?? '');
  return ports ? [Number(ports[1]), Number(ports[2])] : undefined;
}
