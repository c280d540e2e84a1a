import type { ReadableHub } from '#ingest/hub/readable-hub.ts';
import type { StreamKind } from '#ingest/media.ts';

/**
 * The stream to show live: the sub-stream where that alone is H.264, which every browser plays and the relay can carry.
 *
 * @param mainCodec RFC 6381, of the newest picture; undefined before the first
 */
export function streamToShow(mainCodec: string | undefined, subCodec: string | undefined): StreamKind {
  return mainCodec?.startsWith('hvc1') && subCodec?.startsWith('avc1') ? 'sub' : 'main';
}

/** Where live pictures come from: the hub of a camera on this node, whether it is connected just now or not. */
export interface LiveSource {
  hub(cameraId: string): ReadableHub | undefined;
}
