import type { CameraState } from '#api/contract/cameras.ts';
import { frozenAfterMs } from '../player/stillness.ts';
import type { LiveSnapshot } from '../player/live-session.ts';

export type TileState =
  | 'connecting'
  | 'live'
  | 'delayed'
  | 'frozen'
  | 'stalled'
  | 'offline'
  | 'rejected'
  | 'unsupported'
  | 'unplayable'
  | 'disabled';

/** A picture on screen for longer is not live, whatever anyone says. */
const oldAfterMs = 2_000;
const delayedAfterMs = 1_000;

/** The browser does not play the camera's codec, and the server does not transcode it, or not now. */
const unplayableCodes: ReadonlySet<string> = new Set(['UI_LIVE_CODEC_UNSUPPORTED', 'LIVE_TRANSCODING_BUSY']);

const camerasOwn: Partial<Record<CameraState['status'], TileState>> = {
  offline: 'offline',
  rejected: 'rejected',
  unsupported: 'unsupported',
  disabled: 'disabled',
  stalled: 'stalled',
};

/**
 * What a tile says of itself. Pictures that really arrive count more than what the camera list says (it may be a moment old);
 * a picture that stands still is never called live.
 */
export function tileState(camera: Pick<CameraState, 'status'>, live: LiveSnapshot): TileState {
  const isMoving = live.pictureAgeMs !== undefined && live.pictureAgeMs <= oldAfterMs;
  if (!isMoving) {
    const own = camerasOwn[camera.status];
    if (own) return own;
    if (live.failureCode !== undefined && unplayableCodes.has(live.failureCode)) return 'unplayable';
    return live.pictureAgeMs === undefined ? 'connecting' : 'frozen';
  }
  if (live.sameForMs >= frozenAfterMs) return 'frozen';
  return (live.latencyMs ?? 0) > delayedAfterMs ? 'delayed' : 'live';
}

/** How long the picture has stood, ms. */
export function frozenForMs(live: LiveSnapshot): number {
  return Math.max(live.pictureAgeMs ?? 0, live.sameForMs);
}
