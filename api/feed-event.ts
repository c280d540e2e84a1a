import type { FeedItem } from '#storage/events/stored-event.ts';
import type { FeedEvent } from './contract/events.ts';
import { reasonOf } from './camera-view.ts';
import { evidenceUrl } from './evidence-url.ts';
import { iso } from './time-range.ts';

/** A stored event as pages get it. */
export function toFeedEvent({ event, cameraName, ruleName, verdict }: FeedItem): FeedEvent {
  const base = {
    eventId: event.eventId,
    kind: event.kind,
    time: iso(event.timeMs),
    cameraId: event.cameraId,
    cameraName,
    ...(ruleName === undefined ? {} : { ruleName }),
  };
  switch (event.kind) {
    case 'vehicle.sighting':
      return {
        ...base,
        sightingId: event.eventId,
        vehicleType: event.vehicleType,
        box: event.box,
        pictureUrl: evidenceUrl(event.pictureKey),
        ...(event.plateCropKey === undefined ? {} : { cropUrl: evidenceUrl(event.plateCropKey) }),
        ...(event.plate === undefined
          ? {}
          : { plate: { text: event.plate.text, confidence: event.plate.confidence, colour: event.plate.colour } }),
      };
    case 'vehicle.crossing':
      return { ...base, vehicleType: event.vehicleType, direction: event.direction };
    case 'zone.dwell':
      return { ...base, vehicleType: event.vehicleType, pictureUrl: evidenceUrl(event.pictureKey) };
    case 'kitchen.violation':
      return {
        ...base,
        item: event.item,
        phase: event.phase,
        violationId: event.violationId,
        box: event.box,
        ...(event.pictureKey === undefined ? {} : { pictureUrl: evidenceUrl(event.pictureKey) }),
      };
    case 'watchlist.hit':
      return {
        ...base,
        sightingId: event.sightingId,
        vehicleType: event.vehicleType,
        box: event.box,
        plate: { text: event.plate, confidence: event.confidence, colour: colourOf(event.plateColour) },
        isConfirmed: verdict === 'confirmed',
        ...(verdict === undefined ? {} : { verdict }),
        pictureUrl: evidenceUrl(event.pictureKey),
        ...(event.plateCropKey === undefined ? {} : { cropUrl: evidenceUrl(event.plateCropKey) }),
      };
    case 'camera.health':
      return { ...base, item: event.status, phase: event.phase };
    case 'system.health': {
      const reason = reasonOf(event.code);
      return {
        ...base,
        item: event.code,
        phase: event.phase,
        ...(reason ? { reason: { en: reason.en, zh: reason.zh } } : {}),
      };
    }
  }
}

const COLOURS = ['blue', 'green', 'yellow', 'white', 'black'] as const;

function colourOf(text: string): (typeof COLOURS)[number] | 'unknown' {
  return COLOURS.find((colour) => colour === text) ?? 'unknown';
}
