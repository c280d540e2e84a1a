import { expect, test } from 'vitest';
import { RoadGraph } from '#storage/roads/road-graph.ts';
import { City, type CitySpec } from './city.ts';

const spec: CitySpec = { seed: 7, cameras: 600, vehicles: 4000, days: 3, firstDay: '2026-10-12' };
const city = new City(spec);
const vehicles = Array.from({ length: spec.vehicles }, (_, index) => city.vehicle(index));

test('the same numbers make the same city, vehicle by vehicle and in any order, and another seed another one', () => {
  const again = new City(spec);
  for (const index of [3999, 0, 17, 2500])
    expect(again.sightingsOf(again.vehicle(index), 1)).toEqual(city.sightingsOf(city.vehicle(index), 1));
  const other = new City({ ...spec, seed: 8 });
  expect(other.vehicle(17).plate).not.toBe(city.vehicle(17).plate);
});

test('each vehicle has a plate of its own, but for the few that carry a copied one', () => {
  const clones = vehicles.filter(({ clonedFrom }) => clonedFrom !== undefined);
  expect(clones.length).toBeGreaterThan(0);
  expect(new Set(vehicles.map(({ plate }) => plate)).size).toBe(spec.vehicles - clones.length);
  for (const clone of clones) expect(vehicles[clone.clonedFrom ?? -1]?.plate).toBe(clone.plate);
  for (const { plate, plateColour } of vehicles)
    expect(plate).toMatch(plateColour === 'green' ? /^.[A-Z][DAF][0-9A-HJ-NP-Z]{5}$/ : /^.[A-Z][0-9A-HJ-NP-Z]{5}$/);
});

test('no vehicle is anywhere sooner than the roads allow, whatever was read of it', () => {
  const graph = new RoadGraph(
    city.map.network,
    city.cameras.map(({ id, longitude, latitude }) => ({ cameraId: id, place: [longitude, latitude] })),
  );
  expect(graph.cameraCount).toBe(spec.cameras);
  let legs = 0;
  for (const vehicle of vehicles.slice(0, 600)) {
    const sightings = [0, 1, 2].flatMap((day) => city.sightingsOf(vehicle, day));
    for (const [index, to] of sightings.entries()) {
      const from = sightings[index - 1];
      if (!from) continue;
      legs++;
      expect(to.timeMs).toBeGreaterThanOrEqual(from.timeMs);
      const seconds = graph.routeBetween(from.cameraId, to.cameraId)?.fastestSeconds;
      expect(seconds).toBeDefined();
      // A millisecond for rounding; cameras stand a little beside the line.
      expect((to.timeMs - from.timeMs) / 1000).toBeGreaterThanOrEqual((seconds ?? 0) - 0.5);
    }
  }
  expect(legs).toBeGreaterThan(500);
});

test('plates are misread at a realistic rate, and the truth is among the alternatives of most misreadings', () => {
  let [read, misread, known] = [0, 0, 0];
  for (const vehicle of vehicles)
    for (const { plate } of city.sightingsOf(vehicle, 0)) {
      if (!plate) continue;
      read++;
      if (plate.text === vehicle.plate) continue;
      misread++;
      if (plate.alternatives.some(({ text }) => text === vehicle.plate)) known++;
    }
  expect(read).toBeGreaterThan(3000);
  expect(misread / read).toBeGreaterThan(0.01);
  expect(misread / read).toBeLessThan(0.06);
  expect(known / misread).toBeGreaterThan(0.5);
});

test('people go to work on workdays in the morning, and stay at home more on Sundays', () => {
  const commuters = vehicles.filter((vehicle) => vehicle.class === 'commuter').slice(0, 1500);
  const sunday = new City({ ...spec, firstDay: '2026-10-11' });
  const count = (of: City): number => commuters.reduce((sum, vehicle) => sum + of.sightingsOf(vehicle, 0).length, 0);
  expect(count(sunday)).toBeLessThan(0.8 * count(city));
  const localHours = commuters.flatMap((vehicle) =>
    city.sightingsOf(vehicle, 0).map(({ timeMs }) => new Date(timeMs + 8 * 3_600_000).getUTCHours()),
  );
  const share = (from: number, to: number): number =>
    localHours.filter((hour) => hour >= from && hour < to).length / localHours.length;
  expect(share(6, 10)).toBeGreaterThan(0.3);
  expect(share(1, 5)).toBeLessThan(0.03);
});
