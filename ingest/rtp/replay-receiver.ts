import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit, VideoCodec } from '../media.ts';
import { h264Depacketizer } from './h264-depacketizer.ts';
import { h265Depacketizer } from './h265-depacketizer.ts';
import { type ReplayMark, readReplayMark } from './replay-extension.ts';
import { parseRtcp } from './rtcp.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { ReceiverCounters, TrackReceiver } from './track-receiver.ts';
import type { EncodedPicture, VideoDepacketizer } from './video-depacketizer.ts';

export interface ReplayReceiverDeps {
  readonly codec: VideoCodec;
  readonly payloadType: number;
  readonly parameterSets: readonly Uint8Array[];
  readonly clock: Clock;
  /** `wallMs` is on the clock of the device; `pts90k` counts from the first picture of the replay. */
  onAccessUnit(unit: AccessUnit): void;
  /** The device said that this is all. */
  onEnd(): void;
}

/** Marks of pictures whose packets are still coming. */
const KEPT_MARKS = 16;
/** A mark that is this far from what the RTP time stamps say belongs behind a stretch that was not recorded. */
const SAME_SECTION_MS = 500;

/**
 * RTP and RTCP of one replayed video track in, access units with the times that the device wrote beside them out. A picture
 * without such a time gets it from its RTP time stamp, as long as one came before it. Plain and synchronous.
 */
export class ReplayReceiver implements TrackReceiver {
  readonly #deps: ReplayReceiverDeps;
  readonly #depacketizer: VideoDepacketizer;
  readonly #sequence = new SequenceTracker();
  /** By RTP time stamp. */
  readonly #marks = new Map<number, ReplayMark>();
  #last: { readonly timestamp: number; readonly deviceMs: number } | undefined;
  #firstMs: number | undefined;
  #terminal: number | undefined;
  #packets = 0;
  #lostPackets = 0;
  #malformed = 0;
  #accessUnits = 0;
  #untimed = 0;
  #sizeBytes = 0;
  #isEndOfSection = false;

  constructor(deps: ReplayReceiverDeps) {
    this.#deps = deps;
    this.#depacketizer = (deps.codec === 'h265' ? h265Depacketizer : h264Depacketizer)(deps.parameterSets);
  }

  get counters(): ReceiverCounters {
    return {
      packets: this.#packets,
      lostPackets: this.#lostPackets,
      malformed: this.#malformed + this.#depacketizer.malformed,
      accessUnits: this.#accessUnits,
      sizeBytes: this.#sizeBytes,
    };
  }

  /** Pictures that were left out because the device did not say when they were taken. */
  get untimed(): number {
    return this.#untimed;
  }

  /** The device said of its newest picture that nothing was recorded right after it. */
  get isEndOfSection(): boolean {
    return this.#isEndOfSection;
  }

  takeRtp(whole: Buffer, start = 0, end = whole.length): boolean {
    const bytes = whole.subarray(start, end);
    const packet = parseRtpPacket(bytes);
    if (!packet) {
      this.#malformed++;
      return false;
    }
    if (packet.payloadType !== this.#deps.payloadType) return false;
    this.#packets++;
    this.#sizeBytes += bytes.length;
    const step = this.#sequence.push(packet.sequenceNumber);
    if (!step.isNew) return true;
    this.#lostPackets += step.lost;
    const mark = readReplayMark(bytes);
    if (mark) this.#keep(packet.timestamp, mark);
    for (const picture of this.#depacketizer.push(packet, step.lost)) this.#emit(picture);
    if (packet.marker && packet.timestamp === this.#terminal) this.#end();
    return true;
  }

  takeRtcp(bytes: Buffer): boolean {
    const isDone = parseRtcp(bytes).some(({ kind }) => kind === 'bye');
    if (isDone) this.#end();
    return isDone;
  }

  /** Nobody listens to reports on a replay over TCP. */
  receiverReport(): undefined {
    return undefined;
  }

  #end(): void {
    const last = this.#depacketizer.flush();
    if (last) this.#emit(last);
    this.#deps.onEnd();
  }

  #keep(timestamp: number, mark: ReplayMark): void {
    this.#marks.set(timestamp, mark);
    if (mark.isTerminal) this.#terminal = timestamp;
    for (const old of this.#marks.keys()) {
      if (this.#marks.size <= KEPT_MARKS) break;
      this.#marks.delete(old);
    }
  }

  #emit(picture: EncodedPicture): void {
    const { timestamp } = picture;
    const mark = this.#marks.get(timestamp);
    const reckoned = this.#last && this.#last.deviceMs + ((timestamp - this.#last.timestamp) | 0) / 90;
    const deviceMs = mark?.deviceMs ?? reckoned;
    if (deviceMs === undefined) {
      this.#untimed++;
      return;
    }
    this.#isEndOfSection = mark?.isEndOfSection ?? false;
    const isSameSection = reckoned !== undefined && Math.abs(reckoned - deviceMs) < SAME_SECTION_MS;
    if (mark || isSameSection) this.#last = { timestamp, deviceMs };
    this.#firstMs ??= deviceMs;
    this.#accessUnits++;
    this.#deps.onAccessUnit({
      format: picture.format,
      pts90k: Math.round((deviceMs - this.#firstMs) * 90),
      wallMs: deviceMs,
      arrivedMs: this.#deps.clock.monotonicMs(),
      isKeyFrame: picture.isKeyFrame,
      nalUnits: picture.nalUnits,
      sizeBytes: picture.sizeBytes,
      damaged: picture.damaged,
    });
  }
}
