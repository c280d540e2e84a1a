import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { type CityCamera, placeCameras } from './city-cameras.ts';
import { type CityMap, makeCityMap } from './city-map.ts';
import { readPass } from './city-reader.ts';
import { CityTrips } from './city-trips.ts';
import { type CityVehicle, type VehicleWorld, vehicleOf } from './city-vehicles.ts';
import { Random } from './random.ts';

/** What a simulated city is made from: the same again whenever these are the same. Kept in the database, so that the truth can be had again. */
export interface CitySpec {
  readonly seed: number;
  readonly cameras: number;
  readonly vehicles: number;
  readonly days: number;
  /** The first local day, `YYYY-MM-DD`. */
  readonly firstDay: string;
}

/** Name of the setting that holds the {@link CitySpec} of a database. */
export const CITY_SETTING = 'simulated-city';

/** The city lies in China: one time zone, no summer time. */
const LOCAL_OFFSET_MS = 8 * 3_600_000;
const HUBS_PER_NODES = 40;

/** A simulated city: roads, cameras, vehicles, and what cameras read of them. */
export class City {
  readonly spec: CitySpec;
  readonly map: CityMap;
  readonly cameras: readonly CityCamera[];
  readonly #world: VehicleWorld;
  readonly #trips: CityTrips;

  constructor(spec: CitySpec) {
    const { seed, cameras, vehicles, firstDay } = spec;
    this.spec = spec;
    this.map = makeCityMap(seed, cameras);
    this.cameras = placeCameras(this.map, cameras, seed);
    const random = new Random(seed, 6);
    const nodes = this.map.points.length;
    const count = Math.max(6, Math.round(nodes / HUBS_PER_NODES));
    const hubs = [...new Set(Array.from({ length: count }, () => random.below(nodes)))];
    this.#world = { seed, vehicles, nodes, side: this.map.side, hubs };
    this.#trips = new CityTrips({
      seed,
      map: this.map,
      cameras: this.cameras,
      hubs,
      firstMidnightMs: Date.parse(`${firstDay}T00:00:00Z`) - LOCAL_OFFSET_MS,
    });
  }

  vehicle(index: number): CityVehicle {
    return vehicleOf(this.#world, index);
  }

  /** What was read of a vehicle on a local day, in time. */
  sightingsOf(vehicle: CityVehicle, day: number): VehicleSighting[] {
    return this.#trips.passesOf(vehicle, day).flatMap((pass, number) => {
      const camera = this.cameras[pass.camera];
      return camera ? [readPass(this.spec.seed, vehicle, pass, camera, number)] : [];
    });
  }
}
