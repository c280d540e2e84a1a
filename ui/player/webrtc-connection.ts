import { Device, type types } from 'mediasoup-client';
import type { WebrtcAnswer, WebrtcNotice, WebrtcRequest } from '#api/contract/live.ts';
import type { LiveStream } from './live-source.ts';

type RequestBody = WebrtcRequest extends infer One ? (One extends { id: number } ? Omit<One, 'id'> : never) : never;
type Answered = Extract<WebrtcAnswer, { ok: true }>;

interface Waiting {
  resolve(answer: Answered): void;
  reject(error: Error): void;
}

interface Tile {
  consumer?: types.Consumer;
  onEnded: (code: string) => void;
}

/** A browser that plays this gets H.265 as it is, over the fallback. */
const h265Type = 'video/mp4; codecs="hvc1.1.6.L120.B0"';
const answerTimeoutMs = 8_000;
/** How long a tile waits for others that were opened with it. */
const gatherMs = 30;
/** The browser says that nothing comes any more after some seconds of silence; a blip ends by itself within this time. */
const disconnectedMs = 1_000;
/** Why the server closed the connection, where that says more than that it is closed. */
const tellingCloseCodes = new Set([1008, 1011, 1013]);

/** What a tile must know of why it has no picture: the server's code, or one of this page. */
export class LiveError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * One WebSocket, one device and one receiving transport for all tiles of the page, a consumer per tile: a tile that changes its
 * camera costs neither ICE nor DTLS. When the connection ends, every tile is told, and the connection is used up.
 */
