import type { CameraPipeline } from '../camera-pipeline.ts';
import type { CameraState } from '../cameras/camera.ts';
import type { StreamKind } from '../media.ts';
import { RATE_FIELDS } from './ingest-messages.ts';

export interface WatchedStream {
  readonly streamNumber: number;
  readonly kind: StreamKind;
  readonly pipeline: CameraPipeline;
}

export type Rates = Pick<CameraState, 'bitrateKbps' | 'framesPerSecond' | 'lossRatio' | 'lastPacketMs'>;

/** @returns a row of `RATE_FIELDS` numbers for each stream that is live */
export function collectRates(streams: readonly WatchedStream[]): Float64Array<ArrayBuffer> {
  const rows: number[] = [];
  for (const { streamNumber, kind, pipeline } of streams) {
    const state = pipeline.state(kind);
    if (state?.status !== 'live') continue;
    rows.push(
      streamNumber,
      state.bitrateKbps,
      state.framesPerSecond,
      state.lossRatio,
      state.lastPacketMs ?? Number.NaN,
    );
  }
  return Float64Array.from(rows);
}

export function* readRates(rows: Float64Array): Generator<readonly [streamNumber: number, rates: Rates]> {
  for (let at = 0; at + RATE_FIELDS <= rows.length; at += RATE_FIELDS) {
    const [streamNumber = 0, bitrateKbps = 0, framesPerSecond = 0, lossRatio = 0, last] = rows.subarray(
      at,
      at + RATE_FIELDS,
    );
    const lastPacketMs = last === undefined || Number.isNaN(last) ? undefined : last;
    yield [streamNumber, { bitrateKbps, framesPerSecond, lossRatio, lastPacketMs }];
  }
}
