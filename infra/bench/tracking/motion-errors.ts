import type { VehicleAttributes } from '#analyzers/attributes/vehicle-attributes.ts';
import { overlapOf } from '#analyzers/tracking/box.ts';
import type { SceneTruth } from '../../scenes/truth-format.ts';
import type { Figures } from '../bench-report.ts';
import type { TrackedPicture } from './track-score.ts';

/** How far what was measured of one pass lies off the truth; what was not measured is left out. */
interface MotionError {
  readonly speedKmh?: number;
  readonly speedShare?: number;
  readonly isWithinTwoDeviations?: boolean;
  readonly lengthMetres?: number;
}

const SAME_OVERLAP = 0.5;
/** The true speed is that between so much before and after. */
const AROUND_MS = 600;
const KMH_PER_METRE_AND_MS = 3600;

/** Of passes that are one vehicle's alone: those of two were counted as merged. */
export function motionErrors(
  truth: SceneTruth,
  pictures: readonly TrackedPicture[],
  passes: ReadonlyMap<string, VehicleAttributes | undefined>,
): MotionError[] {
  return [...passes].flatMap(([trackId, attributes]) => {
    const owner = soleOwner(pictures, trackId);
    const vehicle = truth.vehicles.find(({ id }) => id === owner);
    if (!attributes || !vehicle) return [];
    const { speed, lengthMetres } = attributes;
    const known = speed && trueSpeedKmh(truth, vehicle.id, speed.timeMs);
    const off = known === undefined || !speed ? undefined : Math.abs(speed.kmh - known);
    return [
      {
        ...(off === undefined || !speed || known === undefined
          ? {}
          : {
              speedKmh: off,
              speedShare: off / Math.max(1, known),
              isWithinTwoDeviations: off <= 2 * speed.uncertaintyKmh,
            }),
        ...(lengthMetres === undefined || vehicle.lengthM === undefined
          ? {}
          : { lengthMetres: Math.abs(lengthMetres - vehicle.lengthM) }),
      },
    ];
  });
}

export function motionFigures(errors: readonly MotionError[]): Figures {
  const speeds = errors.flatMap(({ speedKmh }) => speedKmh ?? []);
  const shares = errors.flatMap(({ speedShare }) => speedShare ?? []);
  const lengths = errors.flatMap(({ lengthMetres }) => lengthMetres ?? []);
  if (speeds.length === 0) return {};
  const within = errors.filter(({ isWithinTwoDeviations }) => isWithinTwoDeviations === true).length;
  return {
    speeds: speeds.length,
    speedErrorMedianKmh: rounded(quantileOf(speeds, 0.5)),
    speedErrorP90Kmh: rounded(quantileOf(speeds, 0.9)),
    speedErrorMedianRatio: rounded(quantileOf(shares, 0.5)),
    speedsWithinTwoDeviationsRatio: rounded(within / speeds.length),
    lengths: lengths.length,
    ...(lengths.length === 0 ? {} : { lengthErrorMedianMetres: rounded(quantileOf(lengths, 0.5)) }),
  };
}

function soleOwner(pictures: readonly TrackedPicture[], trackId: string): number | undefined {
  const owners = new Set<number>();
  for (const { truth, tracked } of pictures) {
    const box = tracked.find((one) => one.trackId === trackId)?.box;
    const owner = box && truth.find((vehicle) => overlapOf(vehicle.box, box) >= SAME_OVERLAP);
    if (owner) owners.add(owner.id);
  }
  const [first] = owners;
  return owners.size === 1 ? first : undefined;
}

function trueSpeedKmh(truth: SceneTruth, id: number, timeMs: number): number | undefined {
  const places = truth.frames.flatMap((frame) => {
    const ground = frame.objects.find((object) => object.id === id)?.ground;
    return ground ? [{ timeMs: frame.timeMs, ground }] : [];
  });
  const from = places.findLast((place) => place.timeMs <= timeMs - AROUND_MS) ?? places[0];
  const to = places.find((place) => place.timeMs >= timeMs + AROUND_MS) ?? places.at(-1);
  if (!from || !to || to.timeMs <= from.timeMs) return undefined;
  const metres = Math.hypot(to.ground[0] - from.ground[0], to.ground[1] - from.ground[1]);
  return (metres / (to.timeMs - from.timeMs)) * KMH_PER_METRE_AND_MS;
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
