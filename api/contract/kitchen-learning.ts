import Type, { type Static } from 'typebox';
import { Box, IsoTime } from './common.ts';

/** GET /api/kitchen-items → how right each item has been in each kitchen, least first. */
export const KitchenItem = Type.Object({
  cameraId: Type.String(),
  kitchenName: Type.String(),
  district: Type.String(),
  item: Type.String(),
  confirmed: Type.Integer(),
  /** n: confirmed and dismissed. */
  answers: Type.Integer(),
  /** Where the true precision lies with 95 % confidence (Wilson). */
  precisionLow: Type.Number(),
  precisionHigh: Type.Number(),
  /** Violations with a lower score are held. */
  minScore: Type.Optional(Type.Number()),
  /** What the answers so far suggest; it counts only when somebody sets it. */
  suggestion: Type.Optional(
    Type.Object({ minScore: Type.Number(), dismissedHeld: Type.Integer(), confirmedHeld: Type.Integer() }),
  ),
  onHoldSince: Type.Optional(IsoTime),
  /** Violations that are kept and not shown. */
  held: Type.Integer(),
});
export type KitchenItem = Static<typeof KitchenItem>;

/** PUT /api/kitchen-items/:cameraId/:item/threshold; null: none. POST …/release takes an item off hold. */
export const ThresholdInput = Type.Object({
  minScore: Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 1 }), Type.Null()]),
});
export type ThresholdInput = Static<typeof ThresholdInput>;

/** POST /api/kitchen-dataset → application/x-tar: `labels.jsonl` and a crop of each judged violation. */
export const DatasetExport = Type.Object({
  purpose: Type.String({ minLength: 2, maxLength: 200 }),
  from: IsoTime,
  to: IsoTime,
});
export type DatasetExport = Static<typeof DatasetExport>;

/** One line of `labels.jsonl`. Of the kitchen's state: nothing about who judged it, or who was there. */
export const DatasetLabel = Type.Object({
  file: Type.String(),
  item: Type.String(),
  itemVersion: Type.Integer(),
  label: Type.Union([Type.Literal('confirmed'), Type.Literal('dismissed')]),
  reason: Type.Optional(Type.String()),
  score: Type.Number(),
  /** Of the violation, within the crop. */
  box: Box,
  kitchen: Type.String(),
  /** Day only, UTC. */
  day: Type.String(),
});
export type DatasetLabel = Static<typeof DatasetLabel>;
