import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { benchErrors } from '../errors.ts';
import { HEIGHT_PX, PLACES, WIDTH_PX } from './scene-canvas.ts';

const SIZE = `${WIDTH_PX}x${HEIGHT_PX}`;
const RAW = ['-f', 'rawvideo', '-pix_fmt', 'rgb24'];
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
/**
 * As a modest sub-stream comes: H.264 without B-frames, a key frame every 25 pictures, about 2 kB a picture. The pictures are a
 * second apart, so that more changes from one to the next than in a real stream: harder for the encoder, not easier.
 */
const ENCODER = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1', '-g', '25'];
const RATE = ['-b:v', '200k', '-maxrate', '400k', '-bufsize', '400k', '-f', 'h264', 'pipe:1'];
const PICTURE_BYTES = PLACES * 3;

export interface CameraLink {
  /** Sends pictures through encoder and decoder. */
  readonly pictures: AsyncGenerator<Picture>;
  /** Of the encoded stream so far. */
  readonly sentBytes: () => number;
}

/**
 * Encodes pictures at a low bit rate and decodes them again, with ffmpeg: compression noise as it really is.
 * @param pictures their pixels may be used again after each step
 * @returns as many pictures, in order; each with pixels of its own
 * @throws {AppError} `BENCH_DATA_UNUSABLE` when ffmpeg gives back another number
 */
export function throughCamera(pictures: Iterable<Picture>): CameraLink {
  let sentBytes = 0;
  return { pictures: run(), sentBytes: () => sentBytes };

  async function* run(): AsyncGenerator<Picture> {
    const encoder = spawn('ffmpeg', [...QUIET, ...RAW, '-s', SIZE, '-r', '12', '-i', 'pipe:0', ...ENCODER, ...RATE], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const decoderInput = ['-threads', '1', '-f', 'h264', '-i', 'pipe:0', '-fps_mode', 'passthrough'];
    const decoder = spawn('ffmpeg', [...QUIET, ...decoderInput, ...RAW, 'pipe:1'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    encoder.stdout.on('data', (part: Buffer) => {
      sentBytes += part.length;
    });
    encoder.stdout.pipe(decoder.stdin);
    let [written, read] = [0, 0];
    const writing = (async () => {
      for (const { pixels } of pictures) {
        written++;
        if (!encoder.stdin.write(Buffer.from(pixels))) await once(encoder.stdin, 'drain');
      }
      encoder.stdin.end();
    })();
    try {
      let rest: Buffer = Buffer.alloc(0);
      for await (const part of decoder.stdout as AsyncIterable<Buffer>) {
        let data = rest.length > 0 ? Buffer.concat([rest, part]) : part;
        for (; data.length >= PICTURE_BYTES; data = data.subarray(PICTURE_BYTES), read++) {
          yield { pixels: new Uint8Array(data.subarray(0, PICTURE_BYTES)), widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
        }
        rest = data;
      }
      await writing;
      if (read !== written) throw benchErrors.BENCH_DATA_UNUSABLE({ written, read });
    } finally {
      encoder.kill('SIGKILL');
      decoder.kill('SIGKILL');
    }
  }
}
