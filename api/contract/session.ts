import Type, { type Static } from 'typebox';

export const Role = Type.Union([
  Type.Literal('administrator'),
  Type.Literal('operator'),
  Type.Literal('investigator'),
  Type.Literal('inspector'),
  Type.Literal('auditor'),
]);
export type Role = Static<typeof Role>;

export const Permission = Type.Union([
  Type.Literal('wall.view'),
  Type.Literal('recording.view'),
  Type.Literal('recording.export'),
  Type.Literal('vehicle.search'),
  Type.Literal('watchlist.manage'),
  Type.Literal('case.manage'),
  Type.Literal('kitchen.review'),
  Type.Literal('camera.manage'),
  Type.Literal('camera.control'),
  Type.Literal('webhook.manage'),
  Type.Literal('user.manage'),
  Type.Literal('audit.read'),
]);
export type Permission = Static<typeof Permission>;

/** POST /api/session */
export const SignIn = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
});
export type SignIn = Static<typeof SignIn>;

/** GET /api/session; POST answers the same. DELETE signs out. */
export const Session = Type.Object({
  userId: Type.String(),
  username: Type.String(),
  role: Role,
  permissions: Type.Array(Permission),
  expiresAt: Type.String(),
});
export type Session = Static<typeof Session>;

/** POST /api/session/password */
export const ChangePassword = Type.Object({
  current: Type.String({ maxLength: 256 }),
  next: Type.String({ minLength: 10, maxLength: 256 }),
});
export type ChangePassword = Static<typeof ChangePassword>;
