import Type, { type Static } from 'typebox';
import { Box, IsoTime, PlateColour, VehicleType } from './common.ts';

/** One line of the feed: GET /api/events?kinds=&cameraId=&before=&limit= (newest first) and SSE /api/events/stream (event: `event`). */
export const FeedEvent = Type.Object({
  eventId: Type.String(),
  kind: Type.Union([
    Type.Literal('vehicle.sighting'),
    Type.Literal('vehicle.crossing'),
    Type.Literal('zone.dwell'),
    Type.Literal('watchlist.hit'),
    Type.Literal('kitchen.violation'),
    Type.Literal('camera.health'),
    Type.Literal('system.health'),
  ]),
  time: IsoTime,
  /** Empty for what concerns no single camera. */
  cameraId: Type.String(),
  cameraName: Type.String(),
  /** Present where the kind has it. */
  plate: Type.Optional(Type.Object({ text: Type.String(), confidence: Type.Number(), colour: PlateColour })),
  vehicleType: Type.Optional(VehicleType),
  direction: Type.Optional(Type.Union([Type.Literal('forward'), Type.Literal('backward')])),
  ruleName: Type.Optional(Type.String()),
  /** Kitchen item, health status of a camera, or error code of the system's health. */
  item: Type.Optional(Type.String()),
  /** The sentence of that code. */
  reason: Type.Optional(Type.Object({ en: Type.String(), zh: Type.String() })),
  phase: Type.Optional(Type.Union([Type.Literal('opened'), Type.Literal('closed')])),
  violationId: Type.Optional(Type.String()),
  sightingId: Type.Optional(Type.String()),
  /** /api/evidence/… of the picture and of the plate's crop. */
  pictureUrl: Type.Optional(Type.String()),
  cropUrl: Type.Optional(Type.String()),
  box: Type.Optional(Box),
  /** Watch-list hits: whether a person has compared it with the picture and confirmed it. */
  isConfirmed: Type.Optional(Type.Boolean()),
  /** Watch-list hits: what the person said; absent while it waits. */
  verdict: Type.Optional(Type.Union([Type.Literal('confirmed'), Type.Literal('false')])),
});
export type FeedEvent = Static<typeof FeedEvent>;

/** SSE /api/events/stream?detections=ID,ID: besides `event`, messages named `detections` for the cameras asked for. */
export const LiveDetections = Type.Object({
  cameraId: Type.String(),
  time: IsoTime,
  detections: Type.Array(
    Type.Object({ label: Type.String(), score: Type.Number(), box: Box, trackId: Type.Optional(Type.String()) }),
  ),
  plates: Type.Array(Type.Object({ text: Type.String(), confidence: Type.Number(), colour: PlateColour, box: Box })),
  hygiene: Type.Array(Type.Object({ item: Type.String(), state: Type.String(), box: Box })),
});
export type LiveDetections = Static<typeof LiveDetections>;

/** SSE messages named `camera`: a camera changed its state; the page fetches or patches its list. `{ cameraId, state: CameraState }` */
