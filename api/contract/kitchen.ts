import Type, { type Static } from 'typebox';
import { Box, IsoTime } from './common.ts';

export const HygieneItem = Type.Object({
  code: Type.String(),
  version: Type.Integer(),
  nameEn: Type.String(),
  nameZh: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 3 }),
  status: Type.Union([
    Type.Literal('measured'),
    Type.Literal('rule'),
    Type.Literal('experimental'),
    Type.Literal('bring-your-model'),
  ]),
  methodEn: Type.String(),
  methodZh: Type.String(),
  /** What must be drawn for it; `frame`: nothing. */
  zone: Type.Union([
    Type.Literal('frame'),
    Type.Literal('stove'),
    Type.Literal('bin'),
    Type.Literal('floor'),
    Type.Literal('work place'),
  ]),
  needs: Type.Array(Type.Union([Type.Literal('opening hours'), Type.Literal('reference picture')])),
  graceMs: Type.Integer(),
  handledBy: Type.Union([Type.Literal('kitchen'), Type.Literal('inspector')]),
  remedyDeadlineHours: Type.Integer(),
});
export type HygieneItem = Static<typeof HygieneItem>;

export const ReviewDecision = Type.Union([Type.Literal('confirmed'), Type.Literal('dismissed')]);
export const DismissReason = Type.Union([
  Type.Literal('not_what_it_says'),
  Type.Literal('picture_unclear'),
  Type.Literal('camera_moved'),
  Type.Literal('allowed_here'),
  Type.Literal('other'),
]);
export type DismissReason = Static<typeof DismissReason>;

export const Violation = Type.Object({
  violationId: Type.String(),
  cameraId: Type.String(),
  kitchenName: Type.String(),
  district: Type.String(),
  item: Type.String(),
  ruleName: Type.String(),
  severity: Type.Integer(),
  score: Type.Number(),
  box: Box,
  since: IsoTime,
  openedAt: IsoTime,
  closedAt: Type.Optional(IsoTime),
  pictureUrl: Type.Optional(Type.String()),
  review: Type.Optional(
    Type.Object({
      decision: ReviewDecision,
      reason: Type.Optional(DismissReason),
      note: Type.Optional(Type.String()),
      by: Type.String(),
      at: IsoTime,
    }),
  ),
});
export type Violation = Static<typeof Violation>;

/** GET /api/kitchens → worst first. */
export const Kitchen = Type.Object({
  cameraId: Type.String(),
  name: Type.String(),
  district: Type.String(),
  status: Type.String(),
  open: Type.Integer(),
  unreviewed: Type.Integer(),
  last30Days: Type.Integer(),
  /** 100 less 10 × severity per confirmed or unreviewed violation of 30 days; not below 0. */
  score: Type.Integer(),
  worst: Type.Optional(Violation),
});
export type Kitchen = Static<typeof Kitchen>;

/** GET /api/violations?state=open|unreviewed|all&cameraId=&limit= → newest first. GET /api/hygiene-items → HygieneItem[]. */
/** POST /api/violations/:id/review → Violation. A second review replaces the first; both stay in the audit log. */
export const ReviewInput = Type.Object({
  decision: ReviewDecision,
  reason: Type.Optional(DismissReason),
  note: Type.Optional(Type.String({ maxLength: 500 })),
});
export type ReviewInput = Static<typeof ReviewInput>;
