import type { Selectable } from 'kysely';
import { cameraId, type SegmentRecord } from '#ingest/media.ts';
import { type Tables, toMs } from '../database.ts';

export function toSegment(row: Selectable<Tables['segments']>): SegmentRecord {
  return {
    segmentId: row.segment_id,
    cameraId: cameraId(row.camera_id),
    stream: row.stream === 'sub' ? 'sub' : 'main',
    path: row.path,
    startMs: toMs(row.start_time),
    endMs: toMs(row.end_time),
    frames: row.frames,
    sizeBytes: row.size_bytes,
    codecString: row.codec_string,
    widthPx: row.width_px,
    heightPx: row.height_px,
    ...(row.source === 'card' ? { source: 'card' } : {}),
  };
}
