import { serverNow } from '../shared/server-clock.ts';
import { Fmp4Player } from './fmp4-player.ts';
import type { LiveSource, LiveWay } from './live-source.ts';
import { Stillness } from './stillness.ts';
import { isWebrtcWorthTrying, WebrtcPlayer } from './webrtc-player.ts';

/** Without a way for media the fallback must come soon; with one, a camera may take some seconds to its next key frame. */
const connectMs = 5_000;
const firstPictureMs = 12_000;
/** Pictures stopped for so long: the way is taken as dead and built anew. */
const silenceMs = 10_000;
const slowestRetryMs = 15_000;
const tickMs = 500;

export interface LiveSnapshot {
  readonly way: LiveWay | undefined;
  readonly frames: number;
  /** ms since the browser presented a picture; undefined before the first of this connection. */
  readonly pictureAgeMs: number | undefined;
  /** ms for which the same picture has come again and again. */
  readonly sameForMs: number;
  /** From camera to screen as far as it can be known. */
  readonly latencyMs: number | undefined;
  /** Wall time of the shown picture, epoch ms. */
  readonly pictureTimeMs: number | undefined;
  /** Why the last attempt ended, while there is no picture. */
  readonly failureCode: string | undefined;
}

export const noSnapshot: LiveSnapshot = {
  way: undefined,
  frames: 0,
  pictureAgeMs: undefined,
  sameForMs: 0,
  latencyMs: undefined,
  pictureTimeMs: undefined,
  failureCode: undefined,
};

interface LiveSessionOptions {
  readonly video: HTMLVideoElement;
  readonly cameraId: string;
  readonly tileId: string;
  /** Whether the server offers WebRTC and the address does not forbid it. */
  readonly mayUseWebrtc: boolean;
  onSnapshot: (snapshot: LiveSnapshot) => void;
}

/** Keeps one camera's live picture in a video element for ever: chooses the way, watches the frames, reconnects with backoff. */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #stillness = new Stillness();
  readonly #ticker: ReturnType<typeof setInterval>;
  #source: LiveSource | undefined;
  #way: LiveWay | undefined;
  #openedMs = 0;
  #frames = 0;
  #framesOfSource = 0;
  #lastFrameMs: number | undefined;
  #latencyMs: number | undefined;
  #pictureTimeMs: number | undefined;
  #failureCode: string | undefined;
  #failures = 0;
  #webrtcFailed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #frameCallback = 0;
  #ticks = 0;
  #sameForMs = 0;
  #isClosed = false;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#watchFrames();
    this.#open();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#retry);
    this.#options.video.cancelVideoFrameCallback(this.#frameCallback);
    this.#source?.close();
  }

  #open(): void {
    const { video, cameraId, tileId, mayUseWebrtc } = this.#options;
    const useWebrtc = mayUseWebrtc && !this.#webrtcFailed && isWebrtcWorthTrying();
    const events = { onFailed: (code: string) => this.#fail(code) };
    this.#way = useWebrtc ? 'webrtc' : 'fmp4';
    this.#openedMs = performance.now();
    this.#framesOfSource = 0;
    this.#lastFrameMs = undefined;
    this.#latencyMs = undefined;
    this.#pictureTimeMs = undefined;
    this.#stillness.reset();
    this.#source = useWebrtc
      ? new WebrtcPlayer(video, tileId, cameraId, events)
      : new Fmp4Player(video, cameraId, events);
  }

  #fail(code: string): void {
    if (this.#isClosed || !this.#source) return;
    const hadPicture = this.#framesOfSource > 0;
    if (this.#way === 'webrtc' && !hadPicture) {
      // That this camera cannot be relayed says nothing of the way itself.
      const isOwnFault = code === 'LIVE_CODEC_NOT_RELAYED';
      if (this.#source instanceof WebrtcPlayer && !isOwnFault) this.#source.noteNoPicture();
      this.#webrtcFailed = true;
    }
    const fellBack = this.#way === 'webrtc' && !hadPicture;
    this.#source.close();
    this.#source = undefined;
    this.#failureCode = code;
    this.#failures = hadPicture ? 0 : this.#failures + 1;
    // A failed try on WebRTC goes on to the fallback at once; every tenth failure of the fallback tries WebRTC again.
    if (!fellBack && this.#failures % 10 === 9) this.#webrtcFailed = false;
    const waitMs = fellBack ? 0 : Math.min(slowestRetryMs, 500 * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#open(), waitMs);
  }

  #watchFrames(): void {
    const { video } = this.#options;
    this.#frameCallback = video.requestVideoFrameCallback((_now, frame) => {
      this.#frames += 1;
      this.#framesOfSource += 1;
      this.#lastFrameMs = performance.now();
      this.#failureCode = undefined;
      this.#measure(frame);
      if (!this.#isClosed) this.#watchFrames();
    });
  }

  #measure(frame: VideoFrameCallbackMetadata): void {
    const known = this.#source?.pictureTimeMs(frame.mediaTime);
    const now = performance.now();
    const sinceCapture = frame.captureTime === undefined ? undefined : now - frame.captureTime;
    const sinceReceipt = frame.receiveTime === undefined ? undefined : frame.expectedDisplayTime - frame.receiveTime;
    const candidates = [known === undefined ? undefined : serverNow() - known, sinceCapture, sinceReceipt];
    // A camera whose clock is wrong gives an impossible figure; then the next best source counts.
    const latencyMs = candidates.find((value) => value !== undefined && value > -500 && value < 60_000);
    if (latencyMs === undefined) return;
    const smooth = this.#latencyMs ?? latencyMs;
    this.#latencyMs = Math.max(0, smooth + (latencyMs - smooth) * 0.2);
    this.#pictureTimeMs = known ?? serverNow() - this.#latencyMs;
  }

  #tick(): void {
    const now = performance.now();
    this.#ticks += 1;
    if (this.#source && document.visibilityState === 'visible') {
      const quietMs = now - (this.#lastFrameMs ?? this.#openedMs);
      const firstMs = this.#way === 'webrtc' && !this.#source.isConnected ? connectMs : firstPictureMs;
      const limitMs = this.#lastFrameMs === undefined ? firstMs : silenceMs;
      if (quietMs > limitMs) this.#fail('UI_LIVE_NO_PICTURE');
    }
    if (this.#ticks % 4 === 0 && this.#framesOfSource > 0)
      this.#sameForMs = this.#stillness.sample(this.#options.video);
    this.#options.onSnapshot({
      way: this.#way,
      frames: this.#frames,
      pictureAgeMs: this.#lastFrameMs === undefined ? undefined : now - this.#lastFrameMs,
      sameForMs: this.#framesOfSource > 0 ? this.#sameForMs : 0,
      latencyMs: this.#latencyMs,
      pictureTimeMs: this.#pictureTimeMs,
      failureCode: this.#failureCode,
    });
  }
}
