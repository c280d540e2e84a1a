import { expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { cameraId } from '#ingest/media.ts';
import type { CameraStateChange } from './camera-state-history.ts';
import { FlapFilter } from './flap-filter.ts';

function line(): {
  clock: SimulatedClock;
  rows: CameraStateChange[];
  filter: FlapFilter<CameraStateChange>;
  change(id: string, status: 'live' | 'offline'): void;
} {
  const clock = new SimulatedClock();
  const rows: CameraStateChange[] = [];
  const filter = new FlapFilter<CameraStateChange>({ clock, emit: (row) => void rows.push(row) });
  const change = (id: string, status: 'live' | 'offline'): void =>
    filter.push({
      cameraId: cameraId(id),
      stream: 'main',
      timeMs: clock.nowMs(),
      status,
      errorCode: status === 'live' ? undefined : 'STREAM_ENDED',
      changes: 1,
    });
  return { clock, rows, filter, change };
}

test('an ordinary outage is kept at once, change by change', () => {
  const { clock, rows, change } = line();
  for (const status of ['live', 'offline', 'live', 'offline', 'live'] as const) {
    change('a', status);
    clock.advance(20_000);
  }
  expect(rows.map((row) => [row.status, row.changes])).toEqual([
    ['live', 1],
    ['offline', 1],
    ['live', 1],
    ['offline', 1],
    ['live', 1],
  ]);
});

test('a camera that flaps each second for a day writes a few hundred rows that stand for all, and others are not touched', () => {
  const { clock, rows, change } = line();
  const seconds = 86_400;
  for (let second = 0; second < seconds; second++) {
    change('flaps', second % 2 === 0 ? 'offline' : 'live');
    if (second % 43_200 === 0) change('steady', 'live');
    clock.advance(1000);
  }
  clock.advance(600_000);
  const flaps = rows.filter((row) => row.cameraId === 'flaps');
  expect(flaps.length).toBeLessThan(200);
  expect(flaps.reduce((sum, row) => sum + row.changes, 0)).toBe(seconds);
  expect(Math.max(...flaps.map((row) => row.changes))).toBeGreaterThan(100);
  // How it ended is told, with its time.
  expect(flaps.at(-1)).toMatchObject({ status: 'live', timeMs: clock.nowMs() - 601_000 });
  expect(rows.filter((row) => row.cameraId === 'steady').map((row) => row.changes)).toEqual([1, 1]);
});

test('a stream that has settled tells its state soon, and after quiet times each change counts for itself again', () => {
  const { clock, rows, change } = line();
  for (let index = 0; index < 25; index++) change('a', index % 2 === 0 ? 'offline' : 'live');
  expect(rows).toHaveLength(20);
  clock.advance(30_000);
  expect(rows.at(-1)).toMatchObject({ status: 'offline', changes: 5 });
  clock.advance(3_600_000);
  change('a', 'live');
  expect(rows.at(-1)).toMatchObject({ status: 'live', changes: 1 });
});

test('what is held is told on closing', () => {
  const { rows, filter, change } = line();
  for (let index = 0; index < 22; index++) change('a', index % 2 === 0 ? 'offline' : 'live');
  filter.close();
  filter.close();
  expect(rows.reduce((sum, row) => sum + row.changes, 0)).toBe(22);
});
