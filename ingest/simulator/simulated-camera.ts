import type { Clock } from '#infra/runtime/clock.ts';
import type { Credentials } from '../rtsp/rtsp-auth.ts';
import type { Clip, ClipPicture } from './clip.ts';
import type { SimulatedCard } from './simulated-card.ts';
import type { CameraFault, CameraFaultKind, ScheduledFault } from './faults.ts';

/** Where in wall time and monotonic time the simulator started; all cameras count from it. */
export interface Epoch {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * One camera that loops its clip whether somebody watches or not: which picture it shows is a function of the time alone.
 * Media time counts on over the end of the clip, so time stamps never jump.
 */
export class SimulatedCamera {
  readonly path: string;
  readonly clip: Clip;
  readonly credentials: Credentials | undefined;
  /** How far its clock is ahead of ours. */
  readonly clockOffsetMs: number;
  /** Undefined: it has none. */
  readonly card: SimulatedCard | undefined;
  readonly #phaseMs: number;
  readonly #epoch: Epoch;
  readonly #clock: Clock;
  #faults: readonly ScheduledFault[];

  constructor(options: {
    readonly path: string;
    readonly clip: Clip;
    readonly phaseMs: number;
    readonly credentials: Credentials | undefined;
    readonly clockOffsetMs?: number | undefined;
    readonly card?: SimulatedCard | undefined;
    readonly faults: readonly ScheduledFault[];
    readonly epoch: Epoch;
    readonly clock: Clock;
  }) {
    this.path = options.path;
    this.clip = options.clip;
    this.credentials = options.credentials;
    this.clockOffsetMs = options.clockOffsetMs ?? 0;
    this.card = options.card;
    this.#phaseMs = options.phaseMs;
    this.#epoch = options.epoch;
    this.#clock = options.clock;
    this.#faults = options.faults;
  }

  /** Media time now, 90 kHz, counted over all rounds of the clip. */
  mediaTime90k(monotonicMs: number): number {
    return Math.max(0, Math.floor((monotonicMs - this.#epoch.monotonicMs + this.#phaseMs) * 90));
  }

  /** When the picture of this media time is due, monotonic milliseconds. */
  dueMs(mediaTime90k: number): number {
    return this.#epoch.monotonicMs - this.#phaseMs + mediaTime90k / 90;
  }

  /** Media time of the picture that it shows, or showed, at this wall time: below 0 before the simulator started. */
  mediaTimeAt90k(wallMs: number): number {
    return Math.floor((wallMs - this.#epoch.wallMs + this.#phaseMs) * 90);
  }

  /** The reverse of {@link mediaTimeAt90k}, with the fraction of a millisecond. */
  wallMsOf(mediaTime90k: number): number {
    return this.#epoch.wallMs - this.#phaseMs + mediaTime90k / 90;
  }

  /** Position in the clip that is shown at this wall time. */
  clipPositionMs(wallMs: number): number {
    const durationMs = this.clip.duration90k / 90;
    const position = (wallMs - this.#epoch.wallMs + this.#phaseMs) % durationMs;
    return position < 0 ? position + durationMs : position;
  }

  /** Number of the first picture at or after this media time; numbers count on over the rounds. */
  pictureNumberAt(mediaTime90k: number): number {
    const { pictures, duration90k } = this.clip;
    const round = Math.floor(mediaTime90k / duration90k);
    const within = mediaTime90k - round * duration90k;
    let low = 0;
    let high = pictures.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pictures[middle]?.pts90k ?? Infinity) < within) low = middle + 1;
      else high = middle;
    }
    return round * pictures.length + low;
  }

  picture(number: number): { readonly picture: ClipPicture; readonly mediaTime90k: number } {
    const { pictures, duration90k } = this.clip;
    // It has looped for ever: numbers from before the simulator started are below 0.
    const round = Math.floor(number / pictures.length);
    const picture = pictures[number - round * pictures.length];
    if (!picture) throw new RangeError('picture number');
    return { picture, mediaTime90k: round * duration90k + picture.pts90k };
  }

  /** The fault of this kind that holds now. */
  fault<K extends CameraFaultKind>(kind: K): Extract<CameraFault, { kind: K }> | undefined {
    const elapsedMs = this.#clock.monotonicMs() - this.#epoch.monotonicMs;
    for (const { fault, fromMs, toMs } of this.#faults) {
      if (fault.kind === kind && elapsedMs >= fromMs && elapsedMs < toMs) {
        return fault as Extract<CameraFault, { kind: K }>;
      }
    }
    return undefined;
  }

  /** Puts one fault in place of all, from now on; null mends the camera. */
  setFault(fault: CameraFault | null): void {
    const fromMs = this.#clock.monotonicMs() - this.#epoch.monotonicMs;
    const isOnce = fault?.kind === 'disconnect';
    this.#faults = fault && !isOnce ? [{ fault, fromMs, toMs: Infinity }] : [];
  }

  /** Monotonic times at which its connections are to be closed. */
  get disconnectTimesMs(): readonly number[] {
    return this.#faults
      .filter(({ fault }) => fault.kind === 'disconnect')
      .map(({ fromMs }) => this.#epoch.monotonicMs + fromMs);
  }
}
