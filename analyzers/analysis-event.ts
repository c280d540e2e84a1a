import Type, { type Static } from 'typebox';

/** Events: facts worth storing. Each is raised once, made where it arises, and never changed. */

const Box = Type.Object({ x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() });
const EventBase = {
  /** UUIDv7. */
  eventId: Type.String(),
  schemaVersion: Type.Literal(1),
  /** UTC epoch milliseconds of the picture, not of the processing. */
  timeMs: Type.Number(),
  cameraId: Type.String(),
};
const VehicleType = Type.Union([
  Type.Literal('car'),
  Type.Literal('bus'),
  Type.Literal('truck'),
  Type.Literal('van'),
  Type.Literal('motorcycle'),
]);
/** Of the body. `unknown` where light or size do not carry an answer. */
const VehicleColour = Type.Union([
  Type.Literal('white'),
  Type.Literal('silver'),
  Type.Literal('grey'),
  Type.Literal('black'),
  Type.Literal('red'),
  Type.Literal('orange'),
  Type.Literal('yellow'),
  Type.Literal('green'),
  Type.Literal('blue'),
  Type.Literal('brown'),
  Type.Literal('unknown'),
]);
/** How the vehicle moved in the picture: towards the camera, away from it, or across. */
const TravelDirection = Type.Union([
  Type.Literal('approaching'),
  Type.Literal('receding'),
  Type.Literal('leftward'),
  Type.Literal('rightward'),
  Type.Literal('standing'),
]);
const PlateColour = Type.Union([
  Type.Literal('blue'),
  Type.Literal('green'),
  Type.Literal('yellow'),
  Type.Literal('white'),
  Type.Literal('black'),
  Type.Literal('unknown'),
]);

const PlateKind = Type.Union([
  Type.Literal('standard'),
  Type.Literal('new_energy'),
  Type.Literal('two_row'),
  Type.Literal('trailer'),
  Type.Literal('learner'),
  Type.Literal('hong_kong_macau'),
  Type.Literal('consular'),
  Type.Literal('police'),
  Type.Literal('military'),
  Type.Literal('generic'),
]);

export const PlateEvidence = Type.Object({
  text: Type.String(),
  kind: Type.Optional(PlateKind),
  confidence: Type.Number(),
  colour: PlateColour,
  /** Candidates other than `text`, best first. */
  alternatives: Type.Array(Type.Object({ text: Type.String(), confidence: Type.Number() })),
  characterConfidences: Type.Array(Type.Number()),
  /** How many frames were read, and how many of them said `text`. */
  framesRead: Type.Integer(),
  framesAgreeing: Type.Integer(),
});

/** One per vehicle pass. */
export const VehicleSighting = Type.Object({
  ...EventBase,
  kind: Type.Literal('vehicle.sighting'),
  trackId: Type.String(),
  firstSeenMs: Type.Number(),
  lastSeenMs: Type.Number(),
  vehicleType: VehicleType,
  /** Left out by producers that do not judge it. */
  vehicleColour: Type.Optional(Type.Object({ name: VehicleColour, confidence: Type.Number() })),
  direction: Type.Optional(TravelDirection),
  /** Only from a camera that was calibrated with four ground points. */
  speedKmh: Type.Optional(Type.Number()),
  /** Along the direction of travel; only from a calibrated camera. */
  lengthMetres: Type.Optional(Type.Number()),
  score: Type.Number(),
  box: Box,
  plate: Type.Optional(PlateEvidence),
  /** Blob keys: the whole picture at `timeMs`, and the plate's crop. */
  pictureKey: Type.String(),
  plateCropKey: Type.Optional(Type.String()),
});

export const VehicleCrossing = Type.Object({
  ...EventBase,
  kind: Type.Literal('vehicle.crossing'),
  trackId: Type.String(),
  ruleId: Type.String(),
  vehicleType: VehicleType,
  /** Seen from `from` to `to` of the line: to its right is forward. */
  direction: Type.Union([Type.Literal('forward'), Type.Literal('backward')]),
});

export const ZoneDwell = Type.Object({
  ...EventBase,
  kind: Type.Literal('zone.dwell'),
  trackId: Type.String(),
  ruleId: Type.String(),
  vehicleType: VehicleType,
  enteredMs: Type.Number(),
  pictureKey: Type.String(),
});

/** Belongs to the kitchen, never to a person. */
export const KitchenViolation = Type.Object({
  ...EventBase,
  kind: Type.Literal('kitchen.violation'),
  /** Same for the opening and the closing event. */
  violationId: Type.String(),
  phase: Type.Union([Type.Literal('opened'), Type.Literal('closed')]),
  item: Type.String(),
  ruleId: Type.String(),
  score: Type.Number(),
  box: Box,
  /** When the state began, before the grace time ran out. */
  sinceMs: Type.Number(),
  /** Of a closing event: when it was last seen for sure; the closing itself waits for a while. */
  untilMs: Type.Optional(Type.Number()),
  pictureKey: Type.Optional(Type.String()),
  /** When the picture was taken: of an opening event the best of the time before it, with `box` as it was then. */
  pictureTimeMs: Type.Optional(Type.Number()),
  /** The stretch of the recording that shows it. */
  clipFromMs: Type.Optional(Type.Number()),
  clipToMs: Type.Optional(Type.Number()),
});

export const AnalysisEvent = Type.Union([VehicleSighting, VehicleCrossing, ZoneDwell, KitchenViolation]);
export type AnalysisEvent = Static<typeof AnalysisEvent>;
export type VehicleSighting = Static<typeof VehicleSighting>;
export type VehicleCrossing = Static<typeof VehicleCrossing>;
export type ZoneDwell = Static<typeof ZoneDwell>;
export type KitchenViolation = Static<typeof KitchenViolation>;
export type PlateEvidence = Static<typeof PlateEvidence>;
export type VehicleColour = Static<typeof VehicleColour>;
export type TravelDirection = Static<typeof TravelDirection>;

/** A picture that goes with an event; stored under `key` before the event is. */
export interface EvidencePicture {
  readonly key: string;
  readonly jpeg: Uint8Array;
}
