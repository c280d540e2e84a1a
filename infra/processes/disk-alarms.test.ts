import { expect, test } from 'vitest';
import type { SystemAlarmChange } from '#storage/system/system-alarms.ts';
import { DiskAlarms } from './disk-alarms.ts';

const SECOND_MS = 1000;

function watch() {
  const changes: SystemAlarmChange[] = [];
  const alarms = new DiskAlarms({ change: (change) => void changes.push(change) });
  const told = (): string[] => changes.splice(0).map(({ code, phase }) => `${code} ${phase}`);
  return { alarms, told };
}

test('a fault that comes and goes is one alarm, closed after a quiet minute', () => {
  const { alarms, told } = watch();
  for (let second = 0; second < 40; second += 5)
    alarms.update(new Set(second % 10 === 0 ? ['DISK_FULL', undefined] : []), second * SECOND_MS);
  expect(told()).toEqual(['DISK_FULL opened']);
  expect([...alarms.open]).toEqual(['DISK_FULL']);
  alarms.update(new Set(), 89 * SECOND_MS);
  expect(told().filter((line) => line.startsWith('DISK_FULL'))).toEqual([]);
  alarms.update(new Set(), 90 * SECOND_MS);
  expect(told()).toContain('DISK_FULL closed');
  alarms.update(new Set(), 150 * SECOND_MS);
  expect(told()).toEqual([]);
  expect([...alarms.open]).toEqual([]);
});

test('what the run before left open is closed once, and what is no fault of the disk is left aside', () => {
  const { alarms, told } = watch();
  alarms.update(new Set(['CAMERA_UNREACHABLE']), 0);
  expect(told()).toEqual([]);
  alarms.update(new Set(), 1800 * SECOND_MS);
  alarms.update(new Set(), 1805 * SECOND_MS);
  expect(told().toSorted()).toEqual([
    'DISK_FULL closed',
    'DISK_LOW closed',
    'DISK_SLOW closed',
    'DISK_WRITE_FAILED closed',
  ]);
});

test('an alarm that could not be written down is told again', () => {
  let isFull = true;
  const told: string[] = [];
  const alarms = new DiskAlarms({
    change: ({ code, phase }) => {
      if (isFull) throw new Error('full');
      told.push(`${code} ${phase}`);
    },
  });
  expect(() => alarms.update(new Set(['DISK_LOW']), 0)).toThrow('full');
  isFull = false;
  alarms.update(new Set(['DISK_LOW']), 5 * SECOND_MS);
  expect(told).toEqual(['DISK_LOW opened']);
});
