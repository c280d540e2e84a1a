import type { SnapshotInput } from '#api/contract/wall.ts';
import { sendJson } from '../shared/api-client.ts';
import { formatTime } from '../shared/format.ts';

const barShare = 0.055;

/** `大门-2026-11-26_18-04-05.png` */
export function snapshotName(cameraName: string, timeMs: number): string {
  const safe = cameraName.replace(/[\s/\\:*?"<>|]+/g, '-');
  return `${safe}-${formatTime(timeMs).replace(' ', '_').replaceAll(':', '-')}.png`;
}

/**
 * Saves the picture that a video shows, with name and time below it. The server writes the look down first; without that nothing is saved.
 * @returns the name of the file; undefined when there is no picture
 * @throws {ApiProblem}
 */
export async function saveSnapshot(
  video: HTMLVideoElement,
  about: {
    readonly cameraId: string;
    readonly cameraName: string;
    readonly timeMs: number;
    readonly source: SnapshotInput['source'];
  },
): Promise<string | undefined> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return undefined;
  const bar = Math.max(24, Math.round(height * barShare));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height + bar;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  // Before the server is asked: the picture that the person saw, not the one of a moment later.
  context.drawImage(video, 0, 0);
  context.fillStyle = '#111';
  context.fillRect(0, height, width, bar);
  context.fillStyle = '#fff';
  context.font = `${Math.round(bar * 0.6)}px system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;
  context.textBaseline = 'middle';
  context.fillText(`${about.cameraName}  ${formatTime(about.timeMs)}`, bar * 0.4, height + bar / 2, width - bar);
  const body: SnapshotInput = {
    cameraId: about.cameraId,
    time: new Date(about.timeMs).toISOString(),
    source: about.source,
  };
  await sendJson('POST', '/api/wall/snapshots', body);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) return undefined;
  const name = snapshotName(about.cameraName, about.timeMs);
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return name;
}
