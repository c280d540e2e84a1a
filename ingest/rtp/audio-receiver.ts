import type { Clock } from '#infra/runtime/clock.ts';
import type { AudioFormat, AudioFrame } from '../media.ts';
import type { AudioDepacketizer } from './audio-depacketizer.ts';
import { MediaTimeline } from './media-timeline.ts';
import { buildReceiverReport, parseRtcp } from './rtcp.ts';
import { parseRtpPacket, type RtpPacket } from './rtp-packet.ts';
import { type ClockOffsets, SenderClock } from './sender-clock.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { ReceiverCounters, TrackReceiver } from './track-receiver.ts';
import { TrackAligner } from './track-aligner.ts';

export interface AudioReceiverDeps {
  readonly payloadType: number;
  readonly format: AudioFormat;
  readonly depacketizer: AudioDepacketizer;
  readonly clock: Clock;
  /** How the pictures' media time stands to wall time; undefined before the first picture. */
  pictureOffsets(): ClockOffsets | undefined;
  onAudioFrame(frame: AudioFrame): void;
}

interface SenderReport {
  readonly wallMs: number;
  readonly rtpTimestamp: number;
  readonly arrivedWallMs: number;
}

/** A report this far from the sound belongs to another clock. */
const MAX_REPORT_DISTANCE_90K = 10 * 90_000;

/**
 * RTP and RTCP of one sound track in, frames on the time line of the pictures out. Plain and synchronous. Sound that
 * comes before the first picture is left out: there is no time line yet.
 */
export class AudioReceiver implements TrackReceiver {
  readonly #deps: AudioReceiverDeps;
  readonly #sequence = new SequenceTracker();
  readonly #timeline: MediaTimeline;
  readonly #senderClock = new SenderClock();
  readonly #aligner = new TrackAligner();
  readonly #receiverSsrc = Math.floor(Math.random() * 2 ** 32);
  #pendingReport: SenderReport | undefined;
  #lastReport: { readonly ntpMiddle: number; readonly arrivedMs: number } | undefined;
  #ssrc = 0;
  #packets = 0;
  #lostPackets = 0;
  #malformedPackets = 0;
  #frames = 0;
  #sizeBytes = 0;

  constructor(deps: AudioReceiverDeps) {
    this.#deps = deps;
    this.#timeline = new MediaTimeline(deps.format.sampleRateHz);
  }

  get counters(): ReceiverCounters {
    return {
      packets: this.#packets,
      lostPackets: this.#lostPackets,
      malformed: this.#malformedPackets + this.#deps.depacketizer.malformed,
      accessUnits: this.#frames,
      sizeBytes: this.#sizeBytes,
    };
  }

  takeRtp(whole: Buffer, start = 0, end = whole.length): boolean {
    const bytes = whole.subarray(start, end);
    const packet = parseRtpPacket(bytes);
    if (!packet) {
      this.#malformedPackets++;
      return false;
    }
    if (packet.payloadType !== this.#deps.payloadType) return false;
    this.#packets++;
    this.#sizeBytes += bytes.length;
    this.#ssrc = packet.ssrc;
    const step = this.#sequence.push(packet.sequenceNumber);
    if (!step.isNew) return true;
    this.#lostPackets += step.lost;
    this.#emit(packet, step.lost);
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

  #applyReport(): void {
    const report = this.#pendingReport;
    const reported90k = this.#timeline.peek(report?.rtpTimestamp ?? 0);
    if (!report || reported90k === undefined) return;
    this.#pendingReport = undefined;
    if (Math.abs(reported90k - this.#timeline.lastPts90k) > MAX_REPORT_DISTANCE_90K) return;
    this.#senderClock.senderReport(report.wallMs, reported90k, report.arrivedWallMs);
  }

  #emit(packet: RtpPacket, lost: number): void {
    const deps = this.#deps;
    const { clock, depacketizer, format } = deps;
    const pieces = depacketizer.push(packet, lost);
    const [first] = pieces;
    if (!first) return;
    const ticksPerSample = 90_000 / format.sampleRateHz;
    const jumpsBefore = this.#timeline.jumps;
    const packetSamples = pieces.reduce((sum, { samples }) => sum + samples, 0);
    const sound90k = this.#timeline.pts90k(
      packet.timestamp,
      clock.monotonicMs(),
      Math.round(packetSamples * ticksPerSample),
    );
    if (this.#timeline.jumps !== jumpsBefore) this.#senderClock.forgetReports();
    this.#applyReport();
    const wallMs = this.#senderClock.wallMs(sound90k, clock.nowMs());
    const pictures = deps.pictureOffsets();
    const sound = this.#senderClock.offsets;
    if (!pictures || !sound) return;
    const start90k = sound90k + this.#aligner.shift90k(sound, pictures, sound90k);
    for (const { bytes, samples, offsetSamples } of pieces) {
      const offset90k = offsetSamples * ticksPerSample;
      this.#frames++;
      deps.onAudioFrame({
        format,
        pts90k: Math.round(start90k + offset90k),
        wallMs: Math.round(wallMs + offset90k / 90),
        samples,
        bytes,
      });
    }
  }
}
