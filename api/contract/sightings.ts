import Type, { type Static } from 'typebox';
import { Box, IsoTime, PlateColour, VehicleType } from './common.ts';

export const Sighting = Type.Object({
  sightingId: Type.String(),
  time: IsoTime,
  firstSeen: IsoTime,
  lastSeen: IsoTime,
  cameraId: Type.String(),
  cameraName: Type.String(),
  latitude: Type.Optional(Type.Number()),
  longitude: Type.Optional(Type.Number()),
  vehicleType: VehicleType,
  score: Type.Number(),
  box: Box,
  plate: Type.Optional(
    Type.Object({
      text: Type.String(),
      confidence: Type.Number(),
      colour: PlateColour,
      alternatives: Type.Array(Type.Object({ text: Type.String(), confidence: Type.Number() })),
      characterConfidences: Type.Array(Type.Number()),
      framesRead: Type.Integer(),
      framesAgreeing: Type.Integer(),
    }),
  ),
  pictureUrl: Type.String(),
  cropUrl: Type.Optional(Type.String()),
  /** Whether a recording covers `time`. */
  isRecorded: Type.Boolean(),
});
export type Sighting = Static<typeof Sighting>;

/**
 * POST /api/sightings/search. Every search has a purpose; it is written to the audit log with who and what.
 * `plate`: as typed; `?` stands for one character, `*` for any number. Without one: all sightings of the range.
 */
export const SightingSearch = Type.Object({
  purpose: Type.String({ minLength: 4, maxLength: 200, description: 'Case number or reason of this search' }),
  plate: Type.Optional(Type.String({ maxLength: 16 })),
  from: IsoTime,
  to: IsoTime,
  cameraIds: Type.Optional(Type.Array(Type.String(), { maxItems: 500 })),
  vehicleType: Type.Optional(VehicleType),
  plateColour: Type.Optional(PlateColour),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  /** `nextCursor` of the page before. */
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
});
export type SightingSearch = Static<typeof SightingSearch>;

/** Newest first. When nothing is found, `widenings` name what would find something, with counts. */
export const SightingPage = Type.Object({
  sightings: Type.Array(Sighting),
  nextCursor: Type.Optional(Type.String()),
  tookMs: Type.Number(),
  /** Plates that the pattern matched, with how often, most first (at most 20). */
  plates: Type.Array(Type.Object({ text: Type.String(), count: Type.Integer() })),
  widenings: Type.Array(
    Type.Object({
      kind: Type.Union([
        Type.Literal('longer_time'),
        Type.Literal('one_character_unknown'),
        Type.Literal('all_cameras'),
      ]),
      count: Type.Integer(),
      plate: Type.Optional(Type.String()),
      from: Type.Optional(IsoTime),
      to: Type.Optional(IsoTime),
    }),
  ),
});
export type SightingPage = Static<typeof SightingPage>;

/** POST /api/sightings/trajectory: one plate, oldest first. Lines between cameras are straight, not the road driven; the page says so. */
export const TrajectoryRequest = Type.Object({
  purpose: Type.String({ minLength: 4, maxLength: 200 }),
  plate: Type.String({ minLength: 5, maxLength: 10 }),
  from: IsoTime,
  to: IsoTime,
});
export type TrajectoryRequest = Static<typeof TrajectoryRequest>;
export const Trajectory = Type.Object({
  plate: Type.String(),
  sightings: Type.Array(Sighting),
  legs: Type.Array(
    Type.Object({
      fromSightingId: Type.String(),
      toSightingId: Type.String(),
      durationSeconds: Type.Number(),
      distanceMetres: Type.Optional(Type.Number()),
      /** Straight-line speed above 150 km/h: hardly one vehicle. */
      isImplausible: Type.Boolean(),
    }),
  ),
});
export type Trajectory = Static<typeof Trajectory>;

/** GET /api/sightings/:id → Sighting (audited). */

/** GET /api/map → base map without any outside server. GeoJSON FeatureCollection of roads (properties: name, nameEn, kind). */
export const MapLayer = Type.Object({ type: Type.Literal('FeatureCollection'), features: Type.Array(Type.Unknown()) });
export type MapLayer = Static<typeof MapLayer>;

/** GET/POST /api/watchlist, DELETE /api/watchlist/:id. A hit must be confirmed by a person before it counts as true. */
export const WatchlistInput = Type.Object({
  plate: Type.String({ minLength: 5, maxLength: 10 }),
  reason: Type.String({ minLength: 4, maxLength: 200 }),
  /** Mandatory; at most 90 days ahead. */
  expiresAt: IsoTime,
});
export type WatchlistInput = Static<typeof WatchlistInput>;
export const WatchlistEntry = Type.Object({
  id: Type.String(),
  plate: Type.String(),
  reason: Type.String(),
  owner: Type.String(),
  createdAt: IsoTime,
  expiresAt: IsoTime,
  hits: Type.Integer(),
});
export type WatchlistEntry = Static<typeof WatchlistEntry>;
