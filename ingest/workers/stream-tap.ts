import type { StreamHub } from '../hub/stream-hub.ts';
import type { AccessUnit, AudioFrame, GapCause } from '../media.ts';
import type { ToIngest, Wanted } from './ingest-messages.ts';
import { type EntryOrigin, machineMs, type RingWriter } from './media-ring.ts';

export interface StreamTapDeps {
  readonly streamNumber: number;
  readonly hub: StreamHub;
  readonly ring: RingWriter;
  /** Something lies in the ring and the main thread does not know yet. */
  tell(): void;
  onRefused(): void;
}

type Want = Extract<ToIngest, { kind: 'want' }>;

/** In an ingest thread: hands what somebody on the main thread wants of one stream to the ring, and nothing else. */
export class StreamTap {
  readonly #deps: StreamTapDeps;
  #detach: (() => void) | undefined;
  #isPatient = false;
  #wanted: Wanted = 'nothing';
  #wantsAudio = false;
  #epoch = 0;
  /** Something was refused: only a key frame makes sense again. */
  #waitsForKeyFrame = false;
  #untoldBreak: GapCause | undefined;
  /** Of what was remembered, everything went in: said when there is room. */
  #owesBegun = false;

  constructor(deps: StreamTapDeps) {
    this.#deps = deps;
  }

  want({ units, audio, epoch, replay }: Want): void {
    this.#wantsAudio = audio;
    // Only sound was asked for or declined: the pictures go on.
    if (epoch === this.#epoch && this.#detach) return;
    this.#epoch = epoch;
    this.#wanted = units;
    this.#waitsForKeyFrame = false;
    this.#owesBegun = false;
    if (units === 'nothing') {
      this.close();
      return;
    }
    const { hub } = this.#deps;
    const keyFrame = hub.latestKeyFrame();
    const remembered = replay === 'gop' ? hub.currentGop() : replay === 'key-frame' && keyFrame ? [keyFrame] : [];
    for (const unit of remembered) if (!this.#waitsForKeyFrame) this.#offer(unit, true);
    if (replay !== 'nothing') {
      this.#owesBegun = true;
      this.#payDebts();
    }
    // Who asks for key frames alone shows no moving pictures to anybody.
    const isPatient = units === 'key-frames' && !audio;
    if (this.#detach && isPatient !== this.#isPatient) this.close();
    this.#isPatient = isPatient;
    this.#detach ??= hub.attach({
      name: 'main-thread',
      letsGo: true,
      ...(isPatient ? { isPatient } : {}),
      onAccessUnit: (unit) => this.#take(unit),
      onAudioFrame: (frame) => this.#takeAudio(frame),
      onDiscontinuity: (cause) => this.#break(cause),
    });
    this.#deps.tell();
  }

  close(): void {
    this.#detach?.();
    this.#detach = undefined;
  }

  #take(unit: AccessUnit): void {
    if (!unit.isKeyFrame && (this.#wanted !== 'all' || this.#waitsForKeyFrame)) return;
    if (!this.#payDebts()) {
      this.#refuse();
      return;
    }
    this.#offer(unit, false);
    this.#deps.tell();
  }

  #takeAudio(frame: AudioFrame): void {
    if (!this.#wantsAudio || this.#waitsForKeyFrame || !this.#payDebts()) return;
    if (!this.#deps.ring.writeAudio(this.#origin(false), frame)) this.#deps.onRefused();
    this.#deps.tell();
  }

  #break(cause: GapCause): void {
    this.#untoldBreak = cause;
    this.#payDebts();
    this.#deps.tell();
  }

  #offer(unit: AccessUnit, isReplay: boolean): void {
    const isTaken = this.#deps.ring.writeUnit(this.#origin(isReplay), unit, SHIFT_MS);
    if (isTaken) this.#waitsForKeyFrame = false;
    else this.#refuse();
  }

  #refuse(): void {
    this.#waitsForKeyFrame = true;
    this.#deps.onRefused();
  }

  /** Marks that the reader must not miss; they go in before the next unit. @returns false while there is no room */
  #payDebts(): boolean {
    const { ring } = this.#deps;
    if (this.#untoldBreak !== undefined) {
      if (!ring.writeBroken(this.#origin(false), this.#untoldBreak)) return false;
      this.#untoldBreak = undefined;
    }
    if (this.#owesBegun) {
      if (!ring.writeBegun(this.#origin(true))) return false;
      this.#owesBegun = false;
    }
    return true;
  }

  #origin(isReplay: boolean): EntryOrigin {
    return { streamNumber: this.#deps.streamNumber, epoch: this.#epoch, isReplay };
  }
}

/** From this thread's monotonic clock to the machine's. */
const SHIFT_MS = machineMs() - performance.now();
