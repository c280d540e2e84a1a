import { spawn } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '#infra/runtime/is-there.ts';
import { ingestErrors } from '#ingest/errors.ts';
import type { VideoFormat } from '#ingest/media.ts';
import { H264Packetizer } from '#ingest/rtp/h264-packetizer.ts';
import { writeInterleavedHeader } from '#ingest/rtsp/rtsp-message.ts';
import { loadClip } from '#ingest/simulator/clip.ts';

/** One picture as it goes over an RTSP connection: all its packets behind one another, each behind its four bytes. */
export interface LoadPicture {
  readonly isKeyFrame: boolean;
  readonly bytes: Buffer;
  /** Where in `bytes` each RTP packet begins. */
  readonly packetOffsets: readonly number[];
}

/** Cut into packets once for all cameras, which only write their own numbers into the headers. */
export interface LoadClip {
  readonly format: VideoFormat;
  readonly pictures: readonly LoadPicture[];
  readonly framesPerSecond: number;
  /** Encoded pictures alone, without headers of RTP. */
  readonly mbitPerSecond: number;
}

export const LOAD_FRAMES_PER_SECOND = 25;
export const LOAD_PAYLOAD_TYPE = 96;
export const LOAD_GOP_FRAMES = 50;
export const LOAD_WIDTH_PX = 1920;
export const LOAD_HEIGHT_PX = 1080;

const SECONDS = 8;
const MAX_PAYLOAD_SIZE_BYTES = 1400;

/**
 * The film of all load cameras, made once per bit rate: 1080p, a moving test picture with noise, so that a real encoder
 * needs the rate.
 *
 * @param folder where made films are kept
 * @throws {AppError} `DECODER_UNAVAILABLE`, `CLIP_INVALID`
 */
export async function makeLoadFilm(folder: string, mbitPerSecond: number, seconds = SECONDS): Promise<string> {
  const target = path.join(folder, `load-${LOAD_WIDTH_PX}x${LOAD_HEIGHT_PX}-${mbitPerSecond}mbit-${seconds}s-v1.mp4`);
  if (await isThere(target)) return target;
  await mkdir(folder, { recursive: true });
  const unfinished = `${target}.${process.pid}.part`;
  const rate = `${Math.round(mbitPerSecond * 1000)}k`;
  const source = `testsrc2=size=${LOAD_WIDTH_PX}x${LOAD_HEIGHT_PX}:rate=${LOAD_FRAMES_PER_SECOND},noise=alls=12:allf=t`;
  const encoding = `-c:v libx264 -preset veryfast -pix_fmt yuv420p -bf 0 -g ${LOAD_GOP_FRAMES} -sc_threshold 0 -b:v ${rate} -maxrate ${rate} -bufsize ${rate}`;
  const words = `-hide_banner -nostdin -loglevel error -y -f lavfi -i ${source} -t ${seconds} ${encoding} -f mp4`.split(
    ' ',
  );
  try {
    await run('ffmpeg', [...words, unfinished]);
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
  return target;
}

export async function loadFilm(file: string): Promise<LoadClip> {
  const clip = await loadClip(file, { ffmpegPath: 'ffmpeg', cacheFolder: path.dirname(file) });
  const packetizer = new H264Packetizer({
    ssrc: 0,
    payloadType: LOAD_PAYLOAD_TYPE,
    firstSequenceNumber: 0,
    maxPayloadSizeBytes: MAX_PAYLOAD_SIZE_BYTES,
  });
  let encodedSizeBytes = 0;
  const pictures = clip.pictures.map(({ nalUnits, isKeyFrame }) => {
    encodedSizeBytes += nalUnits.reduce((sum, nal) => sum + nal.length, 0);
    const packets = packetizer.packetize({ nalUnits, isKeyFrame, format: clip.format }, 0);
    const bytes = Buffer.alloc(packets.reduce((sum, packet) => sum + 4 + packet.length, 0));
    const packetOffsets: number[] = [];
    let offset = 0;
    for (const packet of packets) {
      offset = writeInterleavedHeader(bytes, offset, 0, packet.length);
      packetOffsets.push(offset);
      offset += packet.copy(bytes, offset);
    }
    return { isKeyFrame, bytes, packetOffsets };
  });
  const seconds = clip.duration90k / 90_000;
  return {
    format: clip.format,
    pictures,
    framesPerSecond: pictures.length / seconds,
    mbitPerSecond: (encodedSizeBytes * 8) / seconds / 1e6,
  };
}

function run(command: string, words: readonly string[]): Promise<void> {
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let message = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (message.length < 2000) message += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(ingestErrors.DECODER_UNAVAILABLE({}, error)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(ingestErrors.CLIP_INVALID({ detail: message.trim().split('\n').at(-1)?.slice(0, 200) }));
    });
  });
}
