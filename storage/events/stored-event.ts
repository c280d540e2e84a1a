import { createHash } from 'node:crypto';
import type { AnalysisEvent, VehicleSighting } from '#analyzers/analysis-event.ts';
import type { Box } from '#analyzers/detection.ts';
import type { CameraStatus } from '#ingest/cameras/camera.ts';

/** A plate of the watch list was seen. Found while the sighting is stored; a person must confirm it. */
export interface WatchlistHit {
  readonly eventId: string;
  readonly schemaVersion: 1;
  readonly timeMs: number;
  readonly cameraId: string;
  readonly kind: 'watchlist.hit';
  readonly entryId: string;
  /** As it stands on the watch list. */
  readonly plate: string;
  /** `possible`: not the best reading, only one of its alternatives. */
  readonly match: 'exact' | 'possible';
  /** Of the reading that matched, 0..1. */
  readonly confidence: number;
  readonly plateColour: string;
  readonly sightingId: string;
  readonly vehicleType: VehicleSighting['vehicleType'];
  readonly box: Box;
  readonly pictureKey: string;
  readonly plateCropKey?: string;
}

/** A camera's main stream went away, or came back. */
export interface CameraHealth {
  readonly eventId: string;
  readonly schemaVersion: 1;
  readonly timeMs: number;
  readonly cameraId: string;
  readonly kind: 'camera.health';
  readonly phase: 'opened' | 'closed';
  readonly status: CameraStatus;
  readonly errorCode?: string;
}

/** Something that concerns no single camera went wrong, or is well again. */
export interface SystemHealth {
  readonly eventId: string;
  readonly schemaVersion: 1;
  readonly timeMs: number;
  /** Empty. */
  readonly cameraId: string;
  readonly kind: 'system.health';
  readonly phase: 'opened' | 'closed';
  /** Of docs/errors.md, e.g. `DISK_FULL`. */
  readonly code: string;
}

export type StoredEvent = AnalysisEvent | WatchlistHit | CameraHealth | SystemHealth;
export type EventKind = StoredEvent['kind'];

/** A stored event with the names that a person knows things by. */
export interface FeedItem {
  readonly event: StoredEvent;
  /** The id, where the camera is not known. */
  readonly cameraName: string;
  readonly ruleName: string | undefined;
  /** What a person said of a watch-list hit; undefined while it waits for that. */
  readonly verdict?: 'confirmed' | 'false' | undefined;
}

/** The same id for the same facts, so that deriving an event twice gives one row. UUID version 8. @see RFC 9562 §5.8 */
export function derivedEventId(timeMs: number, facts: string): string {
  const bytes = createHash('sha256').update(facts).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.max(0, Math.floor(timeMs)), 0, 6);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
