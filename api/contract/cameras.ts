import Type, { type Static } from 'typebox';
import { Id, IsoTime, Point, VehicleType } from './common.ts';

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
  /** Of the sound that the camera offers; left out: none. */
  sound: Type.Optional(Type.Union([Type.Literal('aac'), Type.Literal('pcma'), Type.Literal('pcmu')])),
  /** How its packets come while it is live. */
  transport: Type.Optional(Type.Union([Type.Literal('tcp'), Type.Literal('tls'), Type.Literal('udp')])),
});
export type CameraState = Static<typeof CameraState>;

export const TransportChoice = Type.Union([Type.Literal('auto'), Type.Literal('tcp'), Type.Literal('udp')]);
/** SHA-256 of a certificate, hexadecimal, with or without colons; empty: none. */
const CertificateSha256 = Type.String({ maxLength: 95, pattern: '^$|^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$' });

const Name = Type.String({ minLength: 1, maxLength: 80 });
/** Small, far objects get another look: at the upper half of the picture, or at tiles of it. Costs one to four times as much; left out: `none`. */
const SecondLook = Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('upper'), Type.Literal('tiles')]));
const Metres = Type.Number({ minimum: -1000, maximum: 1000 });
export const AnalysisProfile = Type.Union([
  Type.Object({ mode: Type.Literal('off') }),
  Type.Object({ mode: Type.Literal('keyframes'), secondLook: SecondLook }),
  Type.Object({ mode: Type.Literal('fps'), fps: Type.Number({ minimum: 0.2, maximum: 15 }), secondLook: SecondLook }),
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
  /** Where detections count, or never count; a detection is where its box touches the ground. */
  Type.Object({
    kind: Type.Literal('region'),
    id: Id,
    name: Name,
    use: Type.Union([Type.Literal('interest'), Type.Literal('ignore')]),
    zone: Type.Array(Point, { minItems: 3, maxItems: 32 }),
  }),
  /** Four points of the ground with their place in metres: makes speeds and lengths possible. At most one for a camera. */
  Type.Object({
    kind: Type.Literal('calibration'),
    id: Id,
    name: Name,
    points: Type.Array(
      Type.Object({
        x: Type.Number({ minimum: 0, maximum: 1 }),
        y: Type.Number({ minimum: 0, maximum: 1 }),
        acrossMetres: Metres,
        alongMetres: Metres,
      }),
      { minItems: 4, maxItems: 4 },
    ),
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

export const WeekSchedule = Type.Object({
  /** IANA name, e.g. `Asia/Shanghai`. */
  timeZone: Type.String({ minLength: 1, maxLength: 60 }),
  windows: Type.Array(RecordingWindow, { minItems: 1, maxItems: 50 }),
});
export type WeekSchedule = Static<typeof WeekSchedule>;

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
  schedule: Type.Optional(WeekSchedule),
});
export type RecordingPolicy = Static<typeof RecordingPolicy>;
const OnvifProfile = Type.Object({
  service: Type.Union([Type.Literal('media'), Type.Literal('media2')]),
  token: Type.String({ minLength: 1, maxLength: 200 }),
});
/** How a camera is steered, as the probe found it. Its user name and password are those of the streams. */
export const CameraOnvif = Type.Object({
  serviceUrl: Type.String({ minLength: 8, maxLength: 500, pattern: '^https?://[^@]+$' }),
  main: OnvifProfile,
  sub: Type.Optional(OnvifProfile),
  hasPtz: Type.Boolean(),
  /** It records on its own card. */
  hasRecordings: Type.Boolean(),
  /** It tells events; left out: not known. */
  hasEvents: Type.Optional(Type.Boolean()),
});
export type CameraOnvif = Static<typeof CameraOnvif>;

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
  onvif: Type.Optional(CameraOnvif),
  hasPassword: Type.Boolean(),
  state: CameraState,
  recordingSince: Type.Optional(IsoTime),
});
export type Camera = Static<typeof Camera>;

/**
 * POST /api/cameras, PUT /api/cameras/:id (password left out: keep; onvif left out: keep while the host is the same, null: forget).
 * DELETE /api/cameras/:id.
 */
export const CameraInput = Type.Object({
  ...editable,
  password: Type.Optional(Type.String({ maxLength: 128 })),
  onvif: Type.Optional(Type.Union([CameraOnvif, Type.Null()])),
});
export type CameraInput = Static<typeof CameraInput>;

