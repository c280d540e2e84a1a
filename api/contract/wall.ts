import Type, { type Static } from 'typebox';
import { Id, IsoTime } from './common.ts';

/** e.g. `9`, `6` (one large, five small), `4x3`, `4x3-2x2` (the first tile spans 2 × 2), `4x3-2x2-1-0` (from column 1, row 0). */
const LayoutName = Type.String({ pattern: '^[1-9][0-9]?(x[1-9](-[1-9]x[1-9](-[0-9]-[0-9])?)?)?$', maxLength: 20 });

export const WallStep = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 60 })),
  layout: LayoutName,
  tiles: Type.Array(Type.Union([Id, Type.Null()]), { maxItems: 64 }),
});
export type WallStep = Static<typeof WallStep>;

/** One step is a layout, several are a tour. */
export const WallLayoutInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
  isShared: Type.Boolean(),
  steps: Type.Array(WallStep, { minItems: 1, maxItems: 200 }),
  dwellSeconds: Type.Optional(Type.Integer({ minimum: 3, maximum: 3600, unit: 's' })),
});
export type WallLayoutInput = Static<typeof WallLayoutInput>;

/** GET, POST /api/wall/layouts; PUT, DELETE /api/wall/layouts/:id; POST /api/wall/layouts/:id/restore within a day. */
export const WallLayout = Type.Object({
  ...WallLayoutInput.properties,
  id: Type.String(),
  owner: Type.String(),
  isMine: Type.Boolean(),
  /** One's own, or shared and one is an administrator. */
  mayChange: Type.Boolean(),
});
export type WallLayout = Static<typeof WallLayout>;

/** POST /api/wall/acknowledgements: somebody has seen an alert. Every page hears of it: SSE `acknowledged`, the same with `username`. */
export const Acknowledgement = Type.Object({
  cameraId: Id,
  kind: Type.String({ maxLength: 40, pattern: '^[a-z.]+$' }),
  eventIds: Type.Array(Id, { minItems: 1, maxItems: 200 }),
});
export type Acknowledgement = Static<typeof Acknowledgement>;
export interface Acknowledged extends Acknowledgement {
  readonly username: string;
}

/** POST /api/wall/snapshots, before the page saves the picture that it shows: 204 when the look is written down. */
export const SnapshotInput = Type.Object({
  cameraId: Id,
  time: IsoTime,
  source: Type.Union([Type.Literal('live'), Type.Literal('recording')]),
});
export type SnapshotInput = Static<typeof SnapshotInput>;

/** POST /api/bookmarks */
export const BookmarkInput = Type.Object({
  cameraId: Id,
  time: IsoTime,
  note: Type.String({ maxLength: 200 }),
});
export type BookmarkInput = Static<typeof BookmarkInput>;

/** GET /api/bookmarks?cameraId=&from=&to=; DELETE /api/bookmarks/:id (one's own); POST /api/bookmarks/:id/restore within a day. */
export const Bookmark = Type.Object({
  ...BookmarkInput.properties,
  id: Type.String(),
  username: Type.String(),
  isMine: Type.Boolean(),
});
export type Bookmark = Static<typeof Bookmark>;
