import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { encodeMarkedVideo, readMark } from '#ingest/frames/testing/marked-video.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { Transcoder } from './transcoder.ts';

const WIDTH = 320;
const HEIGHT = 192;
const START_CODE = Buffer.from([0, 0, 0, 1]);
const deps = { clock: systemClock, log: silentLog };

/** The numbers that the pictures of an H.264 stream show. */
function marksOf(units: readonly AccessUnit[]): (number | undefined)[] {
  const annexB = units.flatMap(({ format, isKeyFrame, nalUnits }) =>
    [...(isKeyFrame ? [format.sps, format.pps] : []), ...nalUnits].flatMap((nal) => [START_CODE, nal]),
  );
  const { stdout } = spawnSync('ffmpeg', '-v error -f h264 -i - -f rawvideo -pix_fmt rgb24 -'.split(' '), {
    input: Buffer.concat(annexB),
    maxBuffer: 256 * 1024 * 1024,
  });
  const sizeBytes = WIDTH * HEIGHT * 3;
  return Array.from({ length: stdout.length / sizeBytes }, (_, at) =>
    readMark(stdout.subarray(at * sizeBytes, (at + 1) * sizeBytes), WIDTH, HEIGHT),
  );
}

test('each picture of H.265 comes out as H.264 with the time that it went in with, also after a break', async () => {
  const hub = new StreamHub();
  const transcoder = new Transcoder({ ...deps, slots: 1 });
  const stream = transcoder.open('cam-1', hub);
  const out: AccessUnit[] = [];
  stream.hub.attach({ name: 'test', onAccessUnit: (unit) => void out.push(unit) });
  const clip = { codec: 'h265', widthPx: WIDTH, heightPx: HEIGHT, frames: 20, gop: 10 } as const;
  const before = encodeMarkedVideo({ ...clip, firstNumber: 100 });
  const after = encodeMarkedVideo({ ...clip, firstNumber: 500 });
  // Nobody can begin with these.
  for (const unit of before.slice(5)) hub.publish(unit);
  await vi.waitFor(() => expect(out).toHaveLength(10), { timeout: 20_000 });
  hub.signalDiscontinuity('stream_error');
  for (const unit of after) hub.publish(unit);
  await vi.waitFor(() => expect(out).toHaveLength(30), { timeout: 20_000 });
  transcoder.close();

  expect(out.every(({ format }) => format.codec === 'h264' && format.widthPx === WIDTH)).toBe(true);
  expect([out[0]?.isKeyFrame, out[10]?.isKeyFrame]).toEqual([true, true]);
  expect(out.map(({ pts90k }) => pts90k)).toEqual([...before.slice(10), ...after].map(({ pts90k }) => pts90k));
  const numbers = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);
  expect(marksOf(out.slice(0, 10))).toEqual(numbers(110, 10));
  expect(marksOf(out.slice(10))).toEqual(numbers(500, 20));
}, 60_000);

test('with all slots taken the next camera is told so, and gets one that is given back', () => {
  const transcoder = new Transcoder({ ...deps, slots: 1 });
  const first = transcoder.open('cam-1', new StreamHub());
  expect(() => transcoder.open('cam-2', new StreamHub())).toThrow(
    expect.objectContaining({ code: 'LIVE_TRANSCODING_BUSY' }),
  );
  first.release();
  first.release();
  transcoder.open('cam-2', new StreamHub());
  expect(transcoder.used).toBe(1);
  transcoder.close();
  expect(() => new Transcoder({ ...deps, slots: 0 }).open('cam-1', new StreamHub())).toThrow(
    expect.objectContaining({ code: 'LIVE_CODEC_NOT_RELAYED' }),
  );
});

test('says once that it ended when ffmpeg cannot be started', async () => {
  const hub = new StreamHub();
  const transcoder = new Transcoder({ ...deps, slots: 1, ffmpegPath: '/nonexistent/ffmpeg' });
  const onEnded = vi.fn();
  transcoder.open('cam-1', hub).onEnded(onEnded);
  const [unit] = encodeMarkedVideo({ codec: 'h265', widthPx: 64, heightPx: 64, frames: 1, firstNumber: 1, gop: 1 });
  if (!unit) throw new Error('no picture');
  hub.publish(unit);
  await vi.waitFor(() => expect(onEnded).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  expect(transcoder.used).toBe(0);
});
