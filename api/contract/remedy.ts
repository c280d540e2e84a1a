import Type, { type Static } from 'typebox';
import { Box, IsoTime } from './common.ts';

/**
 * For a kitchen that was asked to put something right, without an account. The token of its link goes in `Authorization: Bearer …`, never in
 * an address. GET /api/remedy → Remedy; GET /api/remedy/picture → image/jpeg.
 */
export const Remedy = Type.Object({
  kitchenName: Type.String(),
  itemZh: Type.String(),
  itemEn: Type.String(),
  since: IsoTime,
  deadline: Type.Optional(IsoTime),
  note: Type.Optional(Type.String()),
  hasPicture: Type.Boolean(),
  box: Box,
  /** Until when it can be answered. */
  expiresAt: IsoTime,
  /** When the answer by this link arrived. */
  receivedAt: Type.Optional(IsoTime),
});
export type Remedy = Static<typeof Remedy>;

/** POST /api/remedy/answer → Remedy, with `receivedAt`. Once. */
export const RemedyAnswer = Type.Object({
  text: Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }),
  /** JPEG, PNG or WebP of at most 8 MB, as base64. */
  photo: Type.Optional(Type.String({ maxLength: 11_200_000 })),
});
export type RemedyAnswer = Static<typeof RemedyAnswer>;
