import { randomInt } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import { AudioPacketizer } from '../rtp/audio-packetizer.ts';
import type { PacketSink } from './camera-playback.ts';
import type { ClipSound } from './clip.ts';
import type { PacingWheel } from './pacing-wheel.ts';
import { senderReport } from '../rtp/sender-report.ts';
import { soundPayloadType } from './session-description.ts';
import type { SimulatedCamera } from './simulated-camera.ts';

const SENDER_REPORT_INTERVAL_MS = 5000;
const MAX_BACKLOG_SIZE_BYTES = 1024 * 1024;

/** The sound of one camera to one viewer, on the same clock as the pictures, round after round of the clip. */
export class SoundPlayback {
  readonly #camera: SimulatedCamera;
  readonly #sound: ClipSound;
  readonly #sink: PacketSink;
  readonly #wheel: PacingWheel;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ssrc = randomInt(1, 2 ** 32 - 1);
  readonly #timestampBase = randomInt(0, 2 ** 32 - 1);
  readonly #packetizer: AudioPacketizer;
  /** Number of the next frame, counted over all rounds. */
  #next: number;
  #cancelFrame: (() => void) | undefined;
  #cancelReport: (() => void) | undefined;

  constructor(deps: {
    readonly camera: SimulatedCamera;
    readonly sound: ClipSound;
    readonly sink: PacketSink;
    readonly wheel: PacingWheel;
    readonly clock: Clock;
    readonly random: () => number;
  }) {
    this.#camera = deps.camera;
    this.#sound = deps.sound;
    this.#sink = deps.sink;
    this.#wheel = deps.wheel;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#packetizer = new AudioPacketizer(deps.sound.format.codec, {
      ssrc: this.#ssrc,
      payloadType: soundPayloadType(deps.sound.format),
      firstSequenceNumber: randomInt(0, 2 ** 16),
    });
    const { frames } = deps.sound;
    const { duration90k } = deps.camera.clip;
    const now90k = deps.camera.mediaTime90k(deps.clock.monotonicMs());
    const round = Math.floor(now90k / duration90k);
    const within = frames.findIndex(({ pts90k }) => pts90k >= now90k - round * duration90k);
    this.#next = within < 0 ? (round + 1) * frames.length : round * frames.length + within;
  }

  /** Of the first packet and the time now, for the RTP-Info header (RFC 2326 §12.33). */
  get rtpInfo(): { readonly sequenceNumber: number; readonly timestamp: number } {
    return {
      sequenceNumber: this.#packetizer.nextSequenceNumber,
      timestamp: this.#rtpTimestamp(this.#camera.mediaTime90k(this.#clock.monotonicMs())),
    };
  }

  start(): void {
    this.#sendReport();
    this.#scheduleNext();
  }

  close(): void {
    this.#cancelFrame?.();
    this.#cancelReport?.();
  }

  get #clockJumpMs(): number {
    return this.#camera.fault('clock')?.jumpMs ?? 0;
  }

  #rtpTimestamp(mediaTime90k: number): number {
    const jumped90k = mediaTime90k + this.#clockJumpMs * 90;
    const samples = Math.round((jumped90k * this.#sound.format.sampleRateHz) / 90_000);
    return (((this.#timestampBase + samples) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  #frame(number: number): { readonly bytes: Buffer; readonly mediaTime90k: number } {
    const { frames } = this.#sound;
    const round = Math.floor(number / frames.length);
    const frame = frames[number - round * frames.length];
    if (!frame) throw new RangeError('frame number');
    return { bytes: frame.bytes, mediaTime90k: round * this.#camera.clip.duration90k + frame.pts90k };
  }

  #scheduleNext(): void {
    const { mediaTime90k } = this.#frame(this.#next);
    this.#cancelFrame = this.#wheel.schedule(this.#camera.dueMs(mediaTime90k), () => {
      const now90k = this.#camera.mediaTime90k(this.#clock.monotonicMs());
      for (;;) {
        const next = this.#frame(this.#next);
        if (next.mediaTime90k > now90k) break;
        this.#next++;
        this.#send(next.bytes, next.mediaTime90k);
      }
      this.#scheduleNext();
    });
  }

  #send(bytes: Buffer, mediaTime90k: number): void {
    if (this.#camera.fault('stall') || this.#sink.backlogSizeBytes > MAX_BACKLOG_SIZE_BYTES) return;
    const packets = this.#packetizer.packetize(bytes, this.#rtpTimestamp(mediaTime90k));
    const loss = this.#camera.fault('loss');
    this.#sink.sendRtp(loss ? packets.filter(() => this.#random() >= loss.ratio) : packets);
  }

  #sendReport(): void {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#camera.fault('stall'))
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
    this.#cancelReport = this.#wheel.schedule(nowMs + SENDER_REPORT_INTERVAL_MS, () => this.#sendReport());
  }
}