/**
 * GET /api/cameras/:id/counts?from&to → CameraCounts: what its lines and dwell zones counted, at most 31 days. Hours count from `from`; one without
 * anything is left out.
 */
export const CountsQuery = Type.Object({ from: IsoTime, to: IsoTime });
export type CountsQuery = Static<typeof CountsQuery>;
export const CameraCounts = Type.Object({
  from: IsoTime,
  to: IsoTime,
  hours: Type.Array(
    Type.Object({
      /** When the hour begins. */
      hour: IsoTime,
      kind: Type.Union([Type.Literal('line'), Type.Literal('dwell')]),
      ruleId: Type.String(),
      /** Of lines only. */
      direction: Type.Optional(Type.Union([Type.Literal('forward'), Type.Literal('backward')])),
      vehicleType: VehicleType,
      count: Type.Integer(),
    }),
  ),
});
export type CameraCounts = Static<typeof CameraCounts>;

/** POST /api/cameras/probe */
export const ProbeRequest = Type.Object({
  /** host, host:port, http(s)://… or rtsp://…; all but the last are looked at over ONVIF first. */
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
  Type.Literal('onvif'),
  Type.Literal('signed_in'),
  Type.Literal('profiles'),
  Type.Literal('rtsp'),
  Type.Literal('profile'),
  Type.Literal('picture'),
]);
const MediaProfile = Type.Object({
  service: Type.Union([Type.Literal('media'), Type.Literal('media2')]),
  token: Type.String(),
  name: Type.String(),
  codec: Type.String(),
  widthPx: Type.Number(),
  heightPx: Type.Number(),
  framesPerSecond: Type.Optional(Type.Number()),
  bitrateKbps: Type.Optional(Type.Number()),
});
/** All that is needed to add the camera, but for its name. */
export const FoundCamera = Type.Object({
  streams: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('main'), Type.Literal('sub')]),
      url: Type.String(),
      profile: Type.Optional(MediaProfile),
    }),
  ),
  /** To be sent back with the camera; absent when the address was guessed. */
  onvif: Type.Optional(CameraOnvif),
  profiles: Type.Array(MediaProfile),
  manufacturer: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  firmwareVersion: Type.Optional(Type.String()),
  serialNumber: Type.Optional(Type.String()),
  hasPtz: Type.Boolean(),
  /** How far the clock of the camera is ahead of ours. */
  clockOffsetMs: Type.Optional(Type.Integer()),
  /** More than two seconds: worth a warning. */
  isClockOff: Type.Boolean(),
});
export type FoundCamera = Static<typeof FoundCamera>;
export const ProbeStep = Type.Object({
  step: ProbeStepName,
  ok: Type.Boolean(),
  detail: Type.Optional(Type.String()),
  errorCode: Type.Optional(Type.String()),
  reason: Type.Optional(
    Type.Object({ en: Type.String(), zh: Type.String(), remedyEn: Type.String(), remedyZh: Type.String() }),
  ),
});
export type ProbeStep = Static<typeof ProbeStep>;
/** Stops at the first step that fails. */
export const ProbeResult = Type.Object({
  steps: Type.Array(ProbeStep),
  /** Of the certificate that was not trusted: to be compared, and sent again to trust it. */
  certificateSha256: Type.Optional(Type.String()),
  /** data:image/jpeg;base64,… of the first picture. */
  picture: Type.Optional(Type.String()),
  /** Absent for an rtsp:// address, and when nothing was found. */
  found: Type.Optional(FoundCamera),
});
export type ProbeResult = Static<typeof ProbeResult>;
/** With `Accept: application/x-ndjson` the probe answers line by line: each step as it is passed, then the whole. */
export type ProbeLine = { readonly step: ProbeStep } | { readonly result: ProbeResult };

/** POST /api/cameras/discover → devices of the local network. POST, since it sends questions into it. */
export const DiscoverRequest = Type.Object({
  seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 15, default: 4 })),
  /** Name of a network interface; all when left out. */
  interface: Type.Optional(Type.String({ maxLength: 64 })),
});
export type DiscoverRequest = Static<typeof DiscoverRequest>;
export const DiscoveredDevice = Type.Object({
  endpointReference: Type.String(),
  address: Type.String(),
  serviceUrls: Type.Array(Type.String()),
  name: Type.Optional(Type.String()),
  hardware: Type.Optional(Type.String()),
  location: Type.Optional(Type.String()),
});
export type DiscoveredDevice = Static<typeof DiscoveredDevice>;

