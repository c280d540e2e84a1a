import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { SightingBulkLoad } from '#storage/sightings/sighting-bulk-load.ts';
import type { Storage } from '#storage/storage.ts';
import { withStorage } from '../processes/with-storage.ts';
import { City, CITY_SETTING, type CitySpec } from './city.ts';
import { cityMapLayer } from './city-map.ts';
import { simulationErrors } from './errors.ts';
import { vehiclePictures } from './vehicle-picture.ts';

export interface SimulateEventsOptions extends CitySpec {
  readonly dataFolder: string | undefined;
  /** Where the truth goes; undefined: nowhere. */
  readonly truthFile: string | undefined;
  readonly onProgress: (done: SimulationProgress) => void;
}

export interface SimulationProgress {
  readonly daysDone: number;
  readonly sightings: number;
  readonly seconds: number;
}

const DAY_MS = 86_400_000;

/**
 * Fills an empty store with the sightings of a simulated city, a day at a time.
 * @returns what was written
 * @throws {AppError} `CITY_ALREADY_THERE`, `STORE_NOT_EMPTY`, and what the database says
 */
export async function simulateEvents(options: SimulateEventsOptions): Promise<SimulationProgress> {
  const { dataFolder, truthFile, onProgress, ...spec } = options;
  return withStorage({ dataFolder, defaultDataFolder: 'data/city' }, async (storage, databaseUrl) => {
    if (await storage.settings.get(CITY_SETTING)) throw simulationErrors.CITY_ALREADY_THERE();
    if ((await storage.cameras.list()).length > 0) throw simulationErrors.STORE_NOT_EMPTY();
    const startedMs = performance.now();
    const city = new City(spec);
    await putCity(storage, city);
    const load = new SightingBulkLoad(databaseUrl);
    await load.open();
    const truth = truthFile === undefined ? undefined : await TruthFile.open(truthFile, spec);
    try {
      const waiting = new Map<number, VehicleSighting[]>();
      let sightings = 0;
      const write = async (day: number): Promise<void> => {
        const rows = waiting.get(day) ?? [];
        waiting.delete(day);
        rows.sort((a, b) => a.timeMs - b.timeMs);
        await load.writeDay(day, rows);
        sightings += rows.length;
      };
      const vehicles = Array.from({ length: spec.vehicles }, (_, index) => city.vehicle(index));
      for (let day = 0; day < spec.days; day++) {
        for (const vehicle of vehicles)
          for (const sighting of city.sightingsOf(vehicle, day)) {
            const utcDay = Math.floor(sighting.timeMs / DAY_MS);
            const rows = waiting.get(utcDay) ?? [];
            rows.push(sighting);
            waiting.set(utcDay, rows);
          }
        // A local day ends within a UTC day that the next local day goes on filling; what lies before that is complete.
        const open = Math.max(...waiting.keys());
        for (const utcDay of [...waiting.keys()].toSorted((a, b) => a - b)) if (utcDay < open) await write(utcDay);
        onProgress({ daysDone: day + 1, sightings, seconds: (performance.now() - startedMs) / 1000 });
      }
      for (const utcDay of [...waiting.keys()].toSorted((a, b) => a - b)) await write(utcDay);
      await load.finish();
      for (let index = 0; truth && index < spec.vehicles; index++) await truth.add(city, index);
      await storage.settings.put(CITY_SETTING, spec);
      return { daysDone: spec.days, sightings, seconds: (performance.now() - startedMs) / 1000 };
    } finally {
      await Promise.all([load.close(), truth?.close()]);
    }
  });
}

async function putCity(storage: Storage, city: City): Promise<void> {
  await storage.map.put(cityMapLayer(city.map));
  await storage.roads.put(city.map.network);
  await storage.cameras.createAll(
    city.cameras.map((camera) => ({
      id: cameraId(camera.id),
      name: camera.name,
      number: camera.number,
      area: camera.area,
      scene: 'road',
      latitude: camera.latitude,
      longitude: camera.longitude,
      // Nothing to connect to: a server that is started on this data shows them as not in use.
      streams: [],
      username: undefined,
      password: undefined,
      recording: recordingPolicy({ mode: 'off' }),
      analysis: { mode: 'off' },
      rules: [],
    })),
  );
  for await (const { key, jpeg } of vehiclePictures()) await storage.blobs.put(key, jpeg, 'image/jpeg');
}

/**
 * What was true, one JSON object a line: first the city, then each vehicle with its plate, its class, whose plate it copies, and its
 * sightings by id, camera and time, with the text that was read where it is not the true one.
 */
class TruthFile {
  readonly #stream: ReturnType<typeof createWriteStream>;

  private constructor(stream: ReturnType<typeof createWriteStream>) {
    this.#stream = stream;
  }

  static async open(file: string, spec: CitySpec): Promise<TruthFile> {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    const truth = new TruthFile(createWriteStream(file));
    await truth.#write({ city: spec });
    return truth;
  }

  async add(city: City, index: number): Promise<void> {
    const vehicle = city.vehicle(index);
    const sightings = Array.from({ length: city.spec.days }, (_, day) => city.sightingsOf(vehicle, day)).flat();
    const { plate, class: kind, type, colour, clonedFrom } = vehicle;
    await this.#write({
      vehicle: index,
      plate,
      class: kind,
      type,
      colour,
      ...(clonedFrom === undefined ? {} : { clonedFrom }),
      sightings: sightings.map((sighting) => [
        sighting.eventId,
        sighting.cameraId,
        sighting.timeMs,
        ...(sighting.plate?.text === plate ? [] : [sighting.plate?.text ?? null]),
      ]),
    });
  }

  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }

  async #write(line: object): Promise<void> {
    if (this.#stream.write(`${JSON.stringify(line)}\n`)) return;
    await new Promise<void>((resolve) => void this.#stream.once('drain', resolve));
  }
}
