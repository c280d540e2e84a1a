import { randomInt } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import { withReplayMark } from '../rtp/replay-extension.ts';
import type { PacketSink } from './camera-playback.ts';
import { makePacketizer, type PicturePacketizer } from './make-packetizer.ts';
import type { PacingWheel } from './pacing-wheel.ts';
import { goodbye } from '../rtp/sender-report.ts';
import type { SimulatedCamera } from './simulated-camera.ts';
import type { SimulatedCard } from './simulated-card.ts';

export interface CardPlaybackDeps {
  readonly camera: SimulatedCamera;
  readonly card: SimulatedCard;
  /** On the clock of the camera. */
  readonly fromDeviceMs: number;
  readonly toDeviceMs: number;
  /** Of the PLAY that asked for it. */
  readonly cseq: number;
  readonly sink: PacketSink;
  readonly wheel: PacingWheel;
  readonly clock: Clock;
  /** For the fault that breaks the connection. */
  readonly breakOff: () => void;
}

interface Recorded {
  readonly number: number;
  readonly isAfterHole: boolean;
}

const MAX_BACKLOG_SIZE_BYTES = 256 * 1024;
const MAX_SENT_TOGETHER = 100;
const STEP_MS = 5;
const LONGEST_LOOK_MS = 60_000;

/**
 * Plays back a range of a camera's card without pacing: as fast as the connection takes it. It begins at the last key frame at
 * or before the range; after a stretch that was not recorded it goes on with the next key frame.
 */
export class CardPlayback {
  readonly #deps: CardPlaybackDeps;
  readonly #packetizer: PicturePacketizer;
  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  readonly #timestampBase = randomInt(0, 2 ** 32 - 1);
  readonly #endMs: number;
  #next: Recorded | undefined;
  #sent = 0;
  #startedMs = 0;
  #cancel: (() => void) | undefined;

  constructor(deps: CardPlaybackDeps) {
    this.#deps = deps;
    const { camera, clock, fromDeviceMs, toDeviceMs } = deps;
    this.#packetizer = makePacketizer(deps.camera.clip.format, this.#ssrc);
    this.#endMs = Math.min(toDeviceMs - camera.clockOffsetMs, clock.nowMs());
    const fromMs = Math.max(fromDeviceMs - camera.clockOffsetMs, deps.card.earliestMs(clock.nowMs()));
    this.#next = this.#from(this.#keyBefore(fromMs), true);
  }

  /** False: there is nothing in the range. */
  get hasPictures(): boolean {
    return this.#next !== undefined;
  }

  start(): void {
    this.#startedMs = this.#deps.clock.monotonicMs();
    this.#schedule();
  }

  close(): void {
    this.#cancel?.();
  }

  #schedule(): void {
    const { wheel, clock } = this.#deps;
    this.#cancel = wheel.schedule(clock.monotonicMs() + STEP_MS, () => {
      for (let count = 0; count < MAX_SENT_TOGETHER && this.#maySend(); count++) this.#send();
      if (this.#next) this.#schedule();
    });
  }

  #maySend(): boolean {
    const { card, sink, clock } = this.#deps;
    if (!this.#next || sink.backlogSizeBytes > MAX_BACKLOG_SIZE_BYTES) return false;
    const { fault } = card;
    if (fault?.kind !== 'slow') return true;
    return this.#sent < ((clock.monotonicMs() - this.#startedMs) / 1000) * fault.picturesPerSecond;
  }

  #send(): void {
    const { camera, card, cseq, sink, breakOff } = this.#deps;
    const current = this.#next;
    if (!current) return;
    const { picture, mediaTime90k } = camera.picture(current.number);
    this.#next = this.#from(current.number + 1, false);
    const { fault } = card;
    const packets = this.#packetizer.packetize(
      { nalUnits: picture.nalUnits, isKeyFrame: picture.isKeyFrame, format: camera.clip.format },
      (((this.#timestampBase + mediaTime90k) % 2 ** 32) + 2 ** 32) % 2 ** 32,
    );
    const isQuiet = fault?.kind === 'quiet-end';
    const mark = {
      deviceMs: camera.wallMsOf(mediaTime90k) + camera.clockOffsetMs,
      isCleanPoint: picture.isKeyFrame,
      isEndOfSection: this.#next === undefined ? !isQuiet : this.#next.isAfterHole,
      isDiscontinuity: current.isAfterHole,
      isTerminal: this.#next === undefined && !isQuiet,
      cseq,
    };
    // It is enough on the first packet of a picture.
    const marked = packets.map((packet, index) =>
      index === 0 && fault?.kind !== 'untimed' ? withReplayMark(packet, mark) : packet,
    );
    sink.sendRtp(marked);
    this.#sent++;
    if (fault?.kind === 'cut' && this.#sent >= fault.afterPictures) {
      this.#next = undefined;
      breakOff();
    } else if (!this.#next && !isQuiet) sink.sendRtcp(goodbye(this.#ssrc));
  }

  /** The first recorded picture from this number on; behind a hole the next key frame. */
  #from(number: number, needsKey: boolean): Recorded | undefined {
    const { camera, card, clock } = this.#deps;
    let isAfterHole = needsKey;
    for (let at = number; ; at++) {
      const { picture, mediaTime90k } = camera.picture(at);
      const wallMs = camera.wallMsOf(mediaTime90k);
      if (wallMs >= this.#endMs) return undefined;
      if (!card.isRecorded(wallMs, clock.nowMs())) isAfterHole = true;
      else if (!isAfterHole || picture.isKeyFrame) return { number: at, isAfterHole: isAfterHole && !needsKey };
    }
  }

  #keyBefore(wallMs: number): number {
    const { camera } = this.#deps;
    const first = camera.pictureNumberAt(camera.mediaTimeAt90k(wallMs));
    for (let at = first; ; at--) {
      const { picture, mediaTime90k } = camera.picture(at);
      const atMs = camera.wallMsOf(mediaTime90k);
      if (picture.isKeyFrame && atMs <= wallMs) return at;
      if (atMs < wallMs - LONGEST_LOOK_MS) return first;
    }
  }
}

/** `clock=20261123T180405.25Z-20261123T180410Z`; without an end: to the newest picture. @see RFC 2326 §3.7 */
export function parseClockRange(text: string | undefined): { fromMs: number; toMs: number } | undefined {
  const match = /^\s*clock\s*=\s*(\d{8}T\d{6}(?:\.\d{1,9})?Z)\s*-\s*(\d{8}T\d{6}(?:\.\d{1,9})?Z)?\s*$/i.exec(
    text ?? '',
  );
  if (!match) return undefined;
  const fromMs = readClock(match[1]);
  const toMs = match[2] === undefined ? Number.POSITIVE_INFINITY : readClock(match[2]);
  return Number.isNaN(fromMs) || Number.isNaN(toMs) || toMs <= fromMs ? undefined : { fromMs, toMs };
}

function readClock(text = ''): number {
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/i.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + Number(fraction || 0) * 1000;
}
