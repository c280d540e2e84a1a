import type { PlateEvidence, VehicleColour, VehicleSighting } from '#analyzers/analysis-event.ts';
import type { Box, PlateColour } from '#analyzers/detection.ts';
import { cameraId } from '#ingest/media.ts';
import { orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { isUuid } from '../events/event-repository.ts';
import type { Sighting } from './sighting.ts';

/** The sighting that a page ended with. */
export interface Cursor {
  readonly timeMs: number;
  readonly sightingId: string;
}

/** A row of sightings with what belongs to it; see `complete`. */
export interface SightingRow {
  readonly sighting_id: string;
  readonly time: Date;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly camera_id: string;
  readonly camera_name: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly track_id: string;
  readonly vehicle_type: string;
  readonly vehicle_colour: string | null;
  readonly vehicle_colour_confidence: number | null;
  readonly direction: string | null;
  readonly speed_kmh: number | null;
  readonly length_metres: number | null;
  readonly score: number;
  readonly box: Box;
  readonly plate_text: string | null;
  readonly plate_confidence: number | null;
  readonly plate_colour: string | null;
  readonly plate_evidence: Omit<PlateEvidence, 'text' | 'confidence' | 'colour'> | null;
  readonly picture_key: string;
  readonly plate_crop_key: string | null;
  readonly is_recorded: boolean;
}

export function toSighting(row: SightingRow): Sighting {
  return {
    sightingId: row.sighting_id,
    timeMs: toMs(row.time),
    firstSeenMs: toMs(row.first_seen),
    lastSeenMs: toMs(row.last_seen),
    cameraId: cameraId(row.camera_id),
    cameraName: row.camera_name ?? row.camera_id,
    latitude: orUndefined(row.latitude),
    longitude: orUndefined(row.longitude),
    trackId: row.track_id,
    vehicleType: row.vehicle_type as VehicleSighting['vehicleType'],
    vehicleColour:
      row.vehicle_colour === null
        ? undefined
        : { name: row.vehicle_colour as VehicleColour, confidence: row.vehicle_colour_confidence ?? 0 },
    direction: orUndefined(row.direction) as VehicleSighting['direction'],
    speedKmh: orUndefined(row.speed_kmh),
    lengthMetres: orUndefined(row.length_metres),
    score: row.score,
    box: row.box,
    plate:
      row.plate_text !== null && row.plate_evidence !== null
        ? {
            ...row.plate_evidence,
            text: row.plate_text,
            confidence: row.plate_confidence ?? 0,
            colour: (row.plate_colour ?? 'unknown') as PlateColour,
          }
        : undefined,
    withheldPlateKind: row.plate_text === null ? row.plate_evidence?.kind : undefined,
    pictureKey: row.picture_key,
    plateCropKey: orUndefined(row.plate_crop_key),
    isRecorded: row.is_recorded,
  };
}

export function writeCursor({ timeMs, sightingId }: Sighting): string {
  return `${timeMs.toString(36)}.${sightingId}`;
}

/** @throws {AppError} `CURSOR_INVALID` */
export function readCursor(text: string): Cursor {
  const [time = '', sightingId = ''] = text.split('.');
  const timeMs = Number.parseInt(time, 36);
  if (!/^[0-9a-z]{1,9}$/.test(time) || !isUuid(sightingId)) throw storageErrors.CURSOR_INVALID();
  return { timeMs, sightingId };
}
