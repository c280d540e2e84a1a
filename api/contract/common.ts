import Type, { type Static } from 'typebox';

/** Times cross the API as ISO 8601 in UTC with milliseconds; boxes as 0..1 of the picture. */
export const IsoTime = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' });
export const Box = Type.Object({ x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() });
export type Box = Static<typeof Box>;
export const Point = Type.Object({
  x: Type.Number({ minimum: 0, maximum: 1 }),
  y: Type.Number({ minimum: 0, maximum: 1 }),
});

/** RFC 9457, with a stable code and the sentence in both languages. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  titleZh: Type.String(),
  remedy: Type.String(),
  remedyZh: Type.String(),
  /** Which field is wrong, for a form. */
  field: Type.Optional(Type.String()),
  /** Who holds what was asked for. */
  holder: Type.Optional(Type.String()),
  requestId: Type.String(),
});
export type Problem = Static<typeof Problem>;

export const VehicleType = Type.Union([
  Type.Literal('car'),
  Type.Literal('bus'),
  Type.Literal('truck'),
  Type.Literal('van'),
  Type.Literal('motorcycle'),
]);
export type VehicleType = Static<typeof VehicleType>;
export const VehicleColour = Type.Union([
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
export type VehicleColour = Static<typeof VehicleColour>;
/** How a vehicle moved in the picture. */
export const TravelDirection = Type.Union([
  Type.Literal('approaching'),
  Type.Literal('receding'),
  Type.Literal('leftward'),
  Type.Literal('rightward'),
  Type.Literal('standing'),
]);
export type TravelDirection = Static<typeof TravelDirection>;
export const PlateKind = Type.Union([
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

export const PlateColour = Type.Union([
  Type.Literal('blue'),
  Type.Literal('green'),
  Type.Literal('yellow'),
  Type.Literal('white'),
  Type.Literal('black'),
  Type.Literal('unknown'),
]);
export type PlateColour = Static<typeof PlateColour>;
