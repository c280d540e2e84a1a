import Type, { type Static } from 'typebox';
import { WeekSchedule } from './cameras.ts';
import { Box, Id, IsoTime, Point } from './common.ts';

export const KitchenZoneUse = Type.Union([
  Type.Literal('stove'),
  Type.Literal('bin'),
  Type.Literal('floor'),
  Type.Literal('work place'),
  /** No item looks at these two yet. */
  Type.Literal('hand wash'),
  Type.Literal('entrance'),
]);
export type KitchenZoneUse = Static<typeof KitchenZoneUse>;

export const KitchenZone = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_-]+$' }),
  use: KitchenZoneUse,
  name: Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' }),
  points: Type.Array(Point, { minItems: 3, maxItems: 32 }),
});
export type KitchenZone = Static<typeof KitchenZone>;

/**
 * PUT /api/kitchens/:id/setup. Refused when an item that is on lacks its zone, hours, reference picture or model; `field` names the item.
 */
export const KitchenDraft = Type.Object({
  zones: Type.Array(KitchenZone, { maxItems: 20 }),
  /** Those that are switched on. */
  items: Type.Array(
    Type.Object({
      item: Type.String({ minLength: 1, maxLength: 40 }),
      graceMs: Type.Integer({ minimum: 1000, maximum: 86_400_000 }),
    }),
    { maxItems: 30 },
  ),
  /** When people may be in it; left out: not known. */
  openingHours: Type.Optional(WeekSchedule),
});
export type KitchenDraft = Static<typeof KitchenDraft>;

export const KitchenReference = Type.Object({ takenAt: IsoTime, pictureUrl: Type.String() });
export type KitchenReference = Static<typeof KitchenReference>;

/** GET /api/kitchens/:id/setup */
export const KitchenSetup = Type.Object({
  cameraId: Id,
  name: Type.String(),
  ...KitchenDraft.properties,
  reference: Type.Optional(KitchenReference),
  /** Items that an installed model judges. */
  modelItems: Type.Array(Type.String()),
  /** False: the analysis of this camera is switched off, so nothing is raised whatever is set here. */
  isAnalysed: Type.Boolean(),
});
export type KitchenSetup = Static<typeof KitchenSetup>;

/**
 * POST /api/kitchens/:id/reference → 201. Takes effect at once, and replaces the one before. Refused with KITCHEN_REFERENCE_PERSON when
 * somebody is in the picture.
 */
export const ReferenceInput = Type.Object({
  /** Of the recording; left out: the newest live picture. */
  time: Type.Optional(IsoTime),
  /** A person has looked, and what was taken for somebody is not. */
  nobodyIsThere: Type.Optional(Type.Boolean()),
});
export type ReferenceInput = Static<typeof ReferenceInput>;
export const ReferenceTaken = Type.Object({
  ...KitchenReference.properties,
  /** False: the models are not there, so nobody looked whether it shows a person. */
  isChecked: Type.Boolean(),
});
export type ReferenceTaken = Static<typeof ReferenceTaken>;

/** POST /api/kitchens/:id/trials → 202 KitchenTrial. Left out: the last hour that was recorded. At most six hours. */
export const TrialInput = Type.Object({
  setup: KitchenDraft,
  from: Type.Optional(IsoTime),
  to: Type.Optional(IsoTime),
});
export type TrialInput = Static<typeof TrialInput>;

const Sentence = Type.Object({ en: Type.String(), zh: Type.String() });
export const TrialViolation = Type.Object({
  violationId: Type.String(),
  item: Type.String(),
  since: IsoTime,
  /** When its grace time was over. */
  raised: IsoTime,
  /** Left out: still so at the end. */
  closed: Type.Optional(IsoTime),
  score: Type.Number(),
  box: Box,
  pictureUrl: Type.Optional(Type.String()),
});
export type TrialViolation = Static<typeof TrialViolation>;

/** GET /api/kitchens/:id/trials/:trialId; DELETE ends and forgets it. Kept for an hour after its end, its pictures too. */
export const KitchenTrial = Type.Object({
  trialId: Type.String(),
  cameraId: Id,
  state: Type.Union([Type.Literal('waiting'), Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  /** How many trials come first. */
  ahead: Type.Integer(),
  from: IsoTime,
  to: IsoTime,
  /** 0..1 of the recorded time. */
  progress: Type.Number(),
  pictures: Type.Integer(),
  /** Left out: the key frames. */
  picturesPerSecond: Type.Optional(Type.Number()),
  /** In the order in which they began. */
  violations: Type.Array(TrialViolation),
  /** Oldest first. */
  notLookedAt: Type.Array(Type.Object({ from: IsoTime, to: IsoTime, reason: Sentence })),
  /** At its end: items that are on and could not be told in any picture. */
  notJudged: Type.Array(Type.Object({ item: Type.String(), reason: Sentence })),
  /** Damaged, and therefore left out. */
  faultyPictures: Type.Integer(),
  /** Why it failed. */
  problem: Type.Optional(
    Type.Object({ code: Type.String(), ...Sentence.properties, remedyEn: Type.String(), remedyZh: Type.String() }),
  ),
});
export type KitchenTrial = Static<typeof KitchenTrial>;
