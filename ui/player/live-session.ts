import { serverNow } from '../shared/server-clock.ts';
import { Fmp4Player } from './fmp4-player.ts';
import { nextTry } from './live-failure.ts';
import type { LiveRequest, LiveSource, LiveStream, LiveWay } from './live-source.ts';
import { Stillness } from './stillness.ts';
import { TileView } from './tile-view.ts';
import { WebrtcPlayer, webrtcWay } from './webrtc-player.ts';

/** A way stands and brings nothing: the camera may be away. It is asked anew now and then, in case it is something else. */
const patienceMs = 30_000;
/** No way, or it is deaf. */
const silenceMs = 8_000;
/** Back to WebRTC beside the running fallback: a camera may take some seconds to its next key frame. */
const returnWithinMs = 12_000;
const returnAgainMs = 5_000;
const tickMs = 500;
/** Pictures of the past that are only decoded, to come up to the newest, have RTP times as close as this. 90 kHz. */
const catchUpTicks = 900;
/** No other picture for so long: the camera gives few, and this one is the newest. */
const caughtUpAfterMs = 300;
/** A timer that comes so late: the page was frozen, or the machine asleep. */
const frozenMs = 3_000;

export interface LiveSnapshot {
  readonly way: LiveWay | undefined;
  readonly frames: number;
  /** ms since the browser presented a picture; undefined before the first. */
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

/**
 * Keeps one camera's live picture in a video element for ever: chooses the way, watches the frames, heals what breaks, and
 * rests while nobody can see the tile. The last picture stays, with its age, until there is a newer one.
 */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #stillness = new Stillness();
  readonly #view: TileView;
  readonly #ticker: ReturnType<typeof setInterval>;
  #wantsDetail = false;
  #source: LiveSource | undefined;
  #way: LiveWay | undefined;
  /** WebRTC, tried beside the running fallback. */
  #return: { readonly source: WebrtcPlayer; readonly sinceMs: number } | undefined;
  /** From here on silence counts: opened, attached, woken. */
  #aliveMs = 0;
  #tickedMs = performance.now();
  #frames = 0;
  #framesOfSource = 0;
  #lastFrameMs: number | undefined;
  #latencyMs: number | undefined;
  #pictureTimeMs: number | undefined;
  #failureCode: string | undefined;
  #failures = 0;
  #webrtcFromMs = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #frameCallback = 0;
  #ticks = 0;
  #sameForMs = 0;
  #isResting = false;
  #isClosed = false;
  /** RTP time of the first picture of this source, while it comes up to the newest. */
  #catchUpFrom: number | undefined;
  #isCaughtUp = false;
  #caughtUpTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#view = new TileView(options.video, () => this.#viewChanged());
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#watchFrames();
    this.#open(this.#bestWay());
  }

  /** The tile is zoomed into, so that only the main stream is good enough. */
  set wantsDetail(wantsDetail: boolean) {
    if (this.#wantsDetail === wantsDetail) return;
    this.#wantsDetail = wantsDetail;
    this.#viewChanged();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#retry);
    clearTimeout(this.#caughtUpTimer);
    this.#view.close();
    this.#options.video.cancelVideoFrameCallback(this.#frameCallback);
    this.#endReturn();
    this.#source?.close();
  }

  get #stream(): LiveStream {
    return this.#wantsDetail ? 'main' : this.#view.stream;
  }

  #bestWay(): LiveWay {
    const isGood = webrtcWay.isWorthTrying && performance.now() >= this.#webrtcFromMs;
    return this.#options.mayUseWebrtc && isGood ? 'webrtc' : 'fmp4';
  }

  #request(hasPicture: boolean): LiveRequest {
    const { video, cameraId, tileId } = this.#options;
    return { video, cameraId, tileId, stream: this.#stream, hasPicture };
  }

  #open(way: LiveWay): void {
    clearTimeout(this.#retry);
    this.#endReturn();
    this.#source?.close();
    const events = { onFailed: (code: string) => this.#fail(code), onAttached: () => this.#beginAnew() };
    this.#way = way;
    this.#aliveMs = performance.now();
    this.#framesOfSource = 0;
    this.#forgetCatchUp();
    const request = this.#request(this.#lastFrameMs !== undefined);
    this.#source = way === 'webrtc' ? new WebrtcPlayer(request, events) : new Fmp4Player(request, events);
  }

  /** Another source has the element. */
  #beginAnew(): void {
    this.#aliveMs = performance.now();
    this.#framesOfSource = 0;
    this.#latencyMs = undefined;
    this.#pictureTimeMs = undefined;
    this.#sameForMs = 0;
    this.#forgetCatchUp();
    this.#stillness.reset();
  }

  #forgetCatchUp(): void {
    clearTimeout(this.#caughtUpTimer);
    this.#catchUpFrom = undefined;
    this.#isCaughtUp = false;
  }

  #fail(code: string): void {
    if (this.#isClosed || !this.#source || !this.#way) return;
    const failures = this.#framesOfSource > 0 ? 0 : this.#failures + 1;
    const isMediaBlocked = code === 'UI_LIVE_MEDIA_LOST' || code === 'UI_LIVE_MEDIA_BLOCKED';
    const next = nextTry({ way: this.#way, code, failures, isMediaBlocked });
    this.#failures = failures;
    this.#failureCode = code;
    this.#webrtcFromMs = Math.max(this.#webrtcFromMs, performance.now() + next.keepFromWebrtcMs);
    this.#source.close();
    this.#source = undefined;
    this.#endReturn();
    if (this.#isResting) return;
    const open = (): void => this.#open(next.way === 'webrtc' ? this.#bestWay() : 'fmp4');
    // Without a wait between, so that the tile is never without a source for no reason; else spread, for the server's sake.
    if (next.waitMs === 0) open();
    else this.#retry = setTimeout(open, next.waitMs * (0.75 + Math.random() / 2));
  }

  #viewChanged(): void {
    if (this.#isClosed) return;
    if (this.#view.isSeen === this.#isResting) {
      this.#isResting = !this.#view.isSeen;
      if (this.#isResting) this.#rest();
      else this.#wake();
    }
    if (!this.#isResting && this.#source?.prefer(this.#stream) === false) this.#open(this.#bestWay());
  }

  #rest(): void {
    clearTimeout(this.#retry);
    this.#endReturn();
    if (this.#source?.rest() !== false) return;
    this.#source.close();
    this.#source = undefined;
  }

  #wake(): void {
    this.#aliveMs = performance.now();
    // What it missed may come first.
    this.#forgetCatchUp();
    if (this.#source) this.#source.wake();
    else this.#open(this.#bestWay());
  }

  #watchFrames(): void {
    const { video } = this.#options;
    this.#frameCallback = video.requestVideoFrameCallback((_now, frame) => {
      clearTimeout(this.#caughtUpTimer);
      const count = (): void => this.#count(frame);
      if (this.#isOfThePast(frame)) this.#caughtUpTimer = setTimeout(count, caughtUpAfterMs);
      else count();
      if (!this.#isClosed) this.#watchFrames();
    });
  }

  /** The first pictures may be those since the last key frame, one right after the other: none of them is live yet. */
  #isOfThePast({ rtpTimestamp }: VideoFrameCallbackMetadata): boolean {
    if (this.#isCaughtUp || rtpTimestamp === undefined) return false;
    this.#catchUpFrom ??= rtpTimestamp;
    return (rtpTimestamp - this.#catchUpFrom) >>> 0 < catchUpTicks;
  }

  #count(frame: VideoFrameCallbackMetadata): void {
    const isFirst = this.#framesOfSource === 0;
    this.#isCaughtUp = true;
    this.#frames += 1;
    this.#framesOfSource += 1;
    this.#lastFrameMs = performance.now();
    this.#failureCode = undefined;
    this.#failures = 0;
    if (this.#way === 'webrtc') webrtcWay.noteWorks();
    this.#measure(frame);
    // The picture is there: the still must not stand before it until the next tick.
    if (isFirst) this.#tell();
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
    if (now - this.#tickedMs > frozenMs) this.#thaw();
    this.#tickedMs = now;
    this.#ticks += 1;
    if (!this.#isResting) this.#checkSource(now);
    if (this.#ticks % 4 === 0 && this.#framesOfSource > 0 && !this.#isResting)
      this.#sameForMs = this.#stillness.sample(this.#options.video);
    this.#tell();
  }

  #tell(): void {
    const now = performance.now();
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

  /** What waited meanwhile is old: the fallback begins anew with the newest pictures; WebRTC keeps none. */
  #thaw(): void {
    this.#aliveMs = performance.now();
    this.#stillness.reset();
    if (this.#way === 'fmp4' && this.#source && !this.#isResting) this.#open(this.#bestWay());
  }

  #checkSource(now: number): void {
    if (!this.#source) return;
    const quietMs = now - Math.max(this.#aliveMs, this.#lastFrameMs ?? 0);
    if (quietMs > (this.#source.isConnected ? patienceMs : silenceMs)) this.#fail('UI_LIVE_NO_PICTURE');
    else if (this.#way === 'fmp4') this.#tryReturn(now);
  }

  #tryReturn(now: number): void {
    if (this.#return) {
      if (now - this.#return.sinceMs > returnWithinMs) this.#endReturn();
      return;
    }
    if (this.#framesOfSource === 0 || this.#bestWay() !== 'webrtc') return;
    const source: WebrtcPlayer = new WebrtcPlayer(this.#request(true), {
      onFailed: (code) => (this.#source === source ? this.#fail(code) : this.#endReturn()),
      onAttached: () => {
        if (this.#return?.source !== source) return;
        this.#return = undefined;
        this.#source?.close();
        this.#source = source;
        this.#way = 'webrtc';
        this.#beginAnew();
      },
    });
    this.#return = { source, sinceMs: now };
  }

  #endReturn(): void {
    if (!this.#return) return;
    this.#return.source.close();
    this.#return = undefined;
    this.#webrtcFromMs = performance.now() + returnAgainMs;
  }
}
