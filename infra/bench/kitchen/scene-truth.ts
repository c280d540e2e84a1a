import type { Box } from '#analyzers/detection.ts';
import { isInZone } from '#analyzers/rules/zone.ts';
import type { MadeRoom } from './made-room.ts';
import { isIn, placeAt, type RuleItem, type Span, type Story } from './story.ts';

export type TruthNow = Readonly<Record<RuleItem, boolean>>;

/** What is wrong at a moment, from the story alone. */
export function truthAt(
  story: Story,
  room: MadeRoom,
  persons: readonly Box[],
  isOpen: boolean,
  timeMs: number,
): TruthNow {
  const { stove } = room.zones;
  const [left, right] = [stove[0]?.x ?? 0, stove[1]?.x ?? 1];
  const isAttended = persons.some((person) => {
    const reach = person.width;
    return person.x - reach < right && person.x + person.width + reach > left;
  });
  const isBlind = isIn(timeMs, story.obstructions);
  return {
    flame_unattended: !isBlind && isIn(timeMs, story.flames) && !isAttended,
    bin_open: !isBlind && isIn(timeMs, story.lids),
    floor_dirty: !isBlind && isIn(timeMs, story.dirt),
    rodent:
      !isOpen &&
      story.animals.some(({ way }) => {
        const at = placeAt(way, timeMs);
        return at !== undefined && isInZone(at, room.zones.floor);
      }),
    presence_after_hours: !isOpen && persons.length > 0,
    camera_obstructed: isBlind,
  };
}

/** A stretch of a state that was wrong. */
export interface TruthSpan extends Span {
  readonly item: RuleItem;
  /** must: to be found; may: about as long as its grace time, or it comes and goes, so that both answers are right. */
  readonly asks: 'must' | 'may';
}

/** Somebody who passes by for less than this does not end an unattended flame. */
const JOINED_MS = 3000;
/** From this many times the grace time on, and as much longer, it must be found. */
const MUST = { times: 1.3, plusMs: 5000 };
/** Below this many times the grace time it must not. */
const MAY_TIMES = 0.6;

/** Joins moments to spans, and says of each whether it is to be found. Too short ones are left out. */
export function truthSpans(item: RuleItem, moments: readonly number[], sampleMs: number, graceMs: number): TruthSpan[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const timeMs of moments) {
    const last = spans.at(-1);
    if (last && timeMs - last.toMs <= JOINED_MS) last.toMs = timeMs + sampleMs;
    else spans.push({ fromMs: timeMs, toMs: timeMs + sampleMs });
  }
  return spans
    .filter(({ fromMs, toMs }) => toMs - fromMs >= MAY_TIMES * graceMs)
    .map((span) => {
      const isLong = span.toMs - span.fromMs >= MUST.times * graceMs + MUST.plusMs;
      return { ...span, item, asks: isLong ? 'must' : 'may' };
    });
}
