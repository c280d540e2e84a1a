import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccessUnit, VideoFormat } from '../media.ts';
import { keyFrameMark } from './key-frame-mark.ts';
import { ReplayTrimmer, type ReplayTrimmerOptions } from './replay-trimmer.ts';

const GOP = 10;
const PERIOD_MS = 100;
const FORMAT: VideoFormat = {
  codec: 'h264',
  widthPx: 16,
  heightPx: 16,
  sps: new Uint8Array(),
  pps: new Uint8Array(),
  codecString: 'avc1.42e01f',
};

/** Picture `number` was taken at `number` tenths of a second; a key frame every ten. */
function picture(number: number, clockErrorMs = 0, content = number): AccessUnit {
  const isKeyFrame = number % GOP === 0;
  const wallMs = number * PERIOD_MS + clockErrorMs;
  const message = Buffer.from([6, number & 0xff]);
  const slice = Buffer.from([isKeyFrame ? 0x65 : 0x41, content & 0xff, content >> 8]);
  return {
    format: FORMAT,
    pts90k: number * PERIOD_MS * 90,
    wallMs,
    arrivedMs: 0,
    isKeyFrame,
    nalUnits: [message, slice],
    sizeBytes: 5,
    damaged: false,
  };
}

const markOf = (number: number) => ({ mark: keyFrameMark(picture(number)), atMs: number * PERIOD_MS });
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

function trim(options: ReplayTrimmerOptions, units: readonly AccessUnit[]) {
  const trimmer = new ReplayTrimmer(options);
  const out = [...units.flatMap((unit) => trimmer.push(unit)), ...trimmer.finish()];
  return { numbers: out.map(({ pts90k }) => pts90k / 9000), out, replacesGroup: trimmer.replacesGroup };
}

test('the group that the outage cut in two comes whole, and ends where the recording goes on', () => {
  // Recorded: up to 203 and from 400 on.
  const options = { fromMs: 20_400, toMs: 40_000, before: { ...markOf(200), frames: 4 }, after: markOf(400) };
  expect(
    trim(
      options,
      range(130, 470).map((number) => picture(number)),
    ),
  ).toMatchObject({
    numbers: range(200, 400),
    replacesGroup: true,
  });
});

test('a recording that ends with a whole group stays whole', () => {
  const options = { fromMs: 21_000, toMs: 40_000, before: { ...markOf(200), frames: GOP }, after: markOf(400) };
  expect(
    trim(
      options,
      range(130, 470).map((number) => picture(number)),
    ),
  ).toMatchObject({
    numbers: range(210, 400),
    replacesGroup: false,
  });
});

test('a clock that is wrong by seconds changes nothing where the content says more, and the times come out right', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -4500, max: 4500 }),
      fc.integer({ min: 150, max: 260 }),
      fc.integer({ min: 1, max: 12 }),
      (clockErrorMs, lastRecorded, groups) => {
        const key = lastRecorded - (lastRecorded % GOP);
        const end = key + GOP * (groups + 1);
        const frames = lastRecorded - key + 1;
        const fromMs = (lastRecorded + 1) * PERIOD_MS;
        const options = { fromMs, toMs: end * PERIOD_MS, before: { ...markOf(key), frames }, after: markOf(end) };
        const { numbers, out, replacesGroup } = trim(
          options,
          range(50, 520).map((number) => picture(number, clockErrorMs)),
        );
        const start = frames === GOP ? key + GOP : key;
        expect(numbers).toEqual(range(start, end));
        expect(replacesGroup).toBe(frames !== GOP);
        if (out[0]) expect(out[0].wallMs).toBeCloseTo(start * PERIOD_MS, 6);
      },
    ),
  );
});

test('without a picture to know again the times decide, from the first key frame that is missing on', () => {
  const none = { fromMs: 20_400, toMs: 40_000, before: undefined, after: undefined };
  const units = range(130, 470).map((number) => picture(number));
  expect(trim(none, units)).toMatchObject({ numbers: range(210, 400), replacesGroup: false });
  // The card holds another encoding.
  const other = { ...none, before: { mark: 'x', atMs: 20_000, frames: 4 }, after: { mark: 'y', atMs: 40_000 } };
  expect(trim(other, units)).toMatchObject({ numbers: range(210, 400), replacesGroup: false });
});

test('of pictures that look the same the nearest counts', () => {
  // The scene repeats itself every three seconds.
  const units = range(130, 470).map((number) => picture(number, 0, number % 30));
  const mark = (number: number) => ({ mark: keyFrameMark(picture(number, 0, number % 30)), atMs: number * PERIOD_MS });
  const options = { fromMs: 20_400, toMs: 40_000, before: { ...mark(200), frames: 4 }, after: mark(400) };
  expect(trim(options, units).numbers).toEqual(range(200, 400));
});

test('a replay that breaks off, begins late or is empty gives what there is', () => {
  const options = { fromMs: 20_400, toMs: 40_000, before: { ...markOf(200), frames: 4 }, after: markOf(400) };
  expect(
    trim(
      options,
      range(130, 230).map((number) => picture(number)),
    ).numbers,
  ).toEqual(range(200, 230));
  expect(
    trim(
      options,
      range(300, 470).map((number) => picture(number)),
    ),
  ).toMatchObject({
    numbers: range(300, 400),
    replacesGroup: false,
  });
  expect(trim(options, []).numbers).toEqual([]);
});
