import type { AttributeTerm } from './attribute-words.ts';
import type { DayHours, MovingRange, TimeRange } from './time-range.ts';

/** Why a piece of text was not taken. */
export type UnknownReason = 'unknown' | 'second_plate' | 'second_time' | 'short_number';

/** What a piece of the typed text says. */
export type Term =
  | Exclude<AttributeTerm, { kind: 'filler' }>
  | { readonly kind: 'plate'; readonly plate: string }
  | { readonly kind: 'range'; readonly range: MovingRange | TimeRange }
  | { readonly kind: 'hours'; readonly hours: DayHours; readonly isGuess?: boolean }
  | { readonly kind: 'place'; readonly name: string }
  | { readonly kind: 'unknown'; readonly text: string; readonly why: UnknownReason };
