import type { types } from 'mediasoup-client';
import type { LiveRequest, LiveSource, LiveSourceEvents, LiveStream } from './live-source.ts';
import { LiveError, WebrtcConnection } from './webrtc-connection.ts';
import { WebrtcWay } from './webrtc-way.ts';

/** How long the page keeps its connection without a tile: changing the layout must not build it anew. */
const lingerMs = 5_000;
/** No way for media within this time from when it was first looked for: blocked, and the fallback must come soon. */
const connectMs = 1_700;
const decodedPollMs = 40;

let connection: Promise<WebrtcConnection> | undefined;
let users = 0;
let lingering: ReturnType<typeof setTimeout> | undefined;

export const webrtcWay = new WebrtcWay(() => performance.now());

async function acquire(): Promise<WebrtcConnection> {
  clearTimeout(lingering);
  users += 1;
  const kept = connection;
  const isUsable = kept !== undefined && (await kept.catch(() => undefined))?.isClosed === false;
  // Another tile may have opened a new one while this one looked at the old.
  if (!isUsable && connection === kept) connection = undefined;
  connection ??= WebrtcConnection.open();
  return connection;
}

function release(): void {
  users -= 1;
  if (users > 0) return;
  lingering = setTimeout(() => {
    const unused = connection;
    connection = undefined;
    unused?.then((open) => open.close()).catch(() => undefined);
  }, lingerMs);
}

/** Not while the page itself is still being drawn. */
const readyAfterMs = 1_000;

/**
 * Has the page's connection stand before a tile needs it, which spares a wall half a second. It carries nothing then, and no
 * way for media is even looked for.
 *
 * @returns a function that lets it go
 */
export function keepConnection(): () => void {
  let isKept = false;
  const timer = setTimeout(() => {
    isKept = true;
    // Whoever opens a tile tries again, and tells why it fails.
    acquire().catch(() => undefined);
  }, readyAfterMs);
  return () => {
    clearTimeout(timer);
    if (isKept) release();
  };
}

/** A tile's share of the page's WebRTC connection. */
export class WebrtcPlayer implements LiveSource {
  readonly #request: LiveRequest;
  readonly #events: LiveSourceEvents;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #connection: WebrtcConnection | undefined;
  #stream: LiveStream;
  #isResting = false;
  #isClosed = false;

  constructor(request: LiveRequest, events: LiveSourceEvents) {
    this.#request = request;
    this.#events = events;
    this.#stream = request.stream;
    this.#start().catch((error: unknown) =>
      this.#fail(error instanceof LiveError ? error.code : 'UI_LIVE_WEBRTC_FAILED'),
    );
  }

  get isConnected(): boolean {
    return this.#connection?.isMediaConnected === true;
  }

  pictureTimeMs(): undefined {
    return undefined;
  }

  rest(): boolean {
    this.#isResting = true;
    this.#connection?.tell({ type: 'pause' }, this.#request.tileId);
    return true;
  }

  wake(): void {
    this.#isResting = false;
    this.#connection?.tell({ type: 'resume' }, this.#request.tileId);
  }

  prefer(stream: LiveStream): boolean {
    this.#stream = stream;
    this.#connection?.tell({ type: 'prefer', stream }, this.#request.tileId);
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#connection?.unwatch(this.#request.tileId);
    release();
  }

  #fail(code: string): void {
    if (this.#isClosed) return;
    if (code === 'UI_LIVE_MEDIA_LOST' || code === 'UI_LIVE_MEDIA_BLOCKED') webrtcWay.noteBlocked();
    this.#events.onFailed(code);
  }

  /** With no way for media, all tiles of the connection are told at once. */
  #checkMedia(): void {
    if (this.isConnected) return;
    if (this.#connection) this.#connection.close('UI_LIVE_MEDIA_BLOCKED');
    this.#fail('UI_LIVE_MEDIA_BLOCKED');
  }

  async #start(): Promise<void> {
    const { tileId, cameraId, video, hasPicture } = this.#request;
    const open = await acquire();
    if (this.#isClosed) return;
    this.#connection = open;
    this.#connectTimer = setTimeout(() => this.#checkMedia(), connectMs);
    const stream = this.#stream;
    const consumer = await open.watch(tileId, { cameraId, stream }, (code) => this.#fail(code));
    if (this.#isClosed) return;
    // What changed while the server was asked.
    if (this.#stream !== stream) this.prefer(this.#stream);
    if (this.#isResting) this.rest();
    if (hasPicture) await this.#firstPicture(consumer);
    if (this.#isClosed) return;
    video.removeAttribute('src');
    video.srcObject = new MediaStream([consumer.track]);
    video.playbackRate = 1;
    // Refused only while the element is being given another source.
    video.play().catch(() => undefined);
    this.#events.onAttached();
  }

  /** The picture that the element shows stays until there is a newer one. */
  async #firstPicture(consumer: types.Consumer): Promise<void> {
    while (!this.#isClosed && !consumer.closed) {
      const stats = await consumer.getStats();
      for (const report of stats.values() as Iterable<{ type: string; framesDecoded?: number }>) {
        if (report.type === 'inbound-rtp' && (report.framesDecoded ?? 0) > 0) return;
      }
      await new Promise((resolve) => setTimeout(resolve, decodedPollMs));
    }
  }
}
