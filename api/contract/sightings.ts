import Type, { type Static } from 'typebox';
import { Box, Id, IsoTime, PlateColour, PlateKind, TravelDirection, VehicleColour, VehicleType } from './common.ts';

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
  vehicleColour: Type.Optional(Type.Object({ name: VehicleColour, confidence: Type.Number() })),
  direction: Type.Optional(TravelDirection),
  /** Only from a calibrated camera. */
  speedKmh: Type.Optional(Type.Number()),
  lengthMetres: Type.Optional(Type.Number()),
  score: Type.Number(),
  box: Box,
  plate: Type.Optional(
    Type.Object({
      text: Type.String(),
      confidence: Type.Number(),
      colour: PlateColour,
      kind: Type.Optional(PlateKind),
      alternatives: Type.Array(Type.Object({ text: Type.String(), confidence: Type.Number() })),
      characterConfidences: Type.Array(Type.Number()),
      framesRead: Type.Integer(),
      framesAgreeing: Type.Integer(),
    }),
  ),
  /** There was a plate of this kind, of a police or army vehicle, whose text the policy does not keep. */
  withheldPlateKind: Type.Optional(PlateKind),
  pictureUrl: Type.String(),
  cropUrl: Type.Optional(Type.String()),
  /** Whether a recording covers `time`. */
  isRecorded: Type.Boolean(),
  /** Fuzzy search and trajectories: how likely this is the plate that was asked for, 0..1; 1 where the text is the same. */
  likelihood: Type.Optional(Type.Number()),
});
export type Sighting = Static<typeof Sighting>;

/** A part of the map, in degrees (WGS 84). */
export const MapArea = Type.Object({
  west: Type.Number({ minimum: -180, maximum: 180 }),
  south: Type.Number({ minimum: -90, maximum: 90 }),
  east: Type.Number({ minimum: -180, maximum: 180 }),
  north: Type.Number({ minimum: -90, maximum: 90 }),
});
export type MapArea = Static<typeof MapArea>;
/** Hours of each day; `to` before `from`: over midnight. */
const TimeOfDay = Type.Object({
  from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
  to: Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' }),
  /** IANA name. */
  timeZone: Type.String({ minLength: 1, maxLength: 60 }),
});

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
  /** Also plates that `plate` may have been misread as (or be a misreading of), most likely first within the page. Not with wildcards. */
  isFuzzy: Type.Optional(Type.Boolean({ default: false })),
  /** The case that this search is part of; its number is written beside the purpose. Members of the case only. */
  caseId: Type.Optional(Id),
  area: Type.Optional(MapArea),
  timeOfDay: Type.Optional(TimeOfDay),
  vehicleType: Type.Optional(VehicleType),
  vehicleColour: Type.Optional(VehicleColour),
  direction: Type.Optional(TravelDirection),
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
  plates: Type.Array(
    Type.Object({
      text: Type.String(),
      count: Type.Integer(),
      /** In a fuzzy search: how likely a reading of this text is the plate asked for, 0..1. Then most likely first. */
      likelihood: Type.Optional(Type.Number()),
    }),
  ),
  widenings: Type.Array(
    Type.Object({
      kind: Type.Union([
        Type.Literal('longer_time'),
        Type.Literal('one_character_unknown'),
        Type.Literal('all_cameras'),
        /** Plates that look alike. */
        Type.Literal('fuzzy'),
        Type.Literal('any_attribute'),
      ]),
      count: Type.Integer(),
      plate: Type.Optional(Type.String()),
      from: Type.Optional(IsoTime),
      to: Type.Optional(IsoTime),
    }),
  ),
});
export type SightingPage = Static<typeof SightingPage>;

/**
 * POST /api/sightings/trajectory: one plate, oldest first. `isFuzzy`: with sightings whose plate was likely misread, where the road graph
 * lets them fit between the sure ones.
 */
