import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit, VideoCodec, VideoFormat } from '../media.ts';
import { h264Depacketizer } from './h264-depacketizer.ts';
import { h265Depacketizer } from './h265-depacketizer.ts';
import { MediaTimeline } from './media-timeline.ts';
import { buildReceiverReport, parseRtcp } from './rtcp.ts';
import { RtpHeader } from './rtp-packet.ts';
import { type ClockOffsets, SenderClock } from './sender-clock.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { ReceiverCounters, TrackReceiver } from './track-receiver.ts';
import type { EncodedPicture, VideoDepacketizer } from './video-depacketizer.ts';
import { framesPerSecondOf } from './video-parameters.ts';

export interface VideoReceiverDeps {
  readonly codec: VideoCodec;
  readonly payloadType: number;
  readonly parameterSets: readonly Uint8Array[];
  readonly clock: Clock;
  /** True while it is not known when packets came, only when they were read, many at once. @default false */
  arrivesInTurns?(): boolean;
  onAccessUnit(unit: AccessUnit): void;
}

interface SenderReport {
  readonly wallMs: number;
  readonly rtpTimestamp: number;
  readonly arrivedWallMs: number;
}

/** A report this far from the pictures belongs to another clock. */
const MAX_REPORT_DISTANCE_90K = 10 * 90_000;

/** RTP and RTCP of one video track in, access units with their times out. Plain and synchronous. */
export class VideoReceiver implements TrackReceiver {
  readonly #deps: VideoReceiverDeps;
  readonly #depacketizer: VideoDepacketizer;
  readonly #header = new RtpHeader();
  readonly #sequence = new SequenceTracker();
  readonly #timeline = new MediaTimeline();
  readonly #senderClock = new SenderClock();
  readonly #receiverSsrc = Math.floor(Math.random() * 2 ** 32);
  #pendingReport: SenderReport | undefined;
  #lastReport: { readonly ntpMiddle: number; readonly arrivedMs: number } | undefined;
  #period: { readonly format: VideoFormat; readonly ticks: number | undefined } | undefined;
  #ssrc = 0;
  #packets = 0;
  #lostPackets = 0;
  #malformedPackets = 0;
  #accessUnits = 0;
  #sizeBytes = 0;

  constructor(deps: VideoReceiverDeps) {
    this.#deps = deps;
    const depacketizer = deps.codec === 'h265' ? h265Depacketizer : h264Depacketizer;
    this.#depacketizer = depacketizer(deps.parameterSets);
  }

  get format(): VideoFormat | undefined {
    return this.#depacketizer.format;
  }

  /** How media time stands to wall time, for the other tracks; undefined before the first picture. */
  get clockOffsets(): ClockOffsets | undefined {
    return this.#senderClock.offsets;
  }

  get counters(): ReceiverCounters {
    return {
      packets: this.#packets,
      lostPackets: this.#lostPackets,
      malformed: this.#malformedPackets + this.#depacketizer.malformed,
      accessUnits: this.#accessUnits,
      sizeBytes: this.#sizeBytes,
    };
  }

  takeRtp(bytes: Buffer, start = 0, end = bytes.length): boolean {
    const packet = this.#header;
    if (!packet.read(bytes, start, end)) {
      this.#malformedPackets++;
      return false;
    }
    if (packet.payloadType !== this.#deps.payloadType) return false;
    this.#packets++;
    this.#sizeBytes += end - start;
    this.#ssrc = packet.ssrc;
    const step = this.#sequence.push(packet.sequenceNumber);
    if (!step.isNew) return true;
    this.#lostPackets += step.lost;
    for (const picture of this.#depacketizer.take(packet, bytes, step.lost)) this.#emit(picture);
    return true;
  }

  takeRtcp(bytes: Buffer): boolean {
    let isDone = false;
    for (const notice of parseRtcp(bytes)) {
      if (notice.kind === 'bye') {
        isDone = true;
        continue;
      }
      this.#lastReport = { ntpMiddle: notice.ntpMiddle, arrivedMs: this.#deps.clock.monotonicMs() };
      this.#pendingReport = { ...notice, arrivedWallMs: this.#deps.clock.nowMs() };
      this.#applyReport();
    }
    if (isDone) {
      const last = this.#depacketizer.flush();
      if (last) this.#emit(last);
    }
    return isDone;
  }

  receiverReport(): Buffer | undefined {
    if (this.#packets === 0) return undefined;
    const sinceMs = this.#lastReport ? this.#deps.clock.monotonicMs() - this.#lastReport.arrivedMs : 0;
    return buildReceiverReport({
      receiverSsrc: this.#receiverSsrc,
      senderSsrc: this.#ssrc,
      ...this.#sequence.report(),
      lastReportNtpMiddle: this.#lastReport?.ntpMiddle ?? 0,
      delaySinceLastReportMs: sinceMs,
    });
  }

  #nominalPeriod90k(format: VideoFormat): number | undefined {
    if (this.#period?.format !== format) {
      const framesPerSecond = framesPerSecondOf(format);
      this.#period = {
        format,
        ticks: framesPerSecond === undefined ? undefined : Math.round(90_000 / framesPerSecond),
      };
    }
    return this.#period.ticks;
  }

  #applyReport(): void {
    const report = this.#pendingReport;
    const last = this.#timeline.peek(report?.rtpTimestamp ?? 0);
    if (!report || last === undefined) return;
    this.#pendingReport = undefined;
    if (Math.abs(last - this.#timeline.lastPts90k) > MAX_REPORT_DISTANCE_90K) return;
    this.#senderClock.senderReport(report.wallMs, last, report.arrivedWallMs);
  }

  #emit(picture: EncodedPicture): void {
    const { clock } = this.#deps;
    const arrivedMs = clock.monotonicMs();
    // The jitter that a report tells is that of the network, not of our turns to read.
    if (!this.#deps.arrivesInTurns?.()) this.#sequence.arrived(picture.timestamp, arrivedMs);
    const jumpsBefore = this.#timeline.jumps;
    const pts90k = this.#timeline.pts90k(picture.timestamp, arrivedMs, this.#nominalPeriod90k(picture.format));
    // The sender set its clock anew: what it reported of the old one no longer holds.
    if (this.#timeline.jumps !== jumpsBefore) this.#senderClock.forgetReports();
    this.#applyReport();
    this.#accessUnits++;
    this.#deps.onAccessUnit({
      format: picture.format,
      pts90k,
      wallMs: this.#senderClock.wallMs(pts90k, clock.nowMs()),
      arrivedMs,
      isKeyFrame: picture.isKeyFrame,
      nalUnits: picture.nalUnits,
      sizeBytes: picture.sizeBytes,
      damaged: picture.damaged,
    });
  }
}
