import type { VehicleSighting, VehicleColour } from '#analyzers/analysis-event.ts';
import { Random } from './random.ts';

export type VehicleClass = 'commuter' | 'private' | 'lorry' | 'taxi' | 'bus' | 'visitor';

export interface CityVehicle {
  readonly index: number;
  readonly class: VehicleClass;
  readonly type: VehicleSighting['vehicleType'];
  readonly colour: VehicleColour;
  readonly plate: string;
  readonly plateColour: 'blue' | 'green' | 'yellow';
  /** The vehicle whose plate this one copies. */
  readonly clonedFrom: number | undefined;
  readonly home: number;
  /** Which hub it works at, or begins and ends at. */
  readonly hub: number;
  /** How much slower than the limit it drives, from 1.05. */
  readonly slowness: number;
}

export interface VehicleWorld {
  readonly seed: number;
  readonly vehicles: number;
  readonly nodes: number;
  /** Crossings of a row. */
  readonly side: number;
  /** Nodes where people work, shop, load and unload. */
  readonly hubs: readonly number[];
}

/** One vehicle in so many copies a plate that another one carries. */
export const CLONE_ONE_IN = 4000;
const CLASSES: readonly VehicleClass[] = ['commuter', 'private', 'lorry', 'taxi', 'bus', 'visitor'];
const CLASS_WEIGHTS = [78, 11, 4, 1.5, 0.5, 5];
const COLOURS: readonly VehicleColour[] = [
  'white',
  'black',
  'silver',
  'grey',
  'red',
  'blue',
  'brown',
  'yellow',
  'green',
  'orange',
];
const COLOUR_WEIGHTS = [40, 18, 12, 12, 6, 6, 3, 1.5, 1, 0.5];
const OTHER_PROVINCES = Array.from('苏浙沪豫鲁鄂湘赣京粤川冀');
/** Of so many that it could be, a vehicle's hub is the nearest to its home. */
const HUBS_CONSIDERED = 8;
/** Without I and O, which plates leave out. */
const LETTERS = Array.from('ABCDEFGHJKLMNPQRSTUVWXYZ');
const DIGITS = Array.from('0123456789');
/** Where letters stand in the serial of five. */
const SERIALS = ['DDDDD', 'LDDDD', 'DLDDD', 'DDDLD', 'DDDDL', 'LLDDD', 'DDDLL', 'LDDDL'].map((shape) => {
  const places = Array.from(shape, (letter) => (letter === 'L' ? LETTERS : DIGITS));
  return { places, count: places.reduce((product, place) => product * place.length, 1) };
});
const SERIAL_COUNT = SERIALS.reduce((sum, { count }) => sum + count, 0);
/** Shares no factor with the number of serials: neighbours get plates that do not look alike. */
const STRIDE = 1_000_003;

/** The vehicle of this number: always the same one for the same seed. */
export function vehicleOf(world: VehicleWorld, index: number): CityVehicle {
  const random = new Random(world.seed, 3, index);
  const kind = random.weighted(CLASSES, CLASS_WEIGHTS);
  const isElectric = kind !== 'lorry' && kind !== 'bus' && random.next() < 0.3;
  const type =
    kind === 'bus' ? 'bus' : kind === 'lorry' ? 'truck' : kind === 'private' && random.next() < 0.25 ? 'van' : 'car';
  const colour =
    kind === 'bus' ? random.pick(['white', 'blue', 'green'] as const) : random.weighted(COLOURS, COLOUR_WEIGHTS);
  const isAway = kind === 'visitor' || random.next() < 0.04;
  const province = isAway ? random.pick(OTHER_PROVINCES) : '皖';
  const city = isAway
    ? random.pick(LETTERS.slice(0, 8))
    : random.next() < 0.85
      ? 'A'
      : random.pick(LETTERS.slice(1, 10));
  const serial = serialOf((index * STRIDE + world.seed * 7919) % SERIAL_COUNT);
  const home = random.below(world.nodes);
  const hub = nearestOf(
    world,
    home,
    Array.from({ length: HUBS_CONSIDERED }, () => random.below(world.hubs.length)),
  );
  const slowness = 1.05 + random.next() * 0.35;
  const isClone = index > 0 && kind === 'commuter' && index % CLONE_ONE_IN === CLONE_ONE_IN - 1;
  const original = isClone ? vehicleOf(world, random.below(index)) : undefined;
  return {
    index,
    class: kind,
    type,
    colour,
    plate: original?.plate ?? `${province}${city}${isElectric ? random.pick(['D', 'A', 'F']) : ''}${serial}`,
    plateColour:
      original?.plateColour ?? (isElectric ? 'green' : kind === 'lorry' || kind === 'bus' ? 'yellow' : 'blue'),
    clonedFrom: original?.index,
    home,
    hub,
    slowness,
  };
}

function nearestOf({ side, hubs }: VehicleWorld, home: number, candidates: readonly number[]): number {
  const distance = (hub: number): number => {
    const node = hubs[hub] ?? 0;
    return Math.hypot((node % side) - (home % side), Math.floor(node / side) - Math.floor(home / side));
  };
  return candidates.reduce((best, hub) => (distance(hub) < distance(best) ? hub : best));
}

function serialOf(number: number): string {
  let rest = number;
  for (const { places, count } of SERIALS) {
    if (rest >= count) {
      rest -= count;
      continue;
    }
    return places
      .map((place) => {
        const character = place[rest % place.length] ?? '';
        rest = Math.floor(rest / place.length);
        return character;
      })
      .join('');
  }
  throw new RangeError(`no serial ${number}`);
}
