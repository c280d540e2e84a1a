import type { CameraId, SegmentSource, StreamKind } from '../media.ts';

/** Of a file that is still being written. */
export const PART_SUFFIX = '.part';

export interface SegmentName {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly segmentId: string;
  /** UTC epoch milliseconds, from the segment's id. */
  readonly startMs: number;
  /** @default live */
  readonly source?: SegmentSource | undefined;
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FILE = /^\d{6}-(sub-)?(card-)?([0-9a-f-]{36})\.mp4(?:\.part)?$/;

/** A camera's id as a folder name: nothing in it can lead out of the recording folder. */
export function cameraFolder(id: CameraId): string {
  return id.replaceAll(/[^A-Za-z0-9_-]/g, '_') || '_';
}

/** `<cameraId>/<YYYY-MM-DD>/<HH>/<HHMMSS>-<segmentId>.mp4`, UTC; before the id stands `sub-` for a sub-stream and `card-` for what was fetched from the camera's card. */
export function segmentPath({ cameraId, stream, segmentId, startMs, source }: SegmentName): string {
  const [day = '', time = ''] = new Date(startMs).toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '');
  const kind = (stream === 'sub' ? 'sub-' : '') + (source === 'card' ? 'card-' : '');
  return `${cameraFolder(cameraId)}/${day}/${clock.slice(0, 2)}/${clock}-${kind}${segmentId}.mp4`;
}

/** The reverse of {@link segmentPath}; undefined for a file that is not ours. */
export function parseSegmentPath(path: string): SegmentName | undefined {
  const parts = path.split('/');
  const [folder, , , file] = parts;
  const match = FILE.exec(file ?? '');
  const segmentId = match?.[3] ?? '';
  if (parts.length !== 4 || !folder || !UUID_V7.test(segmentId)) return undefined;
  const startMs = Number.parseInt(segmentId.replaceAll('-', '').slice(0, 12), 16);
  const stream = match?.[1] ? 'sub' : 'main';
  return { cameraId: folder as CameraId, stream, segmentId, startMs, source: match?.[2] ? 'card' : undefined };
}
