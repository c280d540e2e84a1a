import type { CloneSuspicion as DomainSuspicion } from '#storage/sightings/clone-check.ts';
import type { Sighting as DomainSighting } from '#storage/sightings/sighting.ts';
import type { Trajectory as DomainTrajectory } from '#storage/sightings/trajectory.ts';
import type { Widening } from '#storage/sightings/widenings.ts';
import type { CloneSuspicion, Sighting, SightingPage, Trajectory } from './contract/sightings.ts';
import { evidenceUrl } from './evidence-url.ts';
import { iso } from './time-range.ts';

export function toSightingView(sighting: DomainSighting): Sighting {
  const { plate } = sighting;
  return {
    sightingId: sighting.sightingId,
    time: iso(sighting.timeMs),
    firstSeen: iso(sighting.firstSeenMs),
    lastSeen: iso(sighting.lastSeenMs),
    cameraId: sighting.cameraId,
    cameraName: sighting.cameraName,
    vehicleType: sighting.vehicleType,
    ...(sighting.vehicleColour === undefined ? {} : { vehicleColour: sighting.vehicleColour }),
    ...(sighting.direction === undefined ? {} : { direction: sighting.direction }),
    ...(sighting.speedKmh === undefined ? {} : { speedKmh: sighting.speedKmh }),
    ...(sighting.lengthMetres === undefined ? {} : { lengthMetres: sighting.lengthMetres }),
    score: sighting.score,
    box: sighting.box,
    pictureUrl: evidenceUrl(sighting.pictureKey),
    isRecorded: sighting.isRecorded,
    ...(sighting.latitude === undefined ? {} : { latitude: sighting.latitude }),
    ...(sighting.longitude === undefined ? {} : { longitude: sighting.longitude }),
    ...(plate === undefined ? {} : { plate }),
    ...(sighting.withheldPlateKind === undefined ? {} : { withheldPlateKind: sighting.withheldPlateKind }),
    ...(sighting.plateCropKey === undefined ? {} : { cropUrl: evidenceUrl(sighting.plateCropKey) }),
    ...(sighting.likelihood === undefined ? {} : { likelihood: sighting.likelihood }),
  };
}

export function toWideningView({ kind, count, plate, fromMs, toMs }: Widening): SightingPage['widenings'][number] {
  return {
    kind,
    count,
    ...(plate === undefined ? {} : { plate }),
    ...(fromMs === undefined ? {} : { from: iso(fromMs) }),
    ...(toMs === undefined ? {} : { to: iso(toMs) }),
  };
}

export function toTrajectoryView({ plate, sightings, legs }: DomainTrajectory): Trajectory {
  return {
    plate,
    sightings: sightings.map(toSightingView),
    legs: legs.map(({ distanceMetres, route, stopSeconds, ...leg }) => ({
      ...leg,
      ...(distanceMetres === undefined ? {} : { distanceMetres }),
      ...(route === undefined ? {} : { route: { ...route, line: route.line.map(([east, north]) => [east, north]) } }),
      ...(stopSeconds === undefined ? {} : { stopSeconds }),
    })),
  };
}

export function toCloneView({
  fastestSeconds,
  distanceMetres,
  first,
  second,
  reasons,
  ...suspicion
}: DomainSuspicion): CloneSuspicion {
  return {
    ...suspicion,
    reasons: [...reasons],
    first: toSightingView(first),
    second: toSightingView(second),
    ...(fastestSeconds === undefined ? {} : { fastestSeconds }),
    ...(distanceMetres === undefined ? {} : { distanceMetres }),
  };
}
