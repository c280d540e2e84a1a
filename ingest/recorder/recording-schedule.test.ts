import { expect, test } from 'vitest';
import { recordingPolicy } from './recording-policy.ts';
import { parseSchedule, type RecordingSchedule, ScheduleClock } from './recording-schedule.ts';

const HOUR_MS = 3_600_000;
const OFFICE: RecordingSchedule = {
  timeZone: 'Asia/Shanghai',
  windows: [
    { days: [1, 2, 3, 4, 5], from: '08:00', to: '12:00' },
    { days: [1, 2, 3, 4, 5], from: '14:00', to: '18:30' },
    { days: [7], from: '22:00', to: '06:00' },
  ],
};

function isOpen(schedule: RecordingSchedule, time: string): boolean {
  return new ScheduleClock(schedule).includes(Date.parse(time));
}

test('knows the windows of a day on the clock of the time zone', () => {
  // 2026-11-23 is a Monday.
  const cases = [
    ['2026-11-23T07:59:59+08:00', false],
    ['2026-11-23T08:00:00+08:00', true],
    ['2026-11-23T11:59:59.999+08:00', true],
    ['2026-11-23T12:00:00+08:00', false],
    ['2026-11-23T18:29:00+08:00', true],
    ['2026-11-23T18:30:00+08:00', false],
    ['2026-11-28T09:00:00+08:00', false],
  ] as const;
  for (const [time, expected] of cases) expect([time, isOpen(OFFICE, time)]).toEqual([time, expected]);
});

test('carries a window over midnight, and over the end of the week', () => {
  const cases = [
    ['2026-11-22T21:59:00+08:00', false],
    ['2026-11-22T22:00:00+08:00', true],
    ['2026-11-23T05:59:00+08:00', true],
    ['2026-11-23T06:00:00+08:00', false],
    ['2026-11-24T05:00:00+08:00', false],
  ] as const;
  for (const [time, expected] of cases) expect([time, isOpen(OFFICE, time)]).toEqual([time, expected]);
});

test('a whole day is from midnight to 24:00', () => {
  const always = { timeZone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }] } as const;
  const clock = new ScheduleClock(always);
  const start = Date.parse('2026-11-23T00:00:00Z');
  for (let hour = 0; hour < 24 * 8; hour++) expect(clock.includes(start + hour * HOUR_MS)).toBe(true);
});

test('keeps to the clock on the wall when summer time begins and ends', () => {
  const night = { timeZone: 'Europe/Berlin', windows: [{ days: [7], from: '01:00', to: '04:00' }] } as const;
  const openMinutes = (day: string): number => {
    const clock = new ScheduleClock(night);
    const start = Date.parse(`${day}T00:00:00Z`) - 3 * HOUR_MS;
    let minutes = 0;
    for (let minute = 0; minute < 30 * 60; minute++) if (clock.includes(start + minute * 60_000)) minutes++;
    return minutes;
  };
  expect(openMinutes('2026-11-22')).toBe(180);
  // 02:00 to 03:00 does not exist on the first of these nights and is there twice on the second.
  expect(openMinutes('2026-03-29')).toBe(120);
  expect(openMinutes('2026-10-25')).toBe(240);
  expect(isOpen(night, '2026-03-29T03:30:00+02:00')).toBe(true);
  expect(isOpen(night, '2026-10-25T04:00:00+01:00')).toBe(false);
});

test('refuses what is no schedule', () => {
  const windows = [{ days: [1] as const, from: '08:00', to: '09:00' }];
  const wrong: RecordingSchedule[] = [
    { timeZone: 'Moon/Base', windows },
    { timeZone: 'UTC', windows: [{ days: [1], from: '8:00', to: '09:00' }] },
    { timeZone: 'UTC', windows: [{ days: [1], from: '24:00', to: '09:00' }] },
    { timeZone: 'UTC', windows: [{ days: [1], from: '08:60', to: '09:00' }] },
  ];
  const refusal: unknown = expect.objectContaining({ code: 'RECORDING_SCHEDULE_INVALID' });
  for (const schedule of wrong) expect(() => recordingPolicy({ mode: 'off', schedule })).toThrow(refusal as Error);
  expect(() => recordingPolicy({ mode: 'scheduled' })).toThrow(refusal as Error);
  expect(recordingPolicy({ mode: 'on_event' })).toMatchObject({ preRollSeconds: 5, postRollSeconds: 10 });
});

test('reads a schedule as people type it', () => {
  expect(parseSchedule('Asia/Shanghai 1-5 08:00-18:00, 7 22:00-06:00')).toEqual({
    timeZone: 'Asia/Shanghai',
    windows: [
      { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' },
      { days: [7], from: '22:00', to: '06:00' },
    ],
  });
  for (const text of ['', 'UTC', 'UTC 8 08:00-09:00', 'UTC 1 8-9'])
    expect(() => parseSchedule(text)).toThrow(
      expect.objectContaining({ code: 'RECORDING_SCHEDULE_INVALID' }) as unknown as Error,
    );
});
