import type { Clock } from '#infra/runtime/clock.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import type { ReplaySession } from '../rtsp/replay-session.ts';
import type { CardRecorder } from './card-recorder.ts';
import type { ReplayTrimmer } from './replay-trimmer.ts';

export interface FetchRangeDeps {
  /** Started; closed here. */
  readonly session: ReplaySession;
  readonly deviceMinusOursMs: number;
  readonly trimmer: ReplayTrimmer;
  readonly recorder: CardRecorder;
  /** False: pictures of this time are not to be recorded. */
  readonly isWanted: (wallMs: number) => boolean;
  readonly maxMbps: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Being ahead of the rate by less than this is not worth a timer. */
const SHORTEST_WAIT_MS = 20;

/**
 * Records what a session plays back, no faster than the rate. What came before a session broke off is recorded too.
 * @throws {AppError} what ended the session before its time; what the recorder throws
 */
export async function fetchRange(deps: FetchRangeDeps): Promise<void> {
  const { session, deviceMinusOursMs, trimmer, recorder, isWanted, maxMbps, clock, signal } = deps;
  const startedMs = clock.monotonicMs();
  let sizeBytes = 0;
  let failure: unknown;
  const record = async (units: ReturnType<ReplayTrimmer['push']>): Promise<void> => {
    for (const unit of units)
      if (isWanted(unit.wallMs)) await recorder.push(unit);
      else await recorder.pause();
  };
  try {
    while (!trimmer.isDone) {
      const unit = await session.next().catch((error: unknown) => {
        failure = error;
        return undefined;
      });
      if (!unit) break;
      await record(trimmer.push({ ...unit, wallMs: unit.wallMs - deviceMinusOursMs }));
      sizeBytes += unit.sizeBytes;
      const aheadMs = (sizeBytes * 8) / (maxMbps * 1000) - (clock.monotonicMs() - startedMs);
      if (aheadMs > SHORTEST_WAIT_MS) await sleep(aheadMs, clock, signal);
    }
    await record(trimmer.finish());
    await recorder.pause();
  } finally {
    await session.close();
  }
  if (failure !== undefined) throw failure;
}
