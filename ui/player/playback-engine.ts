import type { Problem } from '#api/contract/common.ts';
import type { Segment } from '#api/contract/recordings.ts';
import { ApiProblem, request } from '../shared/api-client.ts';
import { hideSound, playableFormat } from './playable-format.ts';
import {
  landingMs,
  type Piece,
  pieceAfter,
  pieceAt,
  pieceKey,
  piecesToForget,
  pieceToLoad,
  seamMs,
} from './segment-plan.ts';

const tickMs = 200;
const aheadMs = 20_000;
const retryMs = 3_000;
/** A picture that is farther from the common clock is sought, not brought back by its speed. */
const farthestSeconds = 0.6;

/** `gap`: nothing was recorded at that moment. */
export type FollowState = 'ready' | 'loading' | 'gap';

export interface PlaybackSnapshot {
  /** Wall time of the shown picture, epoch ms; undefined before the first. */
  readonly timeMs: number | undefined;
  readonly isPlaying: boolean;
  readonly rate: number;
  /** `end`: at the newest recorded picture. */
  readonly phase: 'loading' | 'ready' | 'end' | 'nothing';
  /** The gap just jumped over. */
  readonly skipped: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly error: unknown;
}

export const noPlayback: PlaybackSnapshot = {
  timeMs: undefined,
  isPlaying: true,
  rate: 1,
  phase: 'loading',
  skipped: undefined,
  error: undefined,
};

const codecProblem = (codec: string): Problem => ({
  type: 'about:blank',
  title: `This browser cannot play the recording (${codec}).`,
  titleZh: `本浏览器无法播放该录像（${codec}）。`,
  status: 415,
  code: 'UI_PLAYBACK_CODEC_UNSUPPORTED',
  remedy: 'Use a browser with H.265, or download the recording and play it with VLC.',
  remedyZh: '请使用支持 H.265 的浏览器，或下载录像后用 VLC 播放。',
  requestId: '',
});

const toPiece = (segment: Segment): Piece => ({
  segmentId: segment.segmentId,
  startMs: new Date(segment.start).getTime(),
  endMs: new Date(segment.end).getTime(),
  sizeBytes: segment.sizeBytes,
  codec: segment.codec,
  url: segment.url,
});

/**
 * Plays recorded segments in a video element on the wall clock: media time 0 is `originMs`, each segment (whose own time
 * begins at 0) is put in its place by `timestampOffset`. Gaps are jumped over and told.
 */
export class PlaybackEngine {
  readonly #video: HTMLVideoElement;
  readonly #originMs: number;
  readonly #onSnapshot: (snapshot: PlaybackSnapshot) => void;
  readonly #mediaSource = new MediaSource();
  readonly #objectUrl: string;
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #loaded = new Set<string>();
  /** How much of each segment is in the buffer. */
  readonly #bytesOf = new Map<string, number>();
  #buffer: SourceBuffer | undefined;
  #lastSegmentId: string | undefined;
  #pieces: readonly Piece[] | undefined;
  #wantedMs: number | undefined;
  #loading: { key: string; abort: AbortController } | undefined;
  #snapshot = noPlayback;
  #frameSeconds = 0.04;
  #lastMediaSeconds = 0;
  #frameCallback = 0;
  #quietUntilMs = 0;
  #isClosed = false;
  #isFollowing = false;

  constructor(options: {
    video: HTMLVideoElement;
    originMs: number;
    startMs: number;
    onSnapshot: (snapshot: PlaybackSnapshot) => void;
  }) {
    this.#video = options.video;
    this.#originMs = options.originMs;
    this.#wantedMs = options.startMs;
    this.#onSnapshot = options.onSnapshot;
    this.#objectUrl = URL.createObjectURL(this.#mediaSource);
    this.#video.src = this.#objectUrl;
    this.#mediaSource.addEventListener('sourceopen', () => this.#pump(), { once: true });
    this.#ticker = setInterval(() => this.#pump(), tickMs);
    this.#watchFrames();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#ticker);
    this.#loading?.abort.abort();
    this.#video.cancelVideoFrameCallback(this.#frameCallback);
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#objectUrl);
  }

  setSegments(segments: readonly Segment[]): void {
    this.#pieces = segments.map(toPiece).sort((a, b) => a.startMs - b.startMs);
    this.#pump();
  }

  seek(timeMs: number): void {
    this.#wantedMs = timeMs;
    this.#update({ skipped: undefined, error: undefined });
    this.#pump();
  }

  play(): void {
    this.#update({ isPlaying: true, skipped: undefined });
    this.#pump();
  }

