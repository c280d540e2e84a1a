import type { StreamHub } from '#ingest/hub/stream-hub.ts';

/**
 * The stream to show live: the sub-stream where that alone is H.264, which every browser plays and the relay can carry.
 */
export function hubToShow(main: StreamHub | undefined, sub: StreamHub | undefined): StreamHub | undefined {
  return main?.format?.codec === 'h265' && sub?.format?.codec === 'h264' ? sub : main;
}

/** Where live pictures come from: the hub of a camera on this node, whether it is connected just now or not. */
export interface LiveSource {
  hub(cameraId: string): StreamHub | undefined;
}