const Axis = Type.Optional(Type.Number({ minimum: -1, maximum: 1 }));
const axes = { pan: Axis, tilt: Axis, zoom: Axis };
/**
 * POST /api/cameras/:id/ptz → 204. Right and up are positive. A continuous move ends after `durationMs` (2000 when left out), unless it is sent again or stopped
 * before: who steers sends it again while the stick is held. `preset` is a token of GET /api/cameras/:id/presets.
 */
export const PtzCommand = Type.Union([
  Type.Object({
    action: Type.Literal('continuous'),
    ...axes,
    durationMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 10_000 })),
  }),
  Type.Object({ action: Type.Literal('absolute'), ...axes }),
  Type.Object({ action: Type.Literal('relative'), ...axes }),
  Type.Object({ action: Type.Literal('preset'), preset: Type.String({ minLength: 1, maxLength: 100 }) }),
  Type.Object({ action: Type.Literal('stop') }),
]);
export type PtzCommand = Static<typeof PtzCommand>;
export const PtzPreset = Type.Object({ token: Type.String(), name: Type.String() });
export type PtzPreset = Static<typeof PtzPreset>;

/** POST /api/cameras/:id/presets → 201: keeps where the camera looks now. PUT …/presets/:token → 204: renames; the camera turns there first. DELETE. */
export const PresetInput = Type.Object({ name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }) });
export type PresetInput = Static<typeof PresetInput>;

/**
 * GET /api/cameras/:id/ptz-lock; POST takes it, DELETE gives it back. Who steers holds it: every command of theirs takes or prolongs it, those of others are
 * refused with PTZ_IN_USE until it has rested for a while.
 */
export const PtzLock = Type.Object({
  holder: Type.Optional(Type.Object({ username: Type.String(), isYou: Type.Boolean() })),
  /** When it ends by itself. */
  until: Type.Optional(IsoTime),
});
export type PtzLock = Static<typeof PtzLock>;
export const PtzLockRequest = Type.Object({
  /** From whoever holds it; for those who manage cameras. */
  takeOver: Type.Optional(Type.Boolean()),
});
export type PtzLockRequest = Static<typeof PtzLockRequest>;

const IrCutFilter = Type.Union([Type.Literal('ON'), Type.Literal('OFF'), Type.Literal('AUTO')]);
/** On the camera's own scale; what it does not have is left out. PUT /api/cameras/:id/imaging sets what is given. */
export const ImagingSettings = Type.Object({
  brightness: Type.Optional(Type.Number()),
  contrast: Type.Optional(Type.Number()),
  saturation: Type.Optional(Type.Number()),
  sharpness: Type.Optional(Type.Number()),
  /** ON: by day, infrared light is kept out; OFF: by night. */
  irCutFilter: Type.Optional(IrCutFilter),
});
export type ImagingSettings = Static<typeof ImagingSettings>;
const ImagingRange = Type.Object({ minimum: Type.Number(), maximum: Type.Number() });
/** GET and PUT /api/cameras/:id/imaging. A range left out: the camera does not let it be set. */
export const CameraImaging = Type.Object({
  settings: ImagingSettings,
  options: Type.Object({
    brightness: Type.Optional(ImagingRange),
    contrast: Type.Optional(ImagingRange),
    saturation: Type.Optional(ImagingRange),
    sharpness: Type.Optional(ImagingRange),
    irCutFilters: Type.Array(IrCutFilter),
  }),
});
export type CameraImaging = Static<typeof CameraImaging>;

/** POST /api/cameras/:id/synchronize → 204: a key frame of each stream, now. */

/** GET /api/cameras/:id/history → newest first. */
export const CameraStateChange = Type.Object({
  time: IsoTime,
  stream: Type.Union([Type.Literal('main'), Type.Literal('sub')]),
  status: CameraStatus,
  /** More than one when the camera came and went so often that one entry stands for many; it is the last of them then. */
  changes: Type.Integer(),
  errorCode: Type.Optional(Type.String()),
  /** The sentence of the code. */
  reason: Type.Optional(Type.Object({ en: Type.String(), zh: Type.String() })),
});
export type CameraStateChange = Static<typeof CameraStateChange>;

/** GET /api/cameras/:id/still.jpg → newest key frame as JPEG; header `x-picture-time` (ISO) tells its age; 404 when there was none. */
