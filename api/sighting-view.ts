import type { Sighting as DomainSighting } from '#storage/sightings/sighting.ts';
import type { Sighting } from './contract/sightings.ts';
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
    ...(sighting.plateCropKey === undefined ? {} : { cropUrl: evidenceUrl(sighting.plateCropKey) }),
  };
}
