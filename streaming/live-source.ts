import type { ReadableHub } from '#ingest/hub/readable-hub.ts';

/** Where live pictures come from: the hub of a camera on this node, whether it is connected just now or not. */
export interface LiveSource {
  hub(cameraId: string): ReadableHub | undefined;
}
