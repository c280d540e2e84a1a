import type { MapArea } from '#api/contract/sightings.ts';
import { demoCameras } from '#infra/demo/demo-city.ts';

// Passes that a test puts into the database, and what the searches over them must find: counted pass by pass, in another way than the product does.

/** The browser's zone, eight hours ahead all the year. */
export const ZONE = { name: 'Asia/Shanghai', offsetMs: 8 * 3_600_000 };
export const HOUR_MS = 3_600_000;
/** Hours ago, so that all of it is over; the seconds of a pass count from here. */
export const START_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS;
export const END_SECONDS = 7200;
/** Readings below are left out of searches over many vehicles. */
const SURE = 0.8;
export const WANTED = '皖A12345';

interface Pass {
  readonly plate: string;
  /** Index into {@link CAMERAS}. */
  readonly camera: number;
  readonly seconds: number;
  readonly confidence: number;
}

export const CAMERAS = demoCameras(16)
  .filter(({ scene }) => scene !== 'kitchen')
  .slice(0, 10);

/** The same numbers at every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function allPasses(): Pass[] {
  const along = (plate: string, after: readonly number[], confidence = 0.95): Pass[] =>
    after.map((seconds, camera) => ({ plate, camera, seconds: 600 + camera * 600 + seconds, confidence }));
  const next = numbersFrom(7);
  const others = Array.from({ length: 30 }, (_, index) => `皖B${10_000 + index * 37}`).flatMap((plate) =>
    Array.from({ length: 4 }, () => ({
      plate,
      camera: next(CAMERAS.length),
      seconds: next(END_SECONDS),
      confidence: 0.7 + next(30) / 100,
    })),
  );
  return [
    ...along(WANTED, [0, 0, 0, 0]),
    ...along('皖A20002', [20, 25, -15, 30]),
    ...along('皖A30003', [90, 60, -100]),
    // At two cameras only; too long after; a reading that is not sure.
    ...along('皖A40004', [5, 5]),
    ...along('皖A50005', [200, 200, 200, 200]),
    ...along('皖A60006', [10, 10]),
    ...along('皖A60006', [400, 400, 12], 0.6).slice(2),
    // At the first place of the common search, then only north and east of the part that is drawn.
    { plate: '皖A70007', camera: 0, seconds: 640, confidence: 0.95 },
    { plate: '皖A70007', camera: 5, seconds: 1500, confidence: 0.95 },
    { plate: '皖A70007', camera: 6, seconds: 1700, confidence: 0.95 },
    ...others,
  ];
}

export const PASSES = allPasses();
const SURE_PASSES = PASSES.filter(({ confidence }) => confidence >= SURE);

/** As the pages write a time. */
export function clock(seconds: number): string {
  return new Date(START_MS + seconds * 1000 + ZONE.offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

export interface Company {
  readonly plate: string;
  readonly stations: readonly { readonly camera: number; readonly seconds: number; readonly after?: number }[];
}

/** Who kept company: per vehicle and camera the pass that came nearest to one of the wanted plate's. */
export function convoyTruth(plate: string, withinSeconds: number, minCameras: number): Company[] {
  const own = SURE_PASSES.filter((pass) => pass.plate === plate);
  const found = [...new Set(SURE_PASSES.map((pass) => pass.plate))]
    .filter((other) => other !== plate)
    .map((other) => {
      const stations = CAMERAS.flatMap((_, camera) => {
        const near = SURE_PASSES.filter((pass) => pass.plate === other && pass.camera === camera)
          .flatMap(({ seconds }) =>
            own
              .filter((pass) => pass.camera === camera)
              .map((pass) => ({ camera, seconds, after: seconds - pass.seconds })),
          )
          .filter(({ after }) => Math.abs(after) <= withinSeconds)
          .sort((a, b) => Math.abs(a.after) - Math.abs(b.after));
        return near.slice(0, 1);
      });
      return { plate: other, stations: stations.sort((a, b) => a.seconds - b.seconds) };
    })
    .filter(({ stations }) => stations.length >= minCameras);
  const apart = ({ stations }: (typeof found)[number]) =>
    stations.reduce((sum, { after }) => sum + Math.abs(after), 0) / stations.length;
  return found.sort((a, b) => b.stations.length - a.stations.length || apart(a) - apart(b));
}

interface Place {
  readonly cameras: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Who was at all of the places, with the first pass at each. */
export function commonTruth(places: readonly Place[]): Company[] {
  return [...new Set(SURE_PASSES.map((pass) => pass.plate))]
    .map((plate) => ({
      plate,
      stations: places
        .flatMap(
          ({ cameras, from, to }) =>
            SURE_PASSES.filter((pass) => pass.plate === plate && cameras.includes(pass.camera))
              .filter(({ seconds }) => seconds >= from && seconds <= to)
              .sort((a, b) => a.seconds - b.seconds)[0] ?? [],
        )
        .map(({ camera, seconds }) => ({ camera, seconds }))
        .sort((a, b) => a.seconds - b.seconds),
    }))
    .filter(({ stations }) => stations.length === places.length);
}

/** The cameras that stand in a part of the map. */
export const inside = (area: MapArea): number[] =>
  CAMERAS.flatMap(({ longitude, latitude }, index) =>
    longitude >= area.west && longitude <= area.east && latitude >= area.south && latitude <= area.north ? [index] : [],
  );
