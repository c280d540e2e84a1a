import net from 'node:net';
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
}

export const SDP =
  'v=0\r\ns=fake\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n';

/** A scripted RTSP camera on a port of its own, with the quirks that a test asks for. */
export class FakeCamera {
  readonly requests: RtspRequest[] = [];
  options: FakeCameraOptions;
  readonly #server = net.createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<net.Socket>();
  #nonce = 0;
  #connections = 0;

  private constructor(options: FakeCameraOptions) {
    this.options = options;
  }

  static async start(options: FakeCameraOptions, port = 0): Promise<FakeCamera> {
    const camera = new FakeCamera(options);
    await new Promise<void>((resolve) => {
      camera.#server.listen(port, '127.0.0.1', resolve);
    });
    return camera;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/cam`;
  }

  get connections(): number {
    return this.#connections;
  }

  methods(): string[] {
    return this.requests.map((request) => request.method);
  }

  /** A request of the server's own, to every client. */
  ask(method: string): void {
    for (const socket of this.#sockets) socket.write(writeRtspRequest(method, '*', { CSeq: 77 }));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
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
    const reader = new RtspReader({
      onInterleaved: () => undefined,
      onMessage: (message) => {
        if (message.type !== 'request') return;
        this.requests.push(message);
        const isPlay = message.method === 'PLAY';
        if (isPlay && this.options.sendBeforePlayAnswer) timer = this.#play(socket);
        if (!this.#answer(socket, message)) return;
        if (isPlay && !this.options.sendBeforePlayAnswer) timer = this.#play(socket);
      },
    });
    socket.on('data', (bytes: Buffer) => reader.push(bytes));
  }

  /** @returns true when the request was granted */
  #answer(socket: net.Socket, request: RtspRequest): boolean {
    const { options } = this;
    const reply = (status: number, headers: HeadersToWrite = {}, body = ''): void => {
      socket.write(writeRtspResponse(status, 'Fake', { CSeq: headerOf(request, 'cseq'), ...headers }, body));
    };
    if (!this.#isSignedIn(request)) {
      reply(401, { 'WWW-Authenticate': this.#challenge() });
      return false;
    }
    const status = options.status?.[request.method];
    if (status !== undefined) {
      reply(status);
      return false;
    }
    const session = { Session: `abc;timeout=${options.sessionTimeoutS ?? 60}` };
    if (request.method === 'OPTIONS') reply(200, { Public: options.publicMethods ?? 'OPTIONS, DESCRIBE, SETUP, PLAY' });
    else if (request.method === 'DESCRIBE') {
      reply(200, { 'Content-Base': options.contentBase, 'Content-Type': 'application/sdp' }, options.sdp ?? SDP);
    } else if (request.method === 'SETUP') {
      reply(200, { ...session, Transport: options.transport ?? 'RTP/AVP/TCP;unicast;interleaved=0-1' });
    } else reply(200, session);
    return true;
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

  #play(socket: net.Socket): NodeJS.Timeout {
    const { clip, fps = 25, channel = 0, stallAfter, closeAfter } = this.options;
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
