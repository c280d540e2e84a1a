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

/** Where a violation stands: judged, `asked` to be put right, `answered` by the kitchen, `accepted` and so closed. */
export const ViolationStage = Type.Union([
  Type.Literal('new'),
  Type.Literal('confirmed'),
  Type.Literal('dismissed'),
  Type.Literal('asked'),
  Type.Literal('answered'),
  Type.Literal('accepted'),
]);
export type ViolationStage = Static<typeof ViolationStage>;

/** The film of a violation's beginning. */
export const ViolationClip = Type.Object({
  /** What it is to show; where it is ready, what it does show. */
  from: IsoTime,
  to: IsoTime,
  /** `waiting` for the recording or its turn; `gone`: the recording does not have it. */
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('making'),
    Type.Literal('ready'),
    Type.Literal('failed'),
    Type.Literal('gone'),
  ]),
  /** MP4 without sound; answers range requests. */
  url: Type.Optional(Type.String()),
  /** Heads are unrecognisable in it. */
  isBlurred: Type.Optional(Type.Boolean()),
  /** Why it failed, or why there is no recording. */
  reason: Type.Optional(Type.Object({ zh: Type.String(), en: Type.String() })),
  /** Asking for it once more may help. */
  mayRetry: Type.Boolean(),
});
export type ViolationClip = Static<typeof ViolationClip>;

export const Violation = Type.Object({
  violationId: Type.String(),
  cameraId: Type.String(),
  kitchenName: Type.String(),
  district: Type.String(),
  item: Type.String(),
  /** Of the catalogue, when it was found. */
  itemVersion: Type.Integer(),
  ruleName: Type.String(),
  severity: Type.Integer(),
  score: Type.Number(),
  box: Box,
  since: IsoTime,
  openedAt: IsoTime,
  closedAt: Type.Optional(IsoTime),
  pictureUrl: Type.Optional(Type.String()),
  clip: ViolationClip,
  stage: ViolationStage,
  /** Goes up with every step; send it with the next, and be told when somebody else was faster. */
  revision: Type.Integer(),
  /** Kept, and neither shown as open nor sent to anybody. */
  held: Type.Optional(Type.Union([Type.Literal('below_threshold'), Type.Literal('item_on_hold')])),
  deadline: Type.Optional(IsoTime),
  /** Asked, and not answered in time. */
  isOverdue: Type.Boolean(),
  askedAt: Type.Optional(IsoTime),
  answeredAt: Type.Optional(IsoTime),
  settledAt: Type.Optional(IsoTime),
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
  /** The same at the end of each of 30 days, by what is known of them now; the last is now. */
  scores: Type.Array(Type.Integer()),
  /** Violations that it was asked to put right, that it answered, and that it did not answer in time. */
  asked: Type.Integer(),
  answered: Type.Integer(),
  overdue: Type.Integer(),
  nextDeadline: Type.Optional(IsoTime),
  /** Items with something to do: open, not reviewed, or a remedy that is not accepted. */
  openItems: Type.Array(Type.String()),
  /** Items that are on hold here, with the answers that put them there. */
  holds: Type.Array(
    Type.Object({ item: Type.String(), since: IsoTime, confirmed: Type.Integer(), answers: Type.Integer() }),
  ),
  /** The gravest open one; when none is open, of those with something to do. */
  worst: Type.Optional(Violation),
});
export type Kitchen = Static<typeof Kitchen>;

/** One thing that was done; without `by`: by the kitchen, over its link. */
export const ViolationStep = Type.Object({
  revision: Type.Integer(),
  step: Type.Union([
    Type.Literal('confirmed'),
    Type.Literal('dismissed'),
    Type.Literal('asked'),
    Type.Literal('sent_back'),
    Type.Literal('answered'),
    Type.Literal('accepted'),
    Type.Literal('rechecked'),
    Type.Literal('link_renewed'),
    Type.Literal('link_revoked'),
    Type.Literal('undone'),
  ]),
  time: IsoTime,
  by: Type.Optional(Type.String()),
  /** Why it was dismissed, what a re-check showed, or which step was undone. */
  reason: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
  deadline: Type.Optional(IsoTime),
  photoUrl: Type.Optional(Type.String()),
});
export type ViolationStep = Static<typeof ViolationStep>;

/** GET /api/violations/:id. `earlier`: the same item in this kitchen, newest first. */
export const ViolationFile = Type.Object({
  violation: Violation,
  steps: Type.Array(ViolationStep),
  earlier: Type.Array(Violation),
});
export type ViolationFile = Static<typeof ViolationFile>;

const Note = Type.Optional(Type.String({ maxLength: 500 }));
const Revision = Type.Integer({ minimum: 0 });

/**
 * GET /api/violations?state=open|unreviewed|remedy|held|all&cameraId=&item=&district=&limit= → newest first; `remedy`: answers first, then by
 * deadline. GET /api/hygiene-items → HygieneItem[].
 */
/** POST /api/violations/:id/review → Violation. A second review replaces the first; both stay in its steps. */
export const ReviewInput = Type.Object({
  decision: ReviewDecision,
  reason: Type.Optional(DismissReason),
  note: Note,
  /** What it was decided on; without it the review counts whatever happened since. */
  revision: Type.Optional(Revision),
});
export type ReviewInput = Static<typeof ReviewInput>;

/** POST /api/violations/:id/clip → Violation: a clip that failed, or whose recording was not there, is made once more. */
/** POST /api/violations/:id/remedy → RemedyAsked. `isAgain`: the kitchen has answered, and that was not enough. */
export const RemedyInput = Type.Object({
  deadline: IsoTime,
  note: Note,
  isAgain: Type.Optional(Type.Boolean()),
  revision: Revision,
});
export type RemedyInput = Static<typeof RemedyInput>;
/** POST /api/violations/:id/link {isNew} → RemedyAsked: the link again, or a new one that ends the former. DELETE ends it. */
export const RemedyLinkInput = Type.Object({ isNew: Type.Boolean() });
export type RemedyLinkInput = Static<typeof RemedyLinkInput>;
/** The link is for the kitchen; who has it can answer once. */
export const RemedyAsked = Type.Object({ violation: Violation, link: Type.String() });
export type RemedyAsked = Static<typeof RemedyAsked>;

/** POST /api/violations/:id/accept → Violation, closed. */
export const AcceptInput = Type.Object({ note: Note, revision: Revision });
export type AcceptInput = Static<typeof AcceptInput>;
/** POST /api/violations/:id/recheck → Violation: what another look at the kitchen showed. */
export const RecheckInput = Type.Object({
  result: Type.Union([Type.Literal('clear'), Type.Literal('still_there')]),
  note: Note,
  revision: Revision,
});
export type RecheckInput = Static<typeof RecheckInput>;
/** POST /api/violations/:id/undo → Violation as it was before your last step. */
export const UndoInput = Type.Object({ revision: Revision });
export type UndoInput = Static<typeof UndoInput>;