export const TrajectoryRequest = Type.Object({
  purpose: Type.String({ minLength: 4, maxLength: 200 }),
  caseId: Type.Optional(Id),
  plate: Type.String({ minLength: 5, maxLength: 10 }),
  from: IsoTime,
  to: IsoTime,
  isFuzzy: Type.Optional(Type.Boolean({ default: false })),
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
      /** The fastest way over the road graph; absent where there is no road graph or a camera is not on it. */
      route: Type.Optional(
        Type.Object({
          distanceMetres: Type.Number(),
          fastestSeconds: Type.Number(),
          /** [longitude, latitude][] */
          line: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
        }),
      ),
      /** Faster than any road allows (or, without a road graph, above 150 km/h in a straight line): hardly one vehicle. */
      isImplausible: Type.Boolean(),
      /** Much longer than the way takes: it stopped for about this long, somewhere between the two cameras. */
      stopSeconds: Type.Optional(Type.Number()),
    }),
  ),
});
export type Trajectory = Static<typeof Trajectory>;

/** GET /api/sightings/:id → Sighting (audited). */

/**
 * POST /api/sightings/clones: plates that were seen where one vehicle cannot have been, or on vehicles of different type or colour, within
 * at most 24 hours. Pairs of sure readings only; each is a suspicion that a person judges.
 */
export const CloneCheck = Type.Object({
  purpose: Type.String({ minLength: 4, maxLength: 200 }),
  caseId: Type.Optional(Id),
  from: IsoTime,
  to: IsoTime,
  /** One plate alone. */
  plate: Type.Optional(Type.String({ minLength: 5, maxLength: 10 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export type CloneCheck = Static<typeof CloneCheck>;
export const CloneSuspicion = Type.Object({
  plate: Type.String(),
  /** Strongest first; how often the plate contradicts itself in the time asked. */
  contradictions: Type.Integer(),
  reasons: Type.Array(
    Type.Union([
      Type.Literal('impossible_travel'),
      Type.Literal('different_vehicle_type'),
      Type.Literal('different_vehicle_colour'),
    ]),
  ),
  /** The pair that says it best. */
  first: Sighting,
  second: Sighting,
  secondsApart: Type.Number(),
  /** What the fastest way takes; absent without a road graph. */
  fastestSeconds: Type.Optional(Type.Number()),
  distanceMetres: Type.Optional(Type.Number()),
});
export type CloneSuspicion = Static<typeof CloneSuspicion>;
export const CloneReport = Type.Object({ suspicions: Type.Array(CloneSuspicion), tookMs: Type.Number() });
export type CloneReport = Static<typeof CloneReport>;

/** POST /api/sightings/export → text/csv with a byte order mark; the purpose, who and when stand in its first lines. At most 10,000 rows. */
export const SightingExport = Type.Intersect([
  Type.Omit(SightingSearch, ['limit', 'cursor']),
  Type.Object({
    language: Type.Union([Type.Literal('zh'), Type.Literal('en')], { default: 'zh' }),
    /** Of the times in it; IANA name. */
    timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, default: 'UTC' })),
  }),
]);
export type SightingExport = Static<typeof SightingExport>;

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
  /** All of them, and what people said of them; the rest waits for a decision. */
  hits: Type.Integer(),
  confirmedHits: Type.Integer(),
  falseHits: Type.Integer(),
});
export type WatchlistEntry = Static<typeof WatchlistEntry>;

/** GET /api/watchlist/hits?state=open|confirmed|false&entryId=…: newest first, at most 200, the last 90 days. */
export const WatchlistHit = Type.Object({
  id: Type.String(),
  entryId: Type.String(),
  plate: Type.String(),
  reason: Type.String(),
  owner: Type.String(),
  /** `possible`: an alternative reading of the plate. */
  match: Type.Union([Type.Literal('exact'), Type.Literal('possible')]),
  confidence: Type.Number(),
  time: IsoTime,
  /** Absent when the sighting's time is over. */
  sighting: Type.Optional(Sighting),
  decision: Type.Optional(
    Type.Object({
      verdict: Type.Union([Type.Literal('confirmed'), Type.Literal('false')]),
      note: Type.Optional(Type.String()),
      by: Type.String(),
      at: IsoTime,
    }),
  ),
});
export type WatchlistHit = Static<typeof WatchlistHit>;
/** POST /api/watchlist/hits/:id/decision → WatchlistHit. A later decision replaces an earlier one; both stand in the audit log. */
export const HitDecision = Type.Object({
  verdict: Type.Union([Type.Literal('confirmed'), Type.Literal('false')]),
  note: Type.Optional(Type.String({ maxLength: 500 })),
});
export type HitDecision = Static<typeof HitDecision>;
