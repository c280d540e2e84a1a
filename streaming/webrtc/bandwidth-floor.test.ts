import { expect, it } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { BandwidthFloor } from './bandwidth-floor.ts';

function setUp() {
  const clock = new SimulatedClock();
  const told: number[] = [];
  const line = { estimated: 20_000_000 };
  const transport = {
    closed: false,
    getStats: async () => [{ availableOutgoingBitrate: line.estimated }] as never,
    setMinOutgoingBitrate: async (bitrate: number) => void told.push(bitrate),
  };
  const tiles = new Map<
    string,
    { consumer: { paused: boolean }; lease: { hasLayers: boolean; leastBitsPerSecond(): number | undefined } }
  >();
  const add = (id: string, rate: number | undefined, { paused = false, hasLayers = true } = {}) =>
    tiles.set(id, { consumer: { paused }, lease: { hasLayers, leastBitsPerSecond: () => rate } });
  const floor = new BandwidthFloor(transport, tiles, clock);
  /** The next look, and what it does. */
  const look = async (): Promise<void> => {
    clock.advance(2000);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { told, line, transport, tiles, add, floor, look };
}

it('leaves a wide line alone', async () => {
  const { told, add, look } = setUp();
  add('a', 200_000);
  await look();
  await look();
  expect(told).toEqual([]);
});

it('holds a narrow one at what the smallest streams of the tiles that are seen take, with some headroom', async () => {
  const { told, line, add, look } = setUp();
  add('a', 200_000);
  add('b', 300_000);
  add('hidden', 900_000, { paused: true });
  line.estimated = 700_000;
  await look();
  expect(told).toEqual([650_000]);
  line.estimated = 2_000_000;
  await look();
  expect(told).toEqual([650_000]);
  line.estimated = 3_000_000;
  await look();
  expect(told).toEqual([650_000, 0]);
});

it('takes a usual rate until one is known, and does not follow every change', async () => {
  const { told, line, add, look } = setUp();
  line.estimated = 30_000;
  add('a', undefined);
  await look();
  expect(told).toEqual([650_000]);
  add('a', 450_000);
  await look();
  expect(told).toEqual([650_000]);
  add('a', 200_000);
  await look();
  expect(told).toEqual([650_000, 260_000]);
  add('a', 210_000);
  await look();
  expect(told).toEqual([650_000, 260_000, 273_000]);
});

it('has nothing to hold where cameras have one stream, which is sent whatever the line is', async () => {
  const { told, line, add, look } = setUp();
  line.estimated = 30_000;
  add('a', 900_000, { hasLayers: false });
  await look();
  expect(told).toEqual([]);
  add('b', 100_000);
  await look();
  expect(told).toEqual([1_300_000]);
});

it('goes with the last tile, and looks no more when it was closed', async () => {
  const { told, line, tiles, add, floor, look } = setUp();
  line.estimated = 30_000;
  add('a', 200_000);
  await look();
  tiles.clear();
  await look();
  expect(told).toEqual([260_000, 0]);
  floor.close();
  add('a', 200_000);
  await look();
  expect(told).toEqual([260_000, 0]);
});
