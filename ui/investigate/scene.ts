import type { Camera } from '#api/contract/cameras.ts';
import type { MapLayer, Sighting, Trajectory } from '#api/contract/sightings.ts';
import type { MapArea } from '#api/contract/sightings.ts';
import type { MapLeg, MapScene, Place } from '../map/map-scene.ts';
import { formatClock, formatDistance, formatDuration } from '../shared/format.ts';

export interface LegWords {
  implausible: (facts: string) => string;
  stop: (duration: string) => string;
}

export function placeOf(one: { readonly latitude?: number; readonly longitude?: number }): Place | undefined {
  return one.latitude === undefined || one.longitude === undefined ? undefined : [one.longitude, one.latitude];
}

const isPair = (pair: readonly number[]): pair is [number, number] => pair.length === 2;
/** Beyond so many legs only what is special is said on the map. */
const manyLegs = 14;
/** Beyond so many visits a mark counts them instead of naming them. */
const mostOrders = 3;

/** Of legs over the same way only one says its note, the one pointed at before all others: they would cover each other. */
function withoutCovered(legs: readonly (MapLeg & { readonly way: string })[]): MapLeg[] {
  const said = new Set(legs.filter((leg) => leg.isHighlighted && leg.note !== undefined).map((leg) => leg.way));
  return legs.map(({ way, ...leg }) => {
    if (leg.note === undefined || leg.isHighlighted) return leg;
    const { note, ...silent } = leg;
    if (said.has(way)) return silent;
    said.add(way);
    return { ...silent, note };
  });
}

function legsOf(trajectory: Trajectory, highlighted: string | undefined, words: LegWords): MapLeg[] {
  const byId = new Map(trajectory.sightings.map((sighting) => [sighting.sightingId, sighting]));
  const legs = trajectory.legs.flatMap((leg, index) => {
    const from = byId.get(leg.fromSightingId);
    const to = byId.get(leg.toSightingId);
    const ends = [from && placeOf(from), to && placeOf(to)];
    const [start, end] = ends;
    const route = leg.route?.line.filter(isPair) ?? [];
    const points = route.length > 1 ? route : start && end ? [start, end] : [];
    if (points.length < 2) return [];
    const isHighlighted = highlighted !== undefined && highlighted === leg.toSightingId;
    const metres = leg.route?.distanceMetres ?? leg.distanceMetres;
    const duration = formatDuration(leg.durationSeconds * 1000);
    const facts = metres === undefined ? duration : `${formatDistance(metres)} / ${duration}`;
    const isStop = leg.stopSeconds !== undefined && !leg.isImplausible;
    const note = leg.isImplausible
      ? words.implausible(facts)
      : isStop
        ? words.stop(formatDuration((leg.stopSeconds ?? 0) * 1000))
        : isHighlighted || trajectory.legs.length <= manyLegs
          ? facts
          : undefined;
    const isStanding = start && end && start[0] === end[0] && start[1] === end[1];
    return [
      {
        points,
        isRoute: route.length > 1,
        isImplausible: leg.isImplausible,
        order: index + 1,
        isHighlighted,
        isStop,
        way: [from?.cameraId ?? '', to?.cameraId ?? ''].toSorted((a, b) => a.localeCompare(b)).join(' '),
        // Twice at the same camera is no way; the mark there has both numbers.
        ...(note === undefined || isStanding ? {} : { note }),
      },
    ];
  });
  return withoutCovered(legs);
}

const orders = (numbers: readonly number[]): string =>
  numbers.length <= mostOrders
    ? numbers.join(' · ')
    : `${numbers.slice(0, mostOrders - 1).join(' · ')} … ${numbers.at(-1)}`;

/** What the map shows of a result or, when there is one, of a trajectory. */
export function buildScene(given: {
  readonly roads: MapLayer | undefined;
  readonly cameras: readonly Camera[];
  readonly sightings: readonly Sighting[];
  readonly trajectory: Trajectory | undefined;
  /** Sighting that is pointed at. */
  readonly highlighted: string | undefined;
  readonly highlightedCamera: string | undefined;
  readonly area: MapArea | undefined;
  readonly words: LegWords;
}): MapScene {
  const shown = given.trajectory?.sightings ?? given.sightings;
  const visits = new Map<string, { numbers: number[]; times: string[] }>();
  shown.forEach((sighting, index) => {
    const visit = visits.get(sighting.cameraId) ?? { numbers: [], times: [] };
    visit.numbers.push(index + 1);
    visit.times.push(formatClock(sighting.time).slice(0, 5));
    visits.set(sighting.cameraId, visit);
  });
  return {
    roads: given.roads,
    area: given.area,
    highlightedCamera: given.highlightedCamera,
    legs: given.trajectory ? legsOf(given.trajectory, given.highlighted, given.words) : [],
    cameras: given.cameras.flatMap((camera) => {
      const place = placeOf(camera);
      if (!place) return [];
      const visit = visits.get(camera.id);
      const onWay = given.trajectory && visit;
      return [
        {
          cameraId: camera.id,
          name: camera.name,
          place,
          passes: visit?.numbers.length ?? 0,
          ...(onWay ? { order: orders(onWay.numbers), times: orderedTimes(onWay.times) } : {}),
        },
      ];
    }),
  };
}

function orderedTimes(times: readonly string[]): string {
  const distinct = [...new Set(times)];
  return distinct.length <= 2 ? distinct.join(' ') : `${distinct[0]} … ${distinct.at(-1)}`;
}
