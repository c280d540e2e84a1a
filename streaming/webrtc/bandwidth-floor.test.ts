import { expect, it } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { BandwidthFloor } from './bandwidth-floor.ts';

function setUp() {
  const clock = new SimulatedClock();
  const told: number[] = [];
  const transport = { closed: false, setMinOutgoingBitrate: async (bitrate: number) => void told.push(bitrate) };
  const tiles = new Map<
    string,
    { consumer: { paused: boolean }; lease: { leastBitsPerSecond(): number | undefined } }
  >();
  const add = (id: string, rate: number | undefined, paused = false) =>
    tiles.set(id, { consumer: { paused }, lease: { leastBitsPerSecond: () => rate } });
  return { clock, told, transport, tiles, add, floor: new BandwidthFloor(transport, tiles, clock) };
}

it('is what the smallest streams of the tiles that are seen take, with some headroom', () => {
  const { told, add, floor } = setUp();
  add('a', 200_000);
  add('b', 300_000);
  add('hidden', 900_000, true);
  floor.update();
  expect(told).toEqual([650_000]);
});

it('is looked at by itself, takes a usual rate until one is known, and does not follow every change', async () => {
  const { clock, told, add } = setUp();
  add('a', undefined);
  await clock.advance(2000);
  expect(told).toEqual([650_000]);
  add('a', 450_000);
  await clock.advance(2000);
  expect(told).toEqual([650_000]);
  add('a', 200_000);
  await clock.advance(2000);
  expect(told).toEqual([650_000, 260_000]);
  add('a', 210_000);
  await clock.advance(2000);
  expect(told).toEqual([650_000, 260_000, 273_000]);
});

it('goes with the last tile, and with the transport', async () => {
  const { clock, told, transport, tiles, add, floor } = setUp();
  add('a', 200_000);
  floor.update();
  tiles.clear();
  floor.update();
  expect(told).toEqual([260_000, 0]);
  add('a', 200_000);
  transport.closed = true;
  await clock.advance(10_000);
  floor.update();
  expect(told).toEqual([260_000, 0]);
  floor.close();
});
