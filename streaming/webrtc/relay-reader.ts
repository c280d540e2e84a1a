import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import type { StreamReader } from '#ingest/hub/readable-hub.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { H264Packetizer } from '#ingest/rtp/h264-packetizer.ts';
import { senderReport } from '#ingest/rtp/sender-report.ts';
import { NO_PLAYOUT_DELAY } from './playout-delay.ts';
import { ProducerFeed } from './producer-feed.ts';
import { RtpTimeline } from './rtp-timeline.ts';
import { TimestampClock } from './timestamp-clock.ts';
import type { WorkerChannel } from './worker-channel.ts';

export const PAYLOAD_TYPE = 102;
/** Small enough for every path that WebRTC meets (1,200 bytes is what browsers use). */
const MAX_PAYLOAD_BYTES = 1150;
const REPORT_EVERY_MS = 1000;
/** Times between reports that are looked at for the rate: a second with a key frame in it is no measure of others. */
const RATES_KEPT = 5;

/** Packets are handed on, and copied, as soon as they are made: all readers make them in the same memory. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024);

export interface RelayReaderDeps {
  readonly producer: types.Producer;
  readonly intake: types.DirectTransport;
  readonly channel: WorkerChannel | undefined;
  readonly ssrc: number;
  readonly cameraId: string;
  readonly clock: Clock;
  /** The camera sends what the relay cannot carry: its tiles end, and ask again. */
  readonly onOtherCodec: () => void;
}

/**
 * Turns the access units of one stream into RTP for the relay, beginning with a key frame. Sender reports go with it: by
 * them the relay lays the sub- and the main stream of a camera on one time line, so that a tile can change over.
 */
export class RelayReader implements StreamReader {
  readonly name = 'webrtc-relay';
  readonly #deps: RelayReaderDeps;
  readonly #packetizer: H264Packetizer;
  readonly #feed: ProducerFeed;
  readonly #timeline = new RtpTimeline();
  readonly #timestamps = new TimestampClock();
  #hasKeyFrame = false;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #lastPictureMs: number | undefined;
  #keyFrames = 0;
  #octetsReported = 0;
  /** Of the times between the last reports. */
  #rates: number[] = [];

  constructor(deps: RelayReaderDeps) {
    this.#deps = deps;
    this.#feed = new ProducerFeed(deps.producer, deps.channel);
    this.#packetizer = new H264Packetizer({
      ssrc: deps.ssrc,
      payloadType: PAYLOAD_TYPE,
      firstSequenceNumber: randomInt(2 ** 16),
      maxPayloadSizeBytes: MAX_PAYLOAD_BYTES,
      keyFrameExtension: NO_PLAYOUT_DELAY,
      allocate: (sizeBytes) => (sizeBytes <= scratch.length ? scratch : Buffer.allocUnsafe(sizeBytes)),
    });
  }

  /** Monotonic milliseconds of the newest picture that went to the relay; undefined before the first. */
  get lastPictureMs(): number | undefined {
    return this.#lastPictureMs;
  }

  /** Sent so far. */
  get keyFrames(): number {
    return this.#keyFrames;
  }

  /** What it sent in the last seconds; undefined in the first. */
  get bitsPerSecond(): number | undefined {
    const { length } = this.#rates;
    return length === 0 ? undefined : this.#rates.reduce((sum, rate) => sum + rate, 0) / length;
  }

  onAccessUnit(unit: AccessUnit): void {
    const { producer, onOtherCodec, clock } = this.#deps;
    if (unit.format.codec !== 'h264') return onOtherCodec();
    // A relay process that takes nothing gets nothing more, and begins anew with a key frame.
    this.#hasKeyFrame = (this.#hasKeyFrame || unit.isKeyFrame) && !this.#feed.isFull;
    if (!this.#hasKeyFrame || producer.closed) return;
    this.#send([unit], [this.#timeline.map(unit.pts90k, unit.arrivedMs)], clock.monotonicMs());
  }

  /**
   * Sends an open group of pictures after the fact, so that a viewer need not wait for the next key frame. Only where nobody
   * else watches: he would see the pictures of the last seconds again.
   *
   * @param units from a key frame on, in decoding order
   */
  catchUp(units: readonly AccessUnit[]): void {
    const last = units.at(-1);
    const isFit = units[0]?.isKeyFrame === true && units.every(({ format }) => format.codec === 'h264');
    if (!last || !isFit || this.#deps.producer.closed || this.#feed.isFull) return;
    this.#hasKeyFrame = true;
    this.#send(units, this.#timeline.squeeze(units.length, last), this.#deps.clock.monotonicMs());
  }

  /** The stream broke off, or is not wanted for a while: goes on at the next key frame. */
  onDiscontinuity(): void {
    this.#hasKeyFrame = false;
  }

  /** @param timestamps RTP, one for each unit */
  #send(units: readonly AccessUnit[], timestamps: readonly number[], nowMs: number): void {
    const last = timestamps.at(-1) ?? 0;
    this.#lastPictureMs = nowMs;
    const wallMs = this.#timestamps.wallMs(last, nowMs);
    // The relay takes a report only of a stream that it has met.
    const isFirst = this.#packetizer.packetsSent === 0;
    const isDue = nowMs - this.#reportedMs >= REPORT_EVERY_MS;
    if (isDue && !isFirst) this.#report(last, wallMs, nowMs);
    for (const [index, unit] of units.entries()) {
      if (unit.isKeyFrame) this.#keyFrames++;
      this.#feed.send(this.#packetizer.packetize(unit, timestamps[index] ?? last));
    }
    if (isDue && isFirst) this.#report(last, wallMs, nowMs);
  }

  #report(rtpTimestamp: number, wallMs: number, nowMs: number): void {
    const { intake, ssrc, cameraId } = this.#deps;
    if (intake.closed) return;
    const { packetsSent, octetsSent } = this.#packetizer;
    const sinceMs = nowMs - this.#reportedMs;
    if (this.#octetsReported > 0)
      this.#rates = [...this.#rates, ((octetsSent - this.#octetsReported) * 8000) / sinceMs].slice(-RATES_KEPT);
    this.#reportedMs = nowMs;
    this.#octetsReported = octetsSent;
    intake.sendRtcp(senderReport({ ssrc, wallMs, rtpTimestamp, packetsSent, octetsSent, canonicalName: cameraId }));
  }
}
