import type { Log } from '#infra/runtime/logger.ts';
import { describeError } from '#infra/runtime/app-error.ts';
import type { CameraState, CameraStatus } from '#ingest/cameras/camera.ts';
import type { CameraId, StreamKind } from '#ingest/media.ts';
import type { CameraStateSink } from '#ingest/ports.ts';
import { type Database, orUndefined, toMs } from '../database.ts';
import type { EventSpool } from '../spool/event-spool.ts';

/** What is kept of a change; the spool holds it as JSON. */
export interface CameraStateChange {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly timeMs: number;
  readonly status: CameraStatus;
  readonly errorCode: string | undefined;
}

/** Keeps when a camera was in which state. Written through the spool; asked from the database. */
export class CameraStateHistory implements CameraStateSink {
  readonly #deps: { readonly db: Database; readonly spool: EventSpool; readonly log: Log };

  constructor(deps: { readonly db: Database; readonly spool: EventSpool; readonly log: Log }) {
    this.#deps = deps;
  }

  /** Figures that change every second are not history: only another status or error is kept. */
  stateChanged(state: CameraState, previous: CameraState | undefined): void {
    if (previous && previous.status === state.status && previous.errorCode === state.errorCode) return;
    const { cameraId, stream, sinceMs, status, errorCode } = state;
    try {
      this.#deps.spool.appendSoon('camera.state', {
        cameraId,
        stream,
        timeMs: sinceMs,
        status,
        errorCode,
      } satisfies CameraStateChange);
    } catch (error) {
      // A camera's supervision goes on without its history.
      this.#deps.log.warn({ cameraId }, `a change of state was not kept: ${describeError(error)}`);
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
    }));
  }
}
