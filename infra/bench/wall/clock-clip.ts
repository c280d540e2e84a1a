import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';

/** Of the number of a picture, lowest bit first; then as many of its complement, so that a misread one is known. */
export const CLOCK_BITS = 10;
/** Cells in a row over the width of the picture; the rest of the row is grey. */
export const CLOCK_CELLS = 40;
/** Share of the height. */
export const CLOCK_HEIGHT = 0.1;

export interface ClockClip {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  readonly gop: number;
  readonly seconds: number;
  readonly kbps: number;
  readonly codec?: 'h264' | 'h265';
}

/**
 * A clip in which each picture carries its own number as a bar code in its top rows: read from the screen, it tells how old
 * the shown picture is. Made once for each set of figures.
 *
 * @returns the file
 */
export async function makeClockClip(folder: string, clip: ClockClip): Promise<string> {
  const { widthPx, heightPx, framesPerSecond, gop, seconds, kbps, codec = 'h264' } = clip;
  const name = `clock-${codec}-${widthPx}x${heightPx}-${framesPerSecond}fps-gop${gop}-${seconds}s-${kbps}k.mp4`;
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const partial = `${file}.${process.pid}.part`;
  const encoder =
    codec === 'h264'
      ? `-c:v libx264 -preset veryfast -profile:v main -bf 0 -g ${gop} -keyint_min ${gop} -sc_threshold 0`
      : `-c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=none:bframes=0:keyint=${gop}:min-keyint=${gop}:scenecut=0:repeat-headers=1`;
  const words = [
    `-v error -f rawvideo -pix_fmt gray -s ${widthPx}x${heightPx} -r ${framesPerSecond} -i pipe:0 -pix_fmt yuv420p`,
    `${encoder} -b:v ${kbps}k -maxrate ${kbps}k -bufsize ${kbps}k -threads 2 -f mp4 -y`,
  ];
  const child = spawn('ffmpeg', [...words.join(' ').split(' '), partial], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.on('error', () => undefined); // EPIPE: the exit code says more
  const closed = once(child, 'close');
  for (let index = 0; index < seconds * framesPerSecond; index++) {
    if (!child.stdin.write(drawPicture(widthPx, heightPx, index)) && child.exitCode === null)
      await Promise.race([once(child.stdin, 'drain'), closed]);
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}`);
  await rename(partial, file);
  return file;
}

/** uint8 [heightPx, widthPx], luma: a pattern that moves, under the bar code. */
function drawPicture(widthPx: number, heightPx: number, index: number): Buffer {
  const picture = Buffer.allocUnsafe(widthPx * heightPx);
  const barRows = Math.round(heightPx * CLOCK_HEIGHT);
  const bar = Buffer.alloc(widthPx, 128);
  for (let cell = 0; cell < 2 * CLOCK_BITS; cell++) {
    const bit = (index >> (cell % CLOCK_BITS)) & 1;
    const isWhite = cell < CLOCK_BITS ? bit === 1 : bit === 0;
    const from = Math.round((cell * widthPx) / CLOCK_CELLS);
    bar.fill(isWhite ? 235 : 16, from, Math.round(((cell + 1) * widthPx) / CLOCK_CELLS));
  }
  for (let y = 0; y < heightPx; y++) {
    const at = y * widthPx;
    if (y < barRows) bar.copy(picture, at);
    else
      for (let x = 0; x < widthPx; x++)
        picture[at + x] = 60 + (((x >> 2) ^ (y >> 2)) & 31) + ((x + y + index * 4) & 63);
  }
  return picture;
}
