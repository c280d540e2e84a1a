import Type, { type Static } from 'typebox';
import { Id, IsoTime, Point } from './common.ts';

export const CameraScene = Type.Union([Type.Literal('road'), Type.Literal('kitchen')]);
export const CameraStatus = Type.Union([
  Type.Literal('connecting'),
  Type.Literal('live'),
  Type.Literal('stalled'),
  Type.Literal('offline'),
  Type.Literal('rejected'),
  Type.Literal('unsupported'),
  Type.Literal('disabled'),
]);
export type CameraStatus = Static<typeof CameraStatus>;

export const CameraState = Type.Object({
  status: CameraStatus,
  since: IsoTime,
  errorCode: Type.Optional(Type.String()),
  /** The sentence of the code, both languages. */
  reason: Type.Optional(
    Type.Object({ en: Type.String(), zh: Type.String(), remedyEn: Type.String(), remedyZh: Type.String() }),
  ),
  nextRetry: Type.Optional(IsoTime),
  lastPacket: Type.Optional(IsoTime),
  bitrateKbps: Type.Number(),
  framesPerSecond: Type.Number(),
  lossRatio: Type.Number(),
  widthPx: Type.Optional(Type.Integer()),
  heightPx: Type.Optional(Type.Integer()),
  codec: Type.Optional(Type.String()),
});
export type CameraState = Static<typeof CameraState>;

const Name = Type.String({ minLength: 1, maxLength: 80 });
export const AnalysisProfile = Type.Union([
  Type.Object({ mode: Type.Literal('off') }),
  Type.Object({ mode: Type.Literal('keyframes') }),
  Type.Object({ mode: Type.Literal('fps'), fps: Type.Number({ minimum: 0.2, maximum: 15 }) }),
]);
export const CameraRule = Type.Union([
  Type.Object({ kind: Type.Literal('line'), id: Id, name: Name, from: Point, to: Point }),
  Type.Object({
    kind: Type.Literal('dwell'),
    id: Id,
    name: Name,
    zone: Type.Array(Point, { minItems: 3, maxItems: 32 }),
    dwellMs: Type.Integer({ minimum: 1000 }),
  }),
  Type.Object({
    kind: Type.Literal('hygiene'),
    id: Id,
    name: Name,
    item: Type.String({ maxLength: 40 }),
    zone: Type.Array(Point, { minItems: 3, maxItems: 32 }),
    graceMs: Type.Integer({ minimum: 1000 }),
  }),
]);
export type CameraRule = Static<typeof CameraRule>;

const editable = {
  name: Name,
  number: Type.String({ maxLength: 40 }),
  area: Type.String({ maxLength: 80 }),
  scene: CameraScene,
  latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
  /** rtsp://host:port/path, without credentials. */
  url: Type.String({ minLength: 8, maxLength: 500 }),
  subUrl: Type.Optional(Type.String({ maxLength: 500 })),
  username: Type.Optional(Type.String({ maxLength: 64 })),
  isRecording: Type.Boolean(),
  analysis: AnalysisProfile,
  rules: Type.Array(CameraRule, { maxItems: 64 }),
};

/** GET /api/cameras → Camera[]; GET /api/cameras/:id. The password never comes back, only whether there is one. */
export const Camera = Type.Object({
  id: Id,
  ...editable,
  hasPassword: Type.Boolean(),
  state: CameraState,
  recordingSince: Type.Optional(IsoTime),
});
export type Camera = Static<typeof Camera>;

/** POST /api/cameras, PUT /api/cameras/:id (password left out: keep). DELETE /api/cameras/:id. */
export const CameraInput = Type.Object({ ...editable, password: Type.Optional(Type.String({ maxLength: 128 })) });
export type CameraInput = Static<typeof CameraInput>;

/** POST /api/cameras/probe */
export const ProbeRequest = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 500 }),
  username: Type.Optional(Type.String({ maxLength: 64 })),
  password: Type.Optional(Type.String({ maxLength: 128 })),
});
export type ProbeRequest = Static<typeof ProbeRequest>;
export const ProbeStepName = Type.Union([
  Type.Literal('address'),
  Type.Literal('reached'),
  Type.Literal('rtsp'),
  Type.Literal('signed_in'),
  Type.Literal('profile'),
  Type.Literal('picture'),
]);
/** Stops at the first step that fails. */
export const ProbeResult = Type.Object({
  steps: Type.Array(
    Type.Object({
      step: ProbeStepName,
      ok: Type.Boolean(),
      detail: Type.Optional(Type.String()),
      errorCode: Type.Optional(Type.String()),
      reason: Type.Optional(
        Type.Object({ en: Type.String(), zh: Type.String(), remedyEn: Type.String(), remedyZh: Type.String() }),
      ),
    }),
  ),
  /** data:image/jpeg;base64,… of the first picture. */
  picture: Type.Optional(Type.String()),
});
export type ProbeResult = Static<typeof ProbeResult>;

/** GET /api/cameras/:id/history → newest first. */
export const CameraStateChange = Type.Object({
  time: IsoTime,
  stream: Type.Union([Type.Literal('main'), Type.Literal('sub')]),
  status: CameraStatus,
  /** More than one when the camera came and went so often that one entry stands for many; it is the last of them then. */
  changes: Type.Integer(),
  errorCode: Type.Optional(Type.String()),
});
export type CameraStateChange = Static<typeof CameraStateChange>;

/** GET /api/cameras/:id/still.jpg → newest key frame as JPEG; header `x-picture-time` (ISO) tells its age; 404 when there was none. */
