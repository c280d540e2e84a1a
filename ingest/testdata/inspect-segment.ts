import { spawnSync } from 'node:child_process';

/** What independent programs say of a recorded file. */
export interface SegmentInspection {
  readonly frames: number;
  /** Presentation times, in rising order, in the file's time scale. */
  readonly pts: readonly number[];
  readonly keyFirst: boolean;
}

/** Decodes the file to its end with ffmpeg, and counts with ffprobe. @throws {Error} when either complains */
export function inspectSegment(file: string): SegmentInspection {
  run('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-']);
  const shown = 'stream=nb_read_frames:packet=pts,flags';
  const probed = run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-count_frames', '-show_entries', shown, '-of', 'json', file],
  ]);
  const { packets, streams } = JSON.parse(probed) as {
    packets: { pts: number; flags: string }[];
    streams: { nb_read_frames: string }[];
  };
  return {
    frames: Number(streams[0]?.nb_read_frames),
    pts: packets.map((packet) => packet.pts).sort((a, b) => a - b),
    keyFirst: packets[0]?.flags.startsWith('K') ?? false,
  };
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0 || stderr !== '') throw new Error(`${command}: ${status} ${stderr} ${error?.message ?? ''}`);
  return stdout;
}
