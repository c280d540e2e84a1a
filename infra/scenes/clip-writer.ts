import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ClipWriter {
  /** @param jpeg one picture; resolves when the encoder can take the next */
  write(jpeg: Buffer): Promise<void>;
  close(): Promise<void>;
}

const KEY_FRAME_EVERY_S = 2;
/** A lens that is a little soft, a sensor that is a little noisy, colours that are a little pale: a camera, not a render. */
const CAMERA_LOOK = 'gblur=sigma=0.55,noise=alls=5:allf=t,eq=saturation=0.9';
const BT709 = ['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];

/**
 * Encodes pictures to H.264 as cameras send it: Main profile, closed groups of pictures of two seconds, no B-frames.
 *
 * @throws Error with the encoder's last words when it fails
 */
export function openClip(file: string, { fps, crf }: { fps: number; crf: number }): ClipWriter {
  const groupLength = Math.round(fps * KEY_FRAME_EVERY_S);
  const input = ['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', String(fps), '-i', '-'];
  const filters = ['-vf', `${CAMERA_LOOK},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`];
  const codec = [
    '-c:v',
    'libx264',
    '-preset',
    'slow',
    '-profile:v',
    'main',
    '-crf',
    String(crf),
    '-bf',
    '0',
    '-g',
    String(groupLength),
  ];
  const closed = ['-keyint_min', String(groupLength), '-sc_threshold', '0', '-flags', '+cgop'];
  const output = [...BT709, '-movflags', '+faststart', file];
  const encoder = spawn('ffmpeg', ['-y', '-v', 'error', ...input, ...filters, ...codec, ...closed, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  encoder.stderr.on('data', (text: Buffer) => (complaint = `${complaint}${text.toString()}`.slice(-2000)));
  const ended = once(encoder, 'close');
  encoder.stdin.on('error', () => {}); // the exit code says more
  return {
    async write(jpeg) {
      if (!encoder.stdin.write(jpeg)) await Promise.race([once(encoder.stdin, 'drain'), ended]);
    },
    async close() {
      encoder.stdin.end();
      const [code]: unknown[] = await ended;
      if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)}: ${complaint}`);
    },
  };
}
