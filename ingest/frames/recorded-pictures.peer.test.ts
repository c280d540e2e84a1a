import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordedPicturesOptions, readRecordedPictures } from './recorded-pictures.ts';
import { readMark, writeMarkedVideo } from './testing/marked-video.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vantage-recorded-'));
const file = path.join(folder, 'marked.mp4');
const damaged = path.join(folder, 'damaged.mp4');

beforeAll(() => {
  writeMarkedVideo(file, { widthPx: 320, heightPx: 192, frames: 60, firstNumber: 500, gop: 10 });
  const bytes = readFileSync(file);
  const start = bytes.indexOf('mdat', 0, 'latin1');
  // A hole in the middle of the pictures; the first ones stay whole.
  bytes.fill(0x5a, start + Math.floor(bytes.length * 0.45), start + Math.floor(bytes.length * 0.5));
  writeFileSync(damaged, bytes);
  writeFileSync(path.join(folder, 'none.mp4'), 'this is no video');
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(options: Partial<RecordedPicturesOptions>) {
  const { signal } = new AbortController();
  const found: { timeMs: number; number: number | undefined; isFaulty: boolean }[] = [];
  for await (const picture of readRecordedPictures({ file, pick: { fps: 2 }, maxWidthPx: 1280, signal, ...options })) {
    const { timeMs, pixels, widthPx, heightPx, isFaulty } = picture;
    found.push({ timeMs, number: readMark(pixels, widthPx, heightPx), isFaulty });
  }
  return found;
}

test('gives so many pictures a second, each with the time that it has in the file', async () => {
  const found = await read({});
  expect(found.map(({ timeMs }) => timeMs)).toEqual(Array.from({ length: 12 }, (_, index) => index * 500));
  expect(found.every(({ timeMs, number, isFaulty }) => number === 500 + timeMs / 100 && !isFaulty)).toBe(true);
}, 30_000);

test('gives key frames alone, and of a range only what lies in it', async () => {
  const keyFrames = await read({ pick: 'keyframes' });
  expect(keyFrames.map(({ number }) => number)).toEqual([500, 510, 520, 530, 540, 550]);
  const some = await read({ pick: { fps: 10 }, range: { fromMs: 2350, toMs: 2700 } });
  expect(some.map(({ timeMs, number }) => [timeMs, number])).toEqual([
    [2400, 524],
    [2500, 525],
    [2600, 526],
  ]);
  expect(await read({ pick: 'keyframes', range: { fromMs: 2350, toMs: 2700 } })).toEqual([]);
}, 30_000);

test('a damaged stretch gives pictures that are marked, or none; the others are what they say', async () => {
  const found = await read({ file: damaged, pick: { fps: 10 } });
  const sound = found.filter(({ isFaulty }) => !isFaulty);
  expect(found.length > sound.length || found.length < 60).toBe(true);
  expect(sound.length).toBeGreaterThan(20);
  expect(sound.slice(0, 15).every(({ timeMs, number }) => number === 500 + timeMs / 100)).toBe(true);
}, 30_000);

test('says of a file without pictures that it cannot be decoded, and of a program that is not there that it is missing', async () => {
  await expect(read({ file: path.join(folder, 'none.mp4') })).rejects.toMatchObject({ code: 'PICTURE_UNDECODABLE' });
  await expect(read({ file: path.join(folder, 'gone.mp4') })).rejects.toMatchObject({ code: 'PICTURE_UNDECODABLE' });
  await expect(read({ ffmpegPath: '/nowhere/ffmpeg' })).rejects.toMatchObject({ code: 'DECODER_UNAVAILABLE' });
}, 30_000);

test('ends without an error when it is told to', async () => {
  const abort = new AbortController();
  let count = 0;
  for await (const _ of readRecordedPictures({ file, pick: { fps: 10 }, maxWidthPx: 1280, signal: abort.signal })) {
    count++;
    if (count === 3) abort.abort();
  }
  expect(count).toBe(3);
}, 30_000);
