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
  /** How its packets come while it is live. */
  transport: Type.Optional(Type.Union([Type.Literal('tcp'), Type.Literal('tls'), Type.Literal('udp')])),
});
export type CameraState = Static<typeof CameraState>;

export const TransportChoice = Type.Union([Type.Literal('auto'), Type.Literal('tcp'), Type.Literal('udp')]);
/** SHA-256 of a certificate, hexadecimal, with or without colons; empty: none. */
const CertificateSha256 = Type.String({ maxLength: 95, pattern: '^$|^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$' });

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

/** Hours of some days (1 Monday … 7 Sunday). `to` not after `from` lies on the next day; `24:00` is the end of the day. */
const RecordingWindow = Type.Object({
  days: Type.Array(
    Type.Union([
      Type.Literal(1),
      Type.Literal(2),
      Type.Literal(3),
      Type.Literal(4),
      Type.Literal(5),
      Type.Literal(6),
      Type.Literal(7),
    ]),
    { minItems: 1, maxItems: 7, uniqueItems: true },
  ),
  from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
  to: Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' }),
});

/**
 * What is recorded: everything, around events (with what was just before them), in the windows of a schedule, or nothing. Only `mode` is
 * needed; `scheduled` needs a schedule too. Lengths left out are those of the deployment.
 */
export const RecordingPolicy = Type.Object({
  mode: Type.Union([
    Type.Literal('continuous'),
    Type.Literal('on_event'),
    Type.Literal('scheduled'),
    Type.Literal('off'),
  ]),
  segmentSeconds: Type.Optional(Type.Integer({ minimum: 2, maximum: 600 })),
  retentionHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 87_600 })),
  preRollSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 60, default: 5 })),
  postRollSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 600, default: 10 })),
  schedule: Type.Optional(
    Type.Object({
      /** IANA name, e.g. `Asia/Shanghai`. */
      timeZone: Type.String({ minLength: 1, maxLength: 60 }),
      windows: Type.Array(RecordingWindow, { minItems: 1, maxItems: 50 }),
    }),
  ),
});
export type RecordingPolicy = Static<typeof RecordingPolicy>;

const editable = {
  name: Name,
  number: Type.String({ maxLength: 40 }),
  area: Type.String({ maxLength: 80 }),
  scene: CameraScene,
  latitude: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
  /** rtsp://host:port/path or rtsps://…, without credentials. */
  url: Type.String({ minLength: 8, maxLength: 500 }),
  subUrl: Type.Optional(Type.String({ maxLength: 500 })),
  username: Type.Optional(Type.String({ maxLength: 64 })),
  /** Left out of an input: `auto` for a new camera, else as it was. */
  transport: Type.Optional(TransportChoice),
  /** Of an rtsps camera that no authority vouches for. Left out of an input: as it was. */
  certificateSha256: Type.Optional(CertificateSha256),
  recording: RecordingPolicy,
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
  transport: Type.Optional(TransportChoice),
  certificateSha256: Type.Optional(CertificateSha256),
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
  status: CameraStatus,
  errorCode: Type.Optional(Type.String()),
});
export type CameraStateChange = Static<typeof CameraStateChange>;

/** GET /api/cameras/:id/still.jpg → newest key frame as JPEG; header `x-picture-time` (ISO) tells its age; 404 when there was none. */
