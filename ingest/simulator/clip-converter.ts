import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ingestErrors } from '../errors.ts';

const MAX_MESSAGE_LENGTH = 2000;

/** `copy`: only the container changes. */
export type Conversion = 'copy' | 'h264' | 'h265';

const COMMON = '-map 0:v:0 -map 0:a:0? -sn -dn -map_metadata -1';
const EVEN = '-vf scale=trunc(iw/2)*2:trunc(ih/2)*2 -pix_fmt yuv420p';
const ENCODE: Readonly<Record<Conversion, string>> = {
  // QuickTime takes G.711 too.
  copy: '-c copy -movflags +faststart -f mov',
  h264: `${EVEN} -c:v libx264 -preset veryfast -crf 26 -profile:v baseline -bf 0 -g 50 -c:a aac -b:a 64k -movflags +faststart -f mp4`,
  h265: `${EVEN} -c:v libx265 -preset ultrafast -crf 28 -x265-params bframes=0:keyint=50:log-level=none -tag:v hvc1 -c:a aac -b:a 64k -movflags +faststart -f mp4`,
};

/**
 * Converts any film to one that a simulated camera can send: H.264 Baseline or H.265, no B-pictures, a key frame every two
 * seconds at 25 pictures a second, sound as AAC.
 *
 * @returns false when a copy could not be made
 * @throws {AppError} `CLIP_INVALID`, `DECODER_UNAVAILABLE`
 */
export async function convertClip(
  ffmpegPath: string,
  source: string,
  { target, how }: { readonly target: string; readonly how: Conversion },
): Promise<boolean> {
  const words = `${COMMON} ${ENCODE[how]}`.split(' ');
  const child = spawn(
    ffmpegPath,
    [...'-hide_banner -nostdin -loglevel error -y -i'.split(' '), source, ...words, target],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (message.length < MAX_MESSAGE_LENGTH) message += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(ingestErrors.DECODER_UNAVAILABLE({}, error)));
    child.on('close', resolve);
  });
  if (code !== 0 && how === 'copy') return false;
  if (code !== 0) {
    throw ingestErrors.CLIP_INVALID({
      file: basename(source),
      detail: message.trim().split('\n').at(-1)?.slice(0, 200),
    });
  }
  return true;
}
