import type { AccessUnit } from '../media.ts';
import { type KeyFrameInFile, keyFrameMark } from './key-frame-mark.ts';

export interface ReplayTrimmerOptions {
  /** What is missing, UTC epoch milliseconds on our time line. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The last key frame that is recorded before the missing part; undefined when there is none near it. */
  readonly before: Pick<KeyFrameInFile, 'mark' | 'atMs' | 'frames'> | undefined;
  /** The first one behind it. */
  readonly after: Pick<KeyFrameInFile, 'mark' | 'atMs'> | undefined;
}

/** The clocks of camera and recording may disagree by this much; so much more is asked for at both ends. */
export const MARGIN_MS = 6000;
/** Half of the shortest time between two pictures. */
const SLACK_MS = 15;
/** What is held back while it is open where to cut. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/**
 * Cuts what a card plays back to what is missing, at key frames, without a picture twice and without one left out. Where the
 * card holds the same encoding that was recorded, the key frames on both sides of the missing part are found again by their
 * content: that tells exactly how the clock of the camera stands to the recording. Where it does not, times must do.
 *
 * The group of pictures that the outage cut in two comes whole, from its key frame on: {@link replacesGroup} says that the
 * first half of it, in the recording before, is to go.
 */
export class ReplayTrimmer {
  readonly #options: ReplayTrimmerOptions;
  #phase: 'head' | 'middle' | 'tail' | 'done' = 'head';
  #held: AccessUnit[] = [];
  #heldBytes = 0;
  #shiftMs = 0;
  #replacesGroup = false;
  #hasBegun = false;

  constructor(options: ReplayTrimmerOptions) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#phase === 'done';
  }

  /** The first picture that came out begins the last group of the recording before. */
  get replacesGroup(): boolean {
    return this.#replacesGroup;
  }

  /** @param unit in decoding order, on our time line as well as it is known */
  push(unit: AccessUnit): readonly AccessUnit[] {
    if (this.#phase === 'done') return [];
    if (this.#phase !== 'head') return this.#onward({ ...unit, wallMs: unit.wallMs + this.#shiftMs });
    this.#hold(unit);
    const { fromMs, before } = this.#options;
    const untilMs = before ? fromMs + MARGIN_MS : fromMs;
    return unit.wallMs > untilMs || this.#heldBytes > MAX_HELD_BYTES ? this.#cutHead() : [];
  }

  /** The replay is over. */
  finish(): readonly AccessUnit[] {
    const head = this.#phase === 'head' ? this.#cutHead() : [];
    return [...head, ...(this.#isTail ? this.#cutTail() : [])];
  }

  get #isTail(): boolean {
    return this.#phase === 'tail';
  }

  #hold(unit: AccessUnit): void {
    this.#held.push(unit);
    this.#heldBytes += unit.sizeBytes;
  }

  #release(): readonly AccessUnit[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #cutHead(): readonly AccessUnit[] {
    const { before, fromMs } = this.#options;
    const held = this.#release();
    this.#phase = 'middle';
    const match = before && nearestMatch(held, before);
    let start = 0;
    if (before && match !== undefined) {
      this.#shiftMs = before.atMs - (held[match]?.wallMs ?? before.atMs);
      const next = held.findIndex((unit, index) => index > match && unit.isKeyFrame);
      // The recording before ends with a whole group.
      const isWhole = next - match === before.frames;
      start = isWhole ? next : match;
      this.#replacesGroup = !isWhole;
    } else {
      start = held.findIndex(({ isKeyFrame, wallMs }) => isKeyFrame && wallMs >= fromMs - SLACK_MS);
    }
    if (start < 0) return [];
    this.#hasBegun = true;
    return held.slice(start).flatMap((unit) => this.#onward({ ...unit, wallMs: unit.wallMs + this.#shiftMs }));
  }

  #onward(unit: AccessUnit): readonly AccessUnit[] {
    const { fromMs, toMs, after } = this.#options;
    if (this.#phase === 'done') return [];
    if (!this.#hasBegun) {
      if (!unit.isKeyFrame || unit.wallMs < fromMs - SLACK_MS) return [];
      this.#hasBegun = true;
    }
    const marginMs = after ? MARGIN_MS : 0;
    if (this.#phase === 'middle' && unit.wallMs < toMs - marginMs - SLACK_MS) return [unit];
    this.#phase = 'tail';
    this.#hold(unit);
    return unit.wallMs > toMs + marginMs || this.#heldBytes > MAX_HELD_BYTES ? this.#cutTail() : [];
  }

  #cutTail(): readonly AccessUnit[] {
    const { after, toMs } = this.#options;
    const held = this.#release();
    this.#phase = 'done';
    const match = after && nearestMatch(held, after);
    const end = match ?? held.findIndex(({ wallMs }) => wallMs >= toMs - SLACK_MS);
    return end < 0 ? held : held.slice(0, end);
  }
}

/** Pictures of a scene that stands still may be the same twice: the nearest counts. */
function nearestMatch(held: readonly AccessUnit[], wanted: Pick<KeyFrameInFile, 'mark' | 'atMs'>): number | undefined {
  let best: number | undefined;
  let bestMs = MARGIN_MS + 1000;
  for (const [index, unit] of held.entries()) {
    const distanceMs = Math.abs(unit.wallMs - wanted.atMs);
    if (!unit.isKeyFrame || distanceMs >= bestMs || keyFrameMark(unit) !== wanted.mark) continue;
    best = index;
    bestMs = distanceMs;
  }
  return best;
}
