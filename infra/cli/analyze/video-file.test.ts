import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceOptions, SourcePicture } from './analysis-source.ts';
import { listSources } from './analysis-source.ts';
import { readPictureFile } from './picture-file.ts';
import { parsePictureNote, readVideoFile } from './video-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vantage-analyze-'));
const video = path.join(folder, 'clip.mp4');
const picture = path.join(folder, 'still.png');

beforeAll(() => {
  const size = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=3'];
  spawnSync('ffmpeg', ['-v', 'error', '-y', ...size, '-pix_fmt', 'yuv420p', video]);
  spawnSync('ffmpeg', ['-v', 'error', '-y', ...size, '-frames:v', '1', picture]);
  writeFileSync(path.join(folder, 'broken.mp4'), 'this is no video');
  writeFileSync(path.join(folder, 'broken.jpg'), 'this is no picture');
  writeFileSync(path.join(folder, 'notes.txt'), 'nothing to see');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(file: string, options: Partial<SourceOptions> = {}): Promise<SourcePicture[]> {
  const signal = new AbortController().signal;
  const pictures: SourcePicture[] = [];
  for await (const picture of readVideoFile(file, { every: 1, fps: undefined, seconds: undefined, signal, ...options }))
    pictures.push(picture);
  return pictures;
}

describe('readVideoFile', () => {
  it('gives every picture with its number, its time and its pixels', async () => {
    const pictures = await read(video);
    expect(pictures.map(({ frame }) => frame)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(pictures.map(({ timeMs }) => Math.round(timeMs))).toEqual(
      Array.from({ length: 30 }, (_, index) => index * 100),
    );
    expect(pictures[0]).toMatchObject({ widthPx: 64, heightPx: 48 });
    expect(pictures[0]?.pixels.byteLength).toBe(64 * 48 * 3);
    expect(new Uint8Array(pictures[0]?.pixels ?? new SharedArrayBuffer(0)).some((value) => value > 200)).toBe(true);
  });

  it('gives every n-th picture under its own number', async () => {
    expect((await read(video, { every: 7 })).map(({ frame }) => frame)).toEqual([0, 7, 14, 21, 28]);
  });

  it('gives pictures at a rate, with the times that the file has', async () => {
    const pictures = await read(video, { fps: 4 });
    expect(pictures.map(({ frame }) => frame)).toEqual([0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28]);
    expect(pictures.every(({ frame, timeMs }) => Math.round(timeMs) === frame * 100)).toBe(true);
  });

  it('says of a file without pictures that it cannot be read', async () => {
    await expect(read(path.join(folder, 'broken.mp4'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    await expect(read(path.join(folder, 'absent.mp4'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  it('can be left early', async () => {
    const signal = new AbortController().signal;
    for await (const { frame } of readVideoFile(video, { every: 1, fps: undefined, seconds: undefined, signal })) {
      expect(frame).toBe(0);
      break;
    }
  });
});

it('reads a note of ffmpeg, also one without a time', () => {
  const line = '[Parsed_showinfo_2 @ 0x55] n:  12 pts:  1024 pts_time:0.04096 pos: 9 fmt:yuv420p sar:0/1 s:768x432 i:P';
  expect(parsePictureNote(line)).toEqual({
    filter: 2,
    index: 12,
    pts: '1024',
    timeMs: 40.96,
    widthPx: 768,
    heightPx: 432,
  });
  expect(parsePictureNote(line.replace('1024', 'NOPTS').replace('0.04096', 'NOPTS'))?.timeMs).toBe(480);
  expect(parsePictureNote('[Parsed_showinfo_0 @ 0x55] color_range:tv')).toBeUndefined();
});

describe('readPictureFile', () => {
  it('reads a picture into shared memory', async () => {
    const still = await readPictureFile(picture);
    expect(still).toMatchObject({ widthPx: 64, heightPx: 48, frame: 0, timeMs: 0 });
    expect(still.pixels).toBeInstanceOf(SharedArrayBuffer);
  });

  it('says of a file that is none that it cannot be read', async () => {
    await expect(readPictureFile(path.join(folder, 'broken.jpg'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});

describe('listSources', () => {
  it('finds the pictures and videos of a folder, by name', async () => {
    const sources = await listSources(folder);
    expect(sources.map(({ kind, name }) => [kind, path.basename(name)])).toEqual([
      ['picture', 'broken.jpg'],
      ['video', 'broken.mp4'],
      ['video', 'clip.mp4'],
      ['picture', 'still.png'],
    ]);
  });

  it('hides the credentials of an address', async () => {
    const [source] = await listSources('rtsp://admin:secret@camera.example:554/main');
    expect(source).toMatchObject({ kind: 'stream', name: 'rtsp://camera.example:554/main' });
  });

  it('refuses what is not there', async () => {
    await expect(listSources(path.join(folder, 'absent'))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});
