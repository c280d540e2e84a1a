import type { ReadableHub } from '#ingest/hub/readable-hub.ts';
import type { StreamKind } from '#ingest/media.ts';

/**
 * The stream to show live where only one is asked for: the sub-stream where that alone is H.264, which every browser plays
 * and the relay can carry.
 *
 * @param mainCodec RFC 6381, of the newest picture; undefined before the first
 */
export function streamToShow(mainCodec: string | undefined, subCodec: string | undefined): StreamKind {
  return mainCodec?.startsWith('hvc1') && subCodec?.startsWith('avc1') ? 'sub' : 'main';
}

/**
 * The hub of the stream that is asked for, where the camera has it in H.264; else what suits most.
 *
 * @returns undefined when the camera is not here
 */
export function hubToShow(
  source: LiveSource,
  cameraId: string,
  wanted: StreamKind | undefined,
): ReadableHub | undefined {
  const hub = wanted && source.stream(cameraId, wanted);
  return hub?.codecString?.startsWith('avc1') ? hub : source.hub(cameraId);
}

/** Where live pictures come from: the hubs of a camera on this node, whether it is connected just now or not. */
export interface LiveSource {
  /** The stream that `streamToShow` chooses. */
  hub(cameraId: string): ReadableHub | undefined;
  /** Undefined when the camera is not here, or has no such stream. */
  stream(cameraId: string, kind: StreamKind): ReadableHub | undefined;
  /** Asks the camera for a key frame now, where it can be asked; else the next one is waited for. Never throws. */
  askKeyFrame(cameraId: string): void;
}
