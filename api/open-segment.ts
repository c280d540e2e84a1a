import { glob } from 'node:fs/promises';
import path from 'node:path';
import type { CameraId, SegmentRecord } from '#ingest/media.ts';
import { cameraFolder, PART_SUFFIX, parseSegmentPath, segmentPath } from '#ingest/recorder/segment-path.ts';
import { readSegment } from '#ingest/recorder/segment-recovery.ts';

/** No segment lasts longer. */
const LONGEST_SEGMENT_MS = 15 * 60_000;

/**
 * What can be read already of the file that is being recorded now: whole groups of pictures. It has no row yet.
 * @param folder of recordings
 * @returns undefined when nothing is being recorded; `path` has the suffix of an open file
 */
export async function readOpenSegment(
  folder: string,
  cameraId: CameraId,
  nowMs: number,
): Promise<SegmentRecord | undefined> {
  // A file that began in the last minutes lies in the folder of this hour or of the one before.
  const folders = new Set(
    [nowMs, nowMs - LONGEST_SEGMENT_MS].map((timeMs) => {
      const [day = '', time = ''] = new Date(timeMs).toISOString().split('T');
      return `${cameraFolder(cameraId)}/${day}/${time.slice(0, 2)}`;
    }),
  );
  let newest: SegmentRecord | undefined;
  for (const hour of folders) {
    for await (const found of glob(`${hour}/*.mp4${PART_SUFFIX}`, { cwd: folder })) {
      const file = found.split(path.sep).join('/');
      const name = parseSegmentPath(file);
      if (!name || name.stream !== 'main' || name.source === 'card') continue;
      // Closed and renamed between the listing and the reading: its row comes.
      const segment = await readSegment(folder, file, { ...name, cameraId }).catch(() => undefined);
      if (segment && segment.startMs >= (newest?.startMs ?? 0)) newest = segment;
    }
  }
  return newest;
}

/**
 * Where an open file lies, and where it will once it is closed.
 * @returns undefined for what is no id of a segment
 */
export function openSegmentPaths(
  cameraId: CameraId,
  segmentId: string,
): readonly [open: string, closed: string] | undefined {
  const startMs = Number.parseInt(segmentId.replaceAll('-', '').slice(0, 12), 16);
  if (!Number.isSafeInteger(startMs)) return undefined;
  const closed = segmentPath({ cameraId, stream: 'main', segmentId, startMs });
  return parseSegmentPath(closed) ? [closed + PART_SUFFIX, closed] : undefined;
}
