import type { ReceiverCounters } from './rtp/track-receiver.ts';

export interface StreamRates {
  readonly bitrateKbps: number;
  readonly framesPerSecond: number;
  /** 0..1 */
  readonly lossRatio: number;
}

interface Sample {
  readonly atMs: number;
  readonly counters: ReceiverCounters;
}

const RATE_WINDOW_MS = 5000;
const LOSS_WINDOW_MS = 10_000;
const SILENT: StreamRates = { bitrateKbps: 0, framesPerSecond: 0, lossRatio: 0 };

/** Turns the counters of one session, sampled about every second, into rates: over 5 s, loss over 10 s. */
export class StreamMeter {
  #samples: Sample[] = [];

  sample(atMs: number, counters: ReceiverCounters): void {
    this.#samples.push({ atMs, counters });
    this.#samples = this.#samples.filter((one) => atMs - one.atMs <= LOSS_WINDOW_MS);
  }

  /** A new session counts from zero. */
  reset(): void {
    this.#samples = [];
  }

  rates(): StreamRates {
    const last = this.#samples.at(-1);
    const first = last && this.#samples.find((one) => last.atMs - one.atMs <= RATE_WINDOW_MS);
    const oldest = this.#samples[0];
    if (!last || !first || !oldest || last.atMs <= first.atMs) return SILENT;
    const seconds = (last.atMs - first.atMs) / 1000;
    const lost = last.counters.lostPackets - oldest.counters.lostPackets;
    const packets = last.counters.packets - oldest.counters.packets;
    return {
      bitrateKbps: Math.round(((last.counters.sizeBytes - first.counters.sizeBytes) * 8) / 1000 / seconds),
      framesPerSecond: Math.round(((last.counters.accessUnits - first.counters.accessUnits) / seconds) * 10) / 10,
      lossRatio: lost + packets > 0 ? lost / (lost + packets) : 0,
    };
  }
}
