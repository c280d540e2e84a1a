import Type, { type Static } from 'typebox';
import { Id, IsoTime } from './common.ts';
import { MapArea, Sighting } from './sightings.ts';

/**
 * A case: the reason for searches, and where their results are kept. Only its members see it; the auditor sees what was done in it.
 * Searches over many vehicles at once (convoy, common) exist only inside a case.
 */
export const Case = Type.Object({
  id: Id,
  /** As the authority numbers it, e.g. `合公（刑）2026-118`. */
  number: Type.String(),
  title: Type.String(),
  reason: Type.String(),
  owner: Type.String(),
  members: Type.Array(Type.String()),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  createdAt: IsoTime,
  /** When what is kept in it ends, at most 366 days ahead; a closed case ends 30 days after closing at the latest. */
  expiresAt: IsoTime,
  closedAt: Type.Optional(IsoTime),
  closingNote: Type.Optional(Type.String()),
  items: Type.Integer(),
  lastActivity: IsoTime,
});
export type Case = Static<typeof Case>;

const editable = {
  number: Type.String({ minLength: 1, maxLength: 60 }),
  title: Type.String({ minLength: 1, maxLength: 120 }),
  reason: Type.String({ minLength: 4, maxLength: 500 }),
  expiresAt: IsoTime,
};
/** GET /api/cases?status=open|closed → Case[]; POST /api/cases → Case. */
export const CaseInput = Type.Object(editable);
export type CaseInput = Static<typeof CaseInput>;
/** PATCH /api/cases/:id → Case. Members by user name (the owner cannot be left out); only the owner and administrators may. */
export const CaseChange = Type.Partial(
  Type.Object({ ...editable, members: Type.Array(Type.String(), { maxItems: 50 }) }),
);
export type CaseChange = Static<typeof CaseChange>;
/** POST /api/cases/:id/close, POST /api/cases/:id/reopen (no body) → Case. */
export const CaseClosing = Type.Object({ note: Type.String({ minLength: 4, maxLength: 500 }) });
export type CaseClosing = Static<typeof CaseClosing>;

/** What is kept in a case: a sighting as it was when it was put in (it and its pictures stay while the case does), or a note. */
export const CaseItem = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('sighting'), Type.Literal('note')]),
  addedBy: Type.String(),
  addedAt: IsoTime,
  note: Type.Optional(Type.String()),
  sighting: Type.Optional(Sighting),
});
export type CaseItem = Static<typeof CaseItem>;
/** GET /api/cases/:id → CaseDetail. */
export const CaseDetail = Type.Object({
  case: Case,
  items: Type.Array(CaseItem),
  /** What was done in it, newest first, at most 200: from the audit log. */
  history: Type.Array(
    Type.Object({
      time: IsoTime,
      by: Type.String(),
      action: Type.String(),
      target: Type.String(),
      purpose: Type.Optional(Type.String()),
    }),
  ),
});
export type CaseDetail = Static<typeof CaseDetail>;
/** POST /api/cases/:id/items → CaseItem: a sighting with or without a note, or a note alone. The same sighting twice is one item. DELETE /api/cases/:id/items/:itemId. */
export const CaseItemInput = Type.Object({
  sightingId: Type.Optional(Type.String({ maxLength: 64 })),
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
});
export type CaseItemInput = Static<typeof CaseItemInput>;

/**
 * POST /api/cases/:id/convoy: vehicles that passed several of the same cameras within `withinSeconds` of the plate. At most 24 hours.
 */
export const ConvoyRequest = Type.Object({
  plate: Type.String({ minLength: 5, maxLength: 10 }),
  from: IsoTime,
  to: IsoTime,
  withinSeconds: Type.Integer({ minimum: 5, maximum: 600, default: 120 }),
  minCameras: Type.Integer({ minimum: 2, maximum: 20, default: 3 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
});
export type ConvoyRequest = Static<typeof ConvoyRequest>;
/**
 * POST /api/cases/:id/common: plates seen at each of several places and times. Each place: cameras or an area of at most 25 km², and at most 24 hours.
 */
export const CommonRequest = Type.Object({
  places: Type.Array(
    Type.Object({
      cameraIds: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 100 })),
      area: Type.Optional(MapArea),
      from: IsoTime,
      to: IsoTime,
    }),
    { minItems: 2, maxItems: 6 },
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
});
export type CommonRequest = Static<typeof CommonRequest>;
export const CompanyReport = Type.Object({
  vehicles: Type.Array(
    Type.Object({
      plate: Type.String(),
      /** Cameras (convoy) or places (common) in company. */
      together: Type.Integer(),
      /** One of each place, oldest first. */
      sightings: Type.Array(Sighting),
      /** Of a convoy, for each sighting: seconds after the pass of the plate asked for; negative: before it. */
      afterSeconds: Type.Optional(Type.Array(Type.Number())),
    }),
  ),
  /** More were found than may be shown: narrow the question. */
  isCut: Type.Boolean(),
  tookMs: Type.Number(),
});
export type CompanyReport = Static<typeof CompanyReport>;

/** POST /api/cases/:id/export?language=zh|en&timeZone=… → text/csv of the items; purpose, number, who and when in its first lines. */
export const CaseExportQuery = Type.Object({
  language: Type.Optional(Type.Union([Type.Literal('zh'), Type.Literal('en')], { default: 'zh' })),
  /** Of the times in it; IANA name. */
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, default: 'UTC' })),
});
export type CaseExportQuery = Static<typeof CaseExportQuery>;
