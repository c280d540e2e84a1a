import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMarkedVideo } from '../frames/testing/marked-video.ts';
import { loadClip } from './clip.ts';

const VIDEO = { widthPx: 320, heightPx: 192, frames: 25, firstNumber: 0, gop: 10 };

describe('a clip', { timeout: 30_000 }, () => {
  let folder = '';
  const load = (name: string, ffmpegPath = 'ffmpeg') =>
    loadClip(join(folder, name), { ffmpegPath, cacheFolder: join(folder, 'cache') });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vantage-clip-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('takes an MP4 with H.264 and no B-pictures as it is, every picture at its time', async () => {
    writeMarkedVideo(join(folder, 'plain.mp4'), VIDEO);
    const clip = await load('plain.mp4', '/nonexistent/ffmpeg');
    expect(clip.pictures.map(({ pts90k }) => pts90k)).toEqual(Array.from({ length: 25 }, (_, i) => i * 9000));
    expect(clip.pictures.flatMap(({ isKeyFrame }, i) => (isKeyFrame ? [i] : []))).toEqual([0, 10, 20]);
    expect(clip.duration90k).toBe(25 * 9000);
    expect(clip.format).toMatchObject({ codec: 'h264', widthPx: 320, heightPx: 192 });
    for (const { nalUnits } of clip.pictures)
      expect(nalUnits.every((nal) => ![7, 8, 9].includes(nal[0]! & 31))).toBe(true);
  });

  it('converts a film with B-pictures once and takes it from the cache after that', async () => {
    writeMarkedVideo(join(folder, 'b.mp4'), { ...VIDEO, encoderArguments: ['-profile:v', 'high', '-bf', '2'] });
    const clip = await load('b.mp4');
    expect(clip.pictures).toHaveLength(25);
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
    expect((await load('b.mp4', '/nonexistent/ffmpeg')).pictures).toHaveLength(25);
  });

  it('converts other containers', async () => {
    writeMarkedVideo(join(folder, 'other.mkv'), VIDEO);
    expect((await load('other.mkv')).duration90k / 90_000).toBeCloseTo(2.5, 1);
  });

  it('says that a file is no film, that it is not there, and that ffmpeg is missing', async () => {
    await writeFile(join(folder, 'text.mp4'), 'this is no film, only words, and a few more of them');
    await expect(load('text.mp4')).rejects.toMatchObject({ code: 'CLIP_INVALID', context: { file: 'text.mp4' } });
    await expect(load('missing.mp4')).rejects.toMatchObject({ code: 'CLIP_INVALID', context: { detail: 'ENOENT' } });
    await expect(load('text.mp4', '/nonexistent/ffmpeg')).rejects.toMatchObject({ code: 'DECODER_UNAVAILABLE' });
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