  pause(): void {
    this.#update({ isPlaying: false });
    this.#video.pause();
  }

  setRate(rate: number): void {
    this.#video.playbackRate = rate;
    this.#update({ rate });
  }

  /** One picture forward or back, paused. */
  step(direction: 1 | -1): void {
    this.pause();
    this.#video.currentTime = Math.max(0, this.#lastMediaSeconds + direction * this.#frameSeconds + 0.001);
  }

  /**
   * Shows a moment of a clock that other cameras follow too; called several times a second. Nothing is jumped over: where nothing was
   * recorded there is no picture.
   * @param clock `timeMs` epoch ms
   */
  follow(clock: { readonly timeMs: number; readonly rate: number; readonly isPlaying: boolean }): FollowState {
    this.#isFollowing = true;
    this.#wantedMs = undefined;
    const pieces = this.#pieces;
    if (!pieces || this.#mediaSource.readyState === 'closed') return 'loading';
    const { timeMs, rate, isPlaying } = clock;
    if (!pieceAt(pieces, timeMs)) {
      this.#video.pause();
      return 'gap';
    }
    const target = (timeMs - this.#originMs) / 1000;
    const drift = this.#video.currentTime - target;
    const allowed = isPlaying ? farthestSeconds * Math.max(1, rate) : 0.02;
    if (Math.abs(drift) > allowed && !this.#video.seeking) this.#video.currentTime = Math.max(0, target);
    this.#pump();
    if (!this.#isBuffered(target) || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      this.#video.pause();
      return 'loading';
    }
    if (!isPlaying) this.#video.pause();
    else {
      // A little slower or faster brings it back without a jump.
      this.#video.playbackRate = Math.min(16, rate * Math.min(1.15, Math.max(0.85, 1 - drift)));
      if (this.#video.paused) this.#video.play().catch(() => undefined);
    }
    return 'ready';
  }

  /** Where the next recording begins; undefined: there is none behind that time. */
  nextStartMs(timeMs: number): number | undefined {
    return this.#pieces && pieceAfter(this.#pieces, timeMs)?.startMs;
  }

  get #nowMs(): number {
    return this.#originMs + this.#video.currentTime * 1000;
  }

  #update(change: Partial<PlaybackSnapshot>): void {
    if (Object.entries(change).every(([name, value]) => this.#snapshot[name as keyof PlaybackSnapshot] === value))
      return;
    this.#snapshot = { ...this.#snapshot, ...change };
    if (!this.#isClosed) this.#onSnapshot(this.#snapshot);
  }

  #watchFrames(): void {
    this.#frameCallback = this.#video.requestVideoFrameCallback((_now, frame) => {
      const delta = frame.mediaTime - this.#lastMediaSeconds;
      if (delta > 0.005 && delta < 0.5) this.#frameSeconds = Math.min(delta, this.#frameSeconds * 1.5);
      this.#lastMediaSeconds = frame.mediaTime;
      this.#update({ timeMs: this.#originMs + frame.mediaTime * 1000, phase: 'ready', error: undefined });
      if (!this.#isClosed) this.#watchFrames();
    });
  }

  #pump(): void {
    const pieces = this.#pieces;
    if (this.#isClosed || !pieces || this.#mediaSource.readyState === 'closed') return;
    if (this.#wantedMs !== undefined) this.#goTo(pieces, this.#wantedMs);
    if (pieces.length === 0) return this.#update({ phase: 'nothing' });
    if (this.#buffer?.updating) return;
    this.#forget(pieces);
    this.#load(pieces);
    if (this.#isFollowing) return;
    this.#crossSeam(pieces);
    const shouldPlay = this.#snapshot.isPlaying && this.#isBuffered(this.#video.currentTime);
    // Refused only while the element has no data or is being closed; the next tick asks again.
    if (shouldPlay && this.#video.paused) this.#video.play().catch(() => undefined);
    if (this.#video.playbackRate !== this.#snapshot.rate) this.#video.playbackRate = this.#snapshot.rate;
  }

  #goTo(pieces: readonly Piece[], wantedMs: number): void {
    const landing = landingMs(pieces, wantedMs);
    if (landing === undefined) return;
    this.#wantedMs = undefined;
    this.#quietUntilMs = 0;
    this.#video.currentTime = Math.max(0, (landing - this.#originMs) / 1000);
    if (Math.abs(landing - wantedMs) > seamMs) {
      this.#update({ skipped: { fromMs: Math.min(wantedMs, landing), toMs: Math.max(wantedMs, landing) } });
    }
    if (!this.#isBuffered(this.#video.currentTime)) this.#update({ phase: 'loading' });
    const wanted = pieceAt(pieces, landing);
    if (this.#loading && wanted && this.#loading.key !== pieceKey(wanted)) this.#loading.abort.abort();
  }

  #isBuffered(seconds: number): boolean {
    const ranges = this.#video.buffered;
    for (let index = 0; index < ranges.length; index++) {
      if (ranges.start(index) - 0.02 <= seconds && seconds < ranges.end(index) - 0.02) return true;
    }
    return false;
  }

  #forget(pieces: readonly Piece[]): void {
    const [piece] = piecesToForget(pieces, this.#loaded, this.#nowMs, aheadMs);
    if (!piece || !this.#buffer || this.#buffer.updating) return;
    this.#loaded.delete(pieceKey(piece));
    this.#bytesOf.delete(piece.segmentId);
    this.#buffer.remove(Math.max(0, (piece.startMs - this.#originMs) / 1000), (piece.endMs - this.#originMs) / 1000);
  }

  #load(pieces: readonly Piece[]): void {
    if (this.#loading || performance.now() < this.#quietUntilMs) return;
    const piece = pieceToLoad(pieces, this.#loaded, this.#nowMs, aheadMs * Math.max(1, this.#snapshot.rate));
    if (!piece) return;
    const abort = new AbortController();
    this.#loading = { key: pieceKey(piece), abort };
    this.#fetch(piece, abort.signal)
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        this.#quietUntilMs = performance.now() + retryMs;
        // A segment that retention took meanwhile is no fault; the next timeline will not name it any more.
        if (error instanceof ApiProblem && error.problem.status === 404) this.#loaded.add(pieceKey(piece));
        else this.#update({ error });
      })
      .finally(() => {
        this.#loading = undefined;
        this.#pump();
      });
  }

  async #fetch(piece: Piece, signal: AbortSignal): Promise<void> {
    const format = playableFormat(piece.codec);
    if (!format) throw new ApiProblem(codecProblem(piece.codec));
    // The file that is being recorded grows: only what is new of it is fetched.
    const isGrowing = this.#lastSegmentId === piece.segmentId;
    const knownBytes = isGrowing ? (this.#bytesOf.get(piece.segmentId) ?? 0) : 0;
    const headers = knownBytes > 0 ? { range: `bytes=${knownBytes}-${piece.sizeBytes - 1}` } : undefined;
    const response = await request(piece.url, { signal, ...(headers ? { headers } : {}) });
    const bytes = await response.arrayBuffer();
    if (this.#isClosed || signal.aborted) return;
    if (format.hasSound) hideSound(bytes);
    const { mimeType } = format;
    const isNew = this.#buffer === undefined;
    const buffer = (this.#buffer ??= this.#mediaSource.addSourceBuffer(mimeType));
    // After it a head must come; what a file has grown by has none.
    if (!isNew && knownBytes === 0) buffer.changeType(mimeType);
    await this.#settled(buffer);
    buffer.timestampOffset = (piece.startMs - this.#originMs) / 1000;
    buffer.appendBuffer(bytes);
    await this.#settled(buffer);
    this.#loaded.add(pieceKey(piece));
    this.#bytesOf.set(piece.segmentId, piece.sizeBytes);
    this.#lastSegmentId = piece.segmentId;
  }

  async #settled(buffer: SourceBuffer): Promise<void> {
    if (!buffer.updating) return;
    await new Promise<void>((resolve) => buffer.addEventListener('updateend', () => resolve(), { once: true }));
  }

  /** At the end of what is there: over a seam or a gap to the next piece, or wait at the newest picture. */
  #crossSeam(pieces: readonly Piece[]): void {
    const seconds = this.#video.currentTime;
    if (this.#isBuffered(seconds) || this.#loading || this.#video.seeking) return;
    const ranges = this.#video.buffered;
    for (let index = 0; index < ranges.length; index++) {
      const start = ranges.start(index);
      if (start > seconds && start - seconds < seamMs / 1000) {
        this.#video.currentTime = start + 0.001;
        return;
      }
    }
    const here = pieceAt(pieces, this.#nowMs);
    if (here && !this.#loaded.has(pieceKey(here))) return;
    const next = pieceAfter(pieces, this.#nowMs);
    if (!next) return this.#update({ phase: 'end' });
    if (!this.#snapshot.isPlaying) return;
    if (next.startMs - this.#nowMs > seamMs) this.#update({ skipped: { fromMs: this.#nowMs, toMs: next.startMs } });
    this.#video.currentTime = (next.startMs - this.#originMs) / 1000 + 0.001;
  }
}
