import Type, { type Static } from 'typebox';
import { IsoTime } from './common.ts';

/** GET /api/system: what a person should know about the system now; shown as a strip on every page. */
export const SystemStatus = Type.Object({
  version: Type.String(),
  time: IsoTime,
  isDemo: Type.Boolean(),
  notices: Type.Array(
    Type.Object({
      code: Type.String(),
      level: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
      en: Type.String(),
      zh: Type.String(),
    }),
  ),
  cameras: Type.Object({ total: Type.Integer(), live: Type.Integer() }),
  spooledEvents: Type.Integer(),
  diskFreeBytes: Type.Integer(),
  /** What holds for a camera that has no length and no time of its own. */
  recordingDefaults: Type.Object({ segmentSeconds: Type.Integer(), retentionHours: Type.Integer() }),
});
export type SystemStatus = Static<typeof SystemStatus>;

/** GET /api/audit?before=&limit= → newest first; permission audit.read. */
export const AuditEntry = Type.Object({
  id: Type.String(),
  time: IsoTime,
  username: Type.String(),
  /** e.g. `live.watch`, `sighting.search`, `evidence.open`, `recording.play`, `violation.review`, `camera.create`. */
  action: Type.String(),
  target: Type.String(),
  purpose: Type.Optional(Type.String()),
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;
