import { expect, test } from 'vitest';
import type { Timeline } from '#api/contract/recordings.ts';
import { sumDay } from './day-sum.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 23) + hour * 3_600_000).toISOString();
const why = { en: '', zh: '' };
const segment = (from: number, to: number): Timeline['segments'][number] => ({
  segmentId: String(from),
  source: 'live',
  start: at(from),
  end: at(to),
  sizeBytes: 1000,
  codec: 'avc1.640028',
  widthPx: 1920,
  heightPx: 1080,
  url: '',
});

test('counts what was lost apart from what was not to be recorded, inside the day only', () => {
  const sum = sumDay(
    {
      cameraId: 'a',
      from: at(0),
      to: at(24),
      segments: [segment(-1, 2), segment(4, 5)],
      gaps: [
        { start: at(2), end: at(4), cause: 'no_event', reason: why },
        { start: at(5), end: at(6), cause: 'camera_unreachable', reason: why },
        { start: at(9), cause: 'disk_slow', reason: why },
      ],
      events: [],
    },
    Date.parse(at(10)),
  );
  expect(sum).toMatchObject({ sizeBytes: 2000, recordedMs: 3 * 3_600_000, lostMs: 2 * 3_600_000 });
  expect(sum.gaps.map(({ isPlanned, durationMs }) => [isPlanned, durationMs])).toEqual([
    [false, undefined],
    [false, 3_600_000],
    [true, 7_200_000],
  ]);
});
