import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { ingestErrors } from '../errors.ts';

const MAX_MESSAGE_LENGTH = 2000;

/**
 * Converts any film to an MP4 that a simulated camera can send: H.264 Baseline, no B-pictures, a key frame every two
 * seconds at 25 pictures a second.
 *
 * @throws {AppError} `CLIP_INVALID`, `DECODER_UNAVAILABLE`
 */
export async function convertClip(ffmpegPath: string, source: string, target: string): Promise<void> {
  const child = spawn(
    ffmpegPath,
    [
      ...'-hide_banner -nostdin -loglevel error -y -i'.split(' '),
      source,
      ...'-map 0:v:0 -an -sn -dn -vf scale=trunc(iw/2)*2:trunc(ih/2)*2 -pix_fmt yuv420p'.split(' '),
      ...'-c:v libx264 -preset veryfast -crf 26 -profile:v baseline -bf 0 -g 50 -movflags +faststart -f mp4'.split(' '),
      target,
    ],
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
  if (code !== 0) {
    throw ingestErrors.CLIP_INVALID({
      file: basename(source),
      detail: message.trim().split('\n').at(-1)?.slice(0, 200),
    });
  }
}
