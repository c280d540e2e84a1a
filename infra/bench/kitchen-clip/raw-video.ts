import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Picture } from '#analyzers/packs/model-pack.ts';

const run = promisify(execFile);
const MAX_BYTES = 2 ** 30;

/** The pictures of a clip, scaled, so many a second. @throws {Error} when ffmpeg cannot read it */
export async function readPictures(
  clip: string,
  { widthPx, heightPx, fps }: { readonly widthPx: number; readonly heightPx: number; readonly fps: number },
): Promise<Picture[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-loglevel', 'error', '-nostdin', '-i', clip, '-vf', `fps=${fps},scale=${widthPx}:${heightPx}`].concat(
      '-f rawvideo -pix_fmt rgb24 -'.split(' '),
    ),
    { encoding: 'buffer', maxBuffer: MAX_BYTES },
  );
  const size = widthPx * heightPx * 3;
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, index) => ({
    pixels: new Uint8Array(stdout.subarray(index * size, (index + 1) * size)),
    widthPx,
    heightPx,
  }));
}

/** Encodes pictures as a camera's sub-stream would be, one a second. @throws {Error} when ffmpeg fails */
export async function writePictures(
  target: string,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  pictures: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const input = `-loglevel error -y -f rawvideo -pix_fmt rgb24 -s ${widthPx}x${heightPx} -r 1 -i -`.split(' ');
  const coding = '-c:v libx264 -preset veryfast -crf 28 -g 4 -bf 0 -pix_fmt yuv420p -f mp4'.split(' ');
  const encoder = spawn('ffmpeg', [...input, ...coding, target], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(encoder, 'exit');
  for await (const pixels of pictures) if (!encoder.stdin.write(pixels)) await once(encoder.stdin, 'drain');
  encoder.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}`);
}
