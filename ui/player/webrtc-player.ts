import type { LiveSource, LiveSourceEvents } from './live-source.ts';
import { LiveError, WebrtcConnection } from './webrtc-connection.ts';

/** How long the page keeps its connection without a tile: changing the layout must not build it anew. */
const lingerMs = 5_000;
/** After media did not come through at all, every tile spares itself the wait for this long. */
const avoidMs = 60_000;

let connection: Promise<WebrtcConnection> | undefined;
let users = 0;
let lingering: ReturnType<typeof setTimeout> | undefined;
let avoidUntilMs = 0;

/** Whether a tile should try WebRTC now. */
export function isWebrtcWorthTrying(): boolean {
  return performance.now() >= avoidUntilMs;
}

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

/** A tile's share of the page's WebRTC connection. */
export class WebrtcPlayer implements LiveSource {
  readonly #video: HTMLVideoElement;
  readonly #tileId: string;
  readonly #events: LiveSourceEvents;
  #connection: WebrtcConnection | undefined;
  #isClosed = false;

  constructor(video: HTMLVideoElement, tileId: string, cameraId: string, events: LiveSourceEvents) {
    this.#video = video;
    this.#tileId = tileId;
    this.#events = events;
    this.#start(cameraId).catch((error: unknown) => {
      if (!this.#isClosed) events.onFailed(error instanceof LiveError ? error.code : 'UI_LIVE_WEBRTC_FAILED');
    });
  }

  get isConnected(): boolean {
    return this.#connection?.isMediaConnected === true;
  }

  pictureTimeMs(): undefined {
    return undefined;
  }

  /** To be told when no picture came: with no media path at all, the other tiles need not find out one by one. */
  noteNoPicture(): void {
    if (!this.#connection?.isMediaConnected) avoidUntilMs = performance.now() + avoidMs;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection?.unwatch(this.#tileId);
    release();
  }

  async #start(cameraId: string): Promise<void> {
    const open = await acquire();
    if (this.#isClosed) return;
    this.#connection = open;
    const track = await open.watch(this.#tileId, cameraId, (code) => {
      if (!this.#isClosed) this.#events.onFailed(code);
    });
    if (this.#isClosed) return;
    this.#video.removeAttribute('src');
    this.#video.srcObject = new MediaStream([track]);
    this.#video.playbackRate = 1;
    // Refused only while the element is being given another source.
    this.#video.play().catch(() => undefined);
  }
}
