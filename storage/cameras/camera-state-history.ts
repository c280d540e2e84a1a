import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { describeError } from '#infra/runtime/app-error.ts';
import type { CameraState, CameraStatus } from '#ingest/cameras/camera.ts';
import type { CameraId, StreamKind } from '#ingest/media.ts';
import type { CameraStateSink } from '#ingest/ports.ts';
import { type Database, orUndefined, toMs } from '../database.ts';
import type { EventSpool } from '../spool/event-spool.ts';
import { FlapFilter } from './flap-filter.ts';

/** What is kept of a change; the spool holds it as JSON. */
export interface CameraStateChange {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly timeMs: number;
  readonly status: CameraStatus;
  readonly errorCode: string | undefined;
  /** How many changes it stands for: more than one when the stream flapped; then it is the last of them. */
  readonly changes: number;
}

export interface CameraStateHistoryDeps {
  readonly db: Database;
  readonly spool: EventSpool;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps when a camera was in which state. Written through the spool; asked from the database. */
export class CameraStateHistory implements CameraStateSink {
  readonly #deps: CameraStateHistoryDeps;
  readonly #filter: FlapFilter<CameraStateChange>;

  constructor(deps: CameraStateHistoryDeps) {
    this.#deps = deps;
    this.#filter = new FlapFilter({ clock: deps.clock, emit: (change) => this.#keep(change) });
  }

  /** Figures that change every second are not history: only another status or error is kept. */
  stateChanged(state: CameraState, previous: CameraState | undefined): void {
    if (previous && previous.status === state.status && previous.errorCode === state.errorCode) return;
    const { cameraId, stream, sinceMs, status, errorCode } = state;
    // Another reason for the same status is a change of its own, and has its own time.
    const timeMs = previous?.status === status ? this.#deps.clock.nowMs() : sinceMs;
    this.#filter.push({ cameraId, stream, timeMs, status, errorCode, changes: 1 });
  }

  /** What is held back of streams that flap is kept now. Before the spool is closed. */
  close(): void {
    this.#filter.close();
  }

  #keep(change: CameraStateChange): void {
    try {
      this.#deps.spool.appendSoon('camera.state', change);
    } catch (error) {
      // A camera's supervision goes on without its history.
      this.#deps.log.warn({ cameraId: change.cameraId }, `a change of state was not kept: ${describeError(error)}`);
    }
  }

  /** Newest first. */
  async list(query: {
    readonly cameraId: CameraId;
    readonly limit: number;
    readonly beforeMs?: number | undefined;
  }): Promise<readonly CameraStateChange[]> {
    let select = this.#deps.db
      .selectFrom('camera_state_history')
      .selectAll()
      .where('camera_id', '=', query.cameraId)
      .orderBy('time', 'desc')
      .limit(query.limit);
    if (query.beforeMs !== undefined) select = select.where('time', '<', new Date(query.beforeMs));
    return (await select.execute()).map((row) => ({
      cameraId: query.cameraId,
      stream: row.stream as StreamKind,
      timeMs: toMs(row.time),
      status: row.status as CameraStatus,
      errorCode: orUndefined(row.error_code),
      changes: row.changes,
    }));
  }
}
