import type { Fmp4Message } from '#api/contract/live.ts';
import { decideCatchUp, trimUntil } from './catch-up.ts';
import type { LiveRequest, LiveSource, LiveSourceEvents, LiveStream } from './live-source.ts';

/** Fragments waiting for the buffer; about 10 s of 25 fps. More means that the browser cannot keep up: begin anew. */
const maxWaiting = 256;
/** The server says a word every three seconds, also while the camera sends nothing. */
const deafMs = 8_000;
const notAllowedCode = 1008;

function parseMessage(text: string): Fmp4Message | undefined {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && 'type' in value ? (value as Fmp4Message) : undefined;
}

/** fMP4 over a WebSocket into Media Source Extensions: the way that needs nothing but the page's own connection. */
export class Fmp4Player implements LiveSource {
  readonly #video: HTMLVideoElement;
  readonly #events: LiveSourceEvents;
  readonly #socket: WebSocket;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #stream: LiveStream;
  #mediaSource: MediaSource | undefined;
  #buffer: SourceBuffer | undefined;
  #objectUrl = '';
  #waiting: ArrayBuffer[] = [];
  #startMs: number | undefined;
  #heardMs = performance.now();
  #isClosed = false;

  constructor({ video, cameraId, stream }: LiveRequest, events: LiveSourceEvents) {
    this.#video = video;
    this.#events = events;
    this.#stream = stream;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const query = new URLSearchParams({ camera: cameraId, stream });
    this.#socket = new WebSocket(`${scheme}://${location.host}/api/live/fmp4?${query}`);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = (message: MessageEvent<unknown>) => this.#receive(message.data);
    this.#socket.onclose = ({ code, reason }) =>
      this.#fail(code === notAllowedCode && reason ? reason : 'UI_LIVE_SOCKET_CLOSED');
    this.#timer = setInterval(() => this.#keepUp(), 250);
  }

  get isConnected(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && performance.now() - this.#heardMs < deafMs;
  }

  /** Nothing can be held back here without a backlog: it is closed, and begins anew with the newest pictures. */
  rest(): boolean {
    return false;
  }

  wake(): void {}

  prefer(stream: LiveStream): boolean {
    return stream === this.#stream;
  }

  pictureTimeMs(mediaSeconds: number): number | undefined {
    return this.#startMs === undefined ? undefined : this.#startMs + mediaSeconds * 1000;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#socket.onclose = null;
    this.#socket.onmessage = null;
    this.#socket.close();
    this.#waiting = [];
    URL.revokeObjectURL(this.#objectUrl);
  }

  #fail(code: string): void {
    if (!this.#isClosed) this.#events.onFailed(code);
  }

  #receive(data: unknown): void {
    this.#heardMs = performance.now();
    if (data instanceof ArrayBuffer) {
      this.#waiting.push(data);
      if (this.#waiting.length > maxWaiting) this.#fail('UI_LIVE_BROWSER_TOO_SLOW');
      else this.#append();
      return;
    }
    if (typeof data !== 'string') return;
    const message = parseMessage(data);
    if (message?.type === 'start') this.#begin(message.mimeType, message.startTime);
    if (message?.type === 'ended') this.#fail(message.code);
  }

  /** A new MediaSource for every start: another codec or a clock that begins anew cannot share a buffer. */
  #begin(mimeType: string, startTime: string): void {
    if (!MediaSource.isTypeSupported(mimeType)) return this.#fail('UI_LIVE_CODEC_UNSUPPORTED');
    URL.revokeObjectURL(this.#objectUrl);
    const startMs = new Date(startTime).getTime();
    this.#startMs = Number.isNaN(startMs) ? undefined : startMs;
    this.#waiting = [];
    this.#buffer = undefined;
    const mediaSource = new MediaSource();
    this.#mediaSource = mediaSource;
    mediaSource.addEventListener('sourceopen', () => {
      if (this.#mediaSource !== mediaSource || this.#isClosed || mediaSource.readyState !== 'open') return;
      const buffer = mediaSource.addSourceBuffer(mimeType);
      buffer.addEventListener('updateend', () => this.#append());
      buffer.addEventListener('error', () => this.#fail('UI_LIVE_BUFFER_REFUSED'));
      this.#buffer = buffer;
      this.#append();
    });
    this.#objectUrl = URL.createObjectURL(mediaSource);
    this.#video.srcObject = null;
    this.#video.src = this.#objectUrl;
    this.#events.onAttached();
    this.#play();
  }

  #play(): void {
    // Refused only while the element is being given another source; the next picture asks again.
    this.#video.play().catch(() => undefined);
  }

  #append(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#waiting.length === 0 || this.#mediaSource?.readyState !== 'open') return;
    const pieces = this.#waiting;
    this.#waiting = [];
    const joined = new Uint8Array(pieces.reduce((total, piece) => total + piece.byteLength, 0));
    let offset = 0;
    for (const piece of pieces) {
      joined.set(new Uint8Array(piece), offset);
      offset += piece.byteLength;
    }
    try {
      buffer.appendBuffer(joined);
    } catch {
      this.#fail('UI_LIVE_BUFFER_REFUSED');
    }
  }

  #keepUp(): void {
    const buffer = this.#buffer;
    const video = this.#video;
    if (!buffer || this.#mediaSource?.readyState !== 'open' || buffer.buffered.length === 0) return;
    const last = buffer.buffered.length - 1;
    const state = {
      currentSeconds: video.currentTime,
      bufferedStartSeconds: buffer.buffered.start(last),
      bufferedEndSeconds: buffer.buffered.end(last),
      rate: video.playbackRate,
    };
    const { rate, seekToSeconds } = decideCatchUp(state);
    if (seekToSeconds !== undefined) video.currentTime = seekToSeconds;
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (video.paused) this.#play();
    const until = trimUntil({ ...state, bufferedStartSeconds: buffer.buffered.start(0) });
    if (until !== undefined && !buffer.updating) buffer.remove(0, until);
  }
}
