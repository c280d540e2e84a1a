import Type, { type Static } from 'typebox';
import { IsoTime } from './common.ts';

const Figures = {
  /** Found in the period; the next three say what was said of these so far. */
  raised: Type.Integer(),
  confirmed: Type.Integer(),
  dismissed: Type.Integer(),
  unreviewed: Type.Integer(),
  /** At the end of the period: still going on, asked and not accepted, asked and not answered in time. */
  open: Type.Integer(),
  outstanding: Type.Integer(),
  overdue: Type.Integer(),
  /** Accepted in the period. */
  closed: Type.Integer(),
  /** Of those: median hours from the question to the answer. */
  medianRemedyHours: Type.Optional(Type.Number()),
};

export const ReportFigures = Type.Object(Figures);
export type ReportFigures = Static<typeof ReportFigures>;
export const ReportItem = Type.Object({ item: Type.String(), ...Figures });
export type ReportItem = Static<typeof ReportItem>;
/** A kitchen, or a district with all of its kitchens; the score of a district is the mean of theirs. */
export const ReportRow = Type.Object({
  cameraId: Type.Optional(Type.String()),
  name: Type.String(),
  district: Type.String(),
  kitchens: Type.Integer(),
  score: Type.Number(),
  ...Figures,
  items: Type.Array(ReportItem),
});
export type ReportRow = Static<typeof ReportRow>;

export const ReportQuery = Type.Object({
  period: Type.Union([Type.Literal('day'), Type.Literal('week')]),
  /** A week is the one, Monday to Sunday, that this day is in. */
  day: Type.String({ format: 'date' }),
  timeZone: Type.String({ maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$', description: 'IANA name' }),
  by: Type.Union([Type.Literal('kitchen'), Type.Literal('district')]),
  district: Type.Optional(Type.String({ maxLength: 200 })),
});
export type ReportQuery = Static<typeof ReportQuery>;

/** GET /api/kitchen-reports */
export const KitchenReport = Type.Object({
  from: IsoTime,
  to: IsoTime,
  rows: Type.Array(ReportRow),
  total: ReportFigures,
  /** Of all rows together, most raised first. */
  items: Type.Array(ReportItem),
});
export type KitchenReport = Static<typeof KitchenReport>;

/** POST /api/kitchen-reports/export → text/csv. */
export const ReportExport = Type.Object({
  ...ReportQuery.properties,
  language: Type.Union([Type.Literal('zh'), Type.Literal('en')]),
});
export type ReportExport = Static<typeof ReportExport>;
