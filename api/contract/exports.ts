import Type, { type Static } from 'typebox';
import { Id, IsoTime } from './common.ts';

/** POST /api/exports */
export const ExportInput = Type.Object({
  cameraIds: Type.Array(Id, { minItems: 1, maxItems: 16, uniqueItems: true }),
  from: IsoTime,
  to: IsoTime,
  /** Why; goes to the audit log and into the files. */
  purpose: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }),
  /** IANA name; how times are written in names and subtitles. Left out: UTC. */
  timeZone: Type.Optional(Type.String({ maxLength: 60 })),
});
export type ExportInput = Static<typeof ExportInput>;

export const ExportFile = Type.Object({
  cameraId: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('video'), Type.Literal('times'), Type.Literal('subtitles')]),
  sizeBytes: Type.Integer(),
  /** Of the first and behind the last picture of a video: cut at key frames, so a little more than was asked for. */
  start: Type.Optional(IsoTime),
  end: Type.Optional(IsoTime),
  frames: Type.Optional(Type.Integer()),
  url: Type.String(),
});
export type ExportFile = Static<typeof ExportFile>;

/** GET /api/exports (one's own, newest first); DELETE /api/exports/:id cancels it and deletes its files. */
export const ClipExport = Type.Object({
  id: Type.String(),
  cameraIds: Type.Array(Type.String()),
  from: IsoTime,
  to: IsoTime,
  purpose: Type.String(),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
    Type.Literal('expired'),
  ]),
  /** 0..1 while it runs. */
  progress: Type.Optional(Type.Number()),
  errorCode: Type.Optional(Type.String()),
  /** The sentence of the code. */
  reason: Type.Optional(
    Type.Object({ en: Type.String(), zh: Type.String(), remedyEn: Type.String(), remedyZh: Type.String() }),
  ),
  files: Type.Array(ExportFile),
  createdAt: IsoTime,
  expiresAt: Type.Optional(IsoTime),
});
export type ClipExport = Static<typeof ClipExport>;
