import { randomInt } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import type { ClipPicture } from './clip.ts';
import { makePacketizer, type PicturePacketizer } from './make-packetizer.ts';
import type { PacingWheel } from './pacing-wheel.ts';
import { senderReport } from '../rtp/sender-report.ts';
import type { SimulatedCamera } from './simulated-camera.ts';

/** Where a playback's packets go: the RTSP connection itself, or a pair of UDP ports. */
export interface PacketSink {
  /** Bytes that the network has not taken yet. */
  readonly backlogSizeBytes: number;
  sendRtp(packets: readonly Buffer[]): void;
  sendRtcp(packet: Buffer): void;
}

const SENDER_REPORT_INTERVAL_MS = 5000;
/** About four seconds of 2 Mbit/s: who is that far behind gets no more until the next key frame. */
const MAX_BACKLOG_SIZE_BYTES = 1024 * 1024;
const CORRUPT_BYTES = 12;

/** One viewer of one camera: sends its pictures at the time they are due, from the next key frame on. */
export class CameraPlayback {
  readonly #camera: SimulatedCamera;
  readonly #sink: PacketSink;
  readonly #wheel: PacingWheel;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  readonly #timestampBase = randomInt(0, 2 ** 32 - 1);
  readonly #packetizer: PicturePacketizer;
  readonly #startedMs: number;
  #nextPicture: number;
  #isWaitingForKey = true;
  #cancelPicture: (() => void) | undefined;
  #cancelReport: (() => void) | undefined;
  #droppedPictures = 0;

  constructor(deps: {
    readonly camera: SimulatedCamera;
    readonly sink: PacketSink;
    readonly wheel: PacingWheel;
    readonly clock: Clock;
    readonly random: () => number;
  }) {
    this.#camera = deps.camera;
    this.#sink = deps.sink;
    this.#wheel = deps.wheel;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#packetizer = makePacketizer(deps.camera.clip.format, this.#ssrc);
    this.#startedMs = deps.clock.monotonicMs();
    this.#nextPicture = deps.camera.pictureNumberAt(deps.camera.mediaTime90k(this.#startedMs));
  }

  /** Of the first packet and the time now, for the RTP-Info header (RFC 2326 §12.33). */
  get rtpInfo(): { readonly sequenceNumber: number; readonly timestamp: number } {
    return {
      sequenceNumber: this.#packetizer.nextSequenceNumber,
      timestamp: this.#rtpTimestamp(this.#camera.mediaTime90k(this.#clock.monotonicMs())),
    };
  }

  /** Pictures that a slow client did not get. */
  get droppedPictures(): number {
    return this.#droppedPictures;
  }

  start(): void {
    this.#sendReport();
    this.#scheduleNext();
  }

  close(): void {
    this.#cancelPicture?.();
    this.#cancelReport?.();
  }

  get #clockJumpMs(): number {
    return this.#camera.fault('clock')?.jumpMs ?? 0;
  }

  #rtpTimestamp(mediaTime90k: number): number {
    const shifted = this.#timestampBase + mediaTime90k + this.#clockJumpMs * 90;
    return ((shifted % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  #sendReport(): void {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#camera.fault('stall')) {
      this.#sink.sendRtcp(
        senderReport({
          ssrc: this.#ssrc,
          wallMs: this.#clock.nowMs() + this.#camera.clockOffsetMs + this.#clockJumpMs,
          rtpTimestamp: this.#rtpTimestamp(this.#camera.mediaTime90k(nowMs)),
          packetsSent: this.#packetizer.packetsSent,
          octetsSent: this.#packetizer.octetsSent,
          canonicalName: `camera${this.#camera.path}`,
        }),
      );
    }
    this.#cancelReport = this.#wheel.schedule(nowMs + SENDER_REPORT_INTERVAL_MS, () => this.#sendReport());
  }

  #scheduleNext(): void {
    const { mediaTime90k } = this.#camera.picture(this.#nextPicture);
    this.#cancelPicture = this.#wheel.schedule(this.#camera.dueMs(mediaTime90k), () => {
      const nowMediaTime90k = this.#camera.mediaTime90k(this.#clock.monotonicMs());
      // More than one may be due after the machine was busy.
      for (;;) {
        const next = this.#camera.picture(this.#nextPicture);
        if (next.mediaTime90k > nowMediaTime90k) break;
        this.#nextPicture++;
        this.#send(next.picture, next.mediaTime90k);
      }
      this.#scheduleNext();
    });
  }

  #send(picture: ClipPicture, mediaTime90k: number): void {
    if (this.#camera.fault('stall')) {
      this.#isWaitingForKey = true;
      return;
    }
    const lateKey = this.#camera.fault('late-key');
    const isHeldBack = lateKey !== undefined && this.#clock.monotonicMs() - this.#startedMs < lateKey.delayMs;
    if (isHeldBack ? picture.isKeyFrame : this.#isWaitingForKey && !picture.isKeyFrame) return;
    if (this.#sink.backlogSizeBytes > MAX_BACKLOG_SIZE_BYTES) {
      this.#droppedPictures++;
      this.#isWaitingForKey = true;
      return;
    }
    if (picture.isKeyFrame) this.#isWaitingForKey = false;
    const corrupt = this.#camera.fault('corrupt');
    const isCorrupt = corrupt !== undefined && this.#random() < corrupt.ratio;
    const packets = this.#packetizer.packetize(
      {
        nalUnits: isCorrupt ? picture.nalUnits.map((nal) => this.#flipBytes(nal)) : picture.nalUnits,
        isKeyFrame: picture.isKeyFrame,
        format: this.#camera.clip.format,
      },
      this.#rtpTimestamp(mediaTime90k),
    );
    const loss = this.#camera.fault('loss');
    this.#sink.sendRtp(loss ? packets.filter(() => this.#random() >= loss.ratio) : packets);
  }

  /** NAL header and the first bytes of the slice header stay: the packets look sound, the picture is not. */
  #flipBytes(nal: Buffer): Buffer {
    const copy = Buffer.from(nal);
    for (let i = 0; i < CORRUPT_BYTES && copy.length > 8; i++) {
      const at = 8 + Math.floor(this.#random() * (copy.length - 8));
      copy[at] = (copy[at] ?? 0) ^ (1 + Math.floor(this.#random() * 255));
    }
    return copy;
  }
}