export class WebrtcConnection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #tiles = new Map<string, Tile>();
  #device: Device | undefined;
  #transport: types.Transport | undefined;
  #lastId = 0;
  /** Tiles whose answer is still to come. */
  #asked = 0;
  #gathered: (() => void)[] = [];
  #gatherTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #lossTimer: ReturnType<typeof setTimeout> | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = (message: MessageEvent<unknown>) => this.#receive(message.data);
    socket.onclose = ({ code, reason }) =>
      this.close(tellingCloseCodes.has(code) && reason ? reason : 'UI_LIVE_SOCKET_CLOSED');
  }

  static async open(): Promise<WebrtcConnection> {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/live/webrtc`);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new LiveError('UI_LIVE_SOCKET_REFUSED'));
    });
    const connection = new WebrtcConnection(socket);
    try {
      await connection.#start();
    } catch (error) {
      connection.close('UI_LIVE_WEBRTC_REFUSED');
      throw error;
    }
    return connection;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether media really flows between browser and server; until the first tile it is not even tried. */
  get isMediaConnected(): boolean {
    return this.#transport?.connectionState === 'connected';
  }

  /** Subscribes a tile to a camera. */
  async watch(
    tileId: string,
    what: { readonly cameraId: string; readonly stream: LiveStream },
    onEnded: (code: string) => void,
  ): Promise<types.Consumer> {
    const device = this.#device;
    const transport = this.#transport;
    if (!device || !transport || this.#isClosed) throw new LiveError('UI_LIVE_SOCKET_CLOSED');
    const tile: Tile = { onEnded };
    this.#tiles.set(tileId, tile);
    this.#asked += 1;
    const answer = await this.#ask({
      type: 'watch',
      tileId,
      ...what,
      mayTranscode: !MediaSource.isTypeSupported(h265Type),
      rtpCapabilities: device.recvRtpCapabilities,
    }).finally(() => {
      this.#asked -= 1;
    });
    await this.#gather();
    // The contract leaves mediasoup's objects opaque; both ends use mediasoup's own types for them.
    const consumer = await transport.consume(answer['consumer'] as types.ConsumerOptions);
    if (this.#tiles.get(tileId) !== tile) {
      consumer.close();
      throw new LiveError('UI_LIVE_NOT_WANTED');
    }
    tile.consumer = consumer;
    // Pictures at once: a wall has no sound to keep in step with, and an old picture is worth less than a rough one.
    if (consumer.rtpReceiver) consumer.rtpReceiver.jitterBufferTarget = 0;
    // The element can be set up meanwhile: a server that sends sixteen tiles what they missed answers the last of them late.
    this.#ask({ type: 'resume', tileId }).catch((error: unknown) => {
      if (this.#tiles.get(tileId) === tile) onEnded(error instanceof LiveError ? error.code : 'UI_LIVE_WEBRTC_FAILED');
    });
    return consumer;
  }

  /** Tells the server what a tile needs now; whether the answer comes does not matter. */
  tell(request: { type: 'pause' | 'resume' } | { type: 'prefer'; stream: LiveStream }, tileId: string): void {
    if (!this.#isClosed && this.#tiles.get(tileId)?.consumer) this.#ask({ ...request, tileId }).catch(() => undefined);
  }

  unwatch(tileId: string): void {
    const tile = this.#tiles.get(tileId);
    if (!tile) return;
    this.#tiles.delete(tileId);
    tile.consumer?.close();
    // Whether the answer comes does not matter any more.
    if (!this.#isClosed) this.#ask({ type: 'unwatch', tileId }).catch(() => undefined);
  }

  close(code = 'UI_LIVE_CLOSED'): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#lossTimer);
    this.#socket.onclose = null;
    this.#socket.close();
    this.#transport?.close();
    for (const waiting of this.#waiting.values()) waiting.reject(new LiveError(code));
    this.#waiting.clear();
    const tiles = [...this.#tiles.values()];
    this.#tiles.clear();
    for (const tile of tiles) tile.onEnded(code);
  }

  async #start(): Promise<void> {
    const answer = await this.#ask({ type: 'open' });
    const device = await Device.factory();
    await device.load({ routerRtpCapabilities: answer['routerRtpCapabilities'] as types.RtpCapabilities });
    if (!device.canProduce && !device.recvRtpCapabilities.codecs?.some((codec) => codec.kind === 'video')) {
      throw new LiveError('UI_LIVE_CODEC_UNSUPPORTED');
    }
    const transport = device.createRecvTransport(answer['transport'] as types.TransportOptions);
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      void this.#connect(dtlsParameters, done, failed);
    });
    transport.on('connectionstatechange', (state) => {
      clearTimeout(this.#lossTimer);
      if (state === 'failed' || state === 'closed') this.close('UI_LIVE_MEDIA_LOST');
      if (state === 'disconnected')
        this.#lossTimer = setTimeout(() => this.close('UI_LIVE_MEDIA_LOST'), disconnectedMs);
    });
    this.#device = device;
    this.#transport = transport;
  }

  /** What the connection carries is agreed on anew for each tile, or once for many that come together. */
  #gather(): Promise<void> {
    return new Promise((resolve) => {
      this.#gathered.push(resolve);
      const release = (): void => {
        clearTimeout(this.#gatherTimer);
        this.#gatherTimer = undefined;
        for (const one of this.#gathered.splice(0)) one();
      };
      if (this.#asked === 0) release();
      else this.#gatherTimer ??= setTimeout(release, gatherMs);
    });
  }

  async #connect(
    dtlsParameters: types.DtlsParameters,
    done: () => void,
    failed: (error: Error) => void,
  ): Promise<void> {
    try {
      await this.#ask({ type: 'connect', dtlsParameters });
      done();
    } catch (error) {
      failed(error instanceof Error ? error : new LiveError('UI_LIVE_WEBRTC_FAILED'));
    }
  }

  #ask(body: RequestBody): Promise<Answered> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Answered>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new LiveError('UI_LIVE_NO_ANSWER'));
      }, answerTimeoutMs);
      this.#waiting.set(id, {
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#socket.send(JSON.stringify({ id, ...body }));
    });
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    const message = JSON.parse(data) as WebrtcAnswer | WebrtcNotice;
    if ('type' in message && message.type === 'server.restarting') return this.close('UI_LIVE_SERVER_RESTARTING');
    if ('type' in message && message.type === 'tile.ended') {
      const { tileId, code } = message as Extract<WebrtcNotice, { type: 'tile.ended' }>;
      const tile = this.#tiles.get(tileId);
      this.#tiles.delete(tileId);
      tile?.consumer?.close();
      return tile?.onEnded(code);
    }
    const answer = message as WebrtcAnswer;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting?.resolve(answer);
    else waiting?.reject(new LiveError(answer.code));
  }
}
