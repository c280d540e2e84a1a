import Type, { type Static } from 'typebox';
import { IsoTime } from './common.ts';

export const Segment = Type.Object({
  segmentId: Type.String(),
  start: IsoTime,
  end: IsoTime,
  sizeBytes: Type.Integer(),
  /** RFC 6381 */
  codec: Type.String(),
  widthPx: Type.Integer(),
  heightPx: Type.Integer(),
  /** Recorded as it happened, or fetched later from the camera's own card. */
  source: Type.Union([Type.Literal('live'), Type.Literal('card')]),
  /** Fragmented MP4, own time starts at 0; answers range requests. */
  url: Type.String(),
});
export type Segment = Static<typeof Segment>;

export const Gap = Type.Object({
  start: IsoTime,
  end: Type.Optional(IsoTime),
  cause: Type.String(),
  reason: Type.Object({ en: Type.String(), zh: Type.String() }),
});
export type Gap = Static<typeof Gap>;

/** GET /api/recordings/:cameraId/timeline?from=&to= (at most 24 h). `live` is the running segment's readable part, when it lies in the range. */
export const Timeline = Type.Object({
  cameraId: Type.String(),
  from: IsoTime,
  to: IsoTime,
  segments: Type.Array(Segment),
  gaps: Type.Array(Gap),
  events: Type.Array(Type.Object({ eventId: Type.String(), kind: Type.String(), time: IsoTime, label: Type.String() })),
});
export type Timeline = Static<typeof Timeline>;
