import { seededRandom } from '../degrade-picture.ts';
import { cookingDay, helpersDay, WayOfPerson } from './kitchen-staff.ts';
import type { MadeRoom } from './made-room.ts';
import type { Animal, Dirt, Flame, Obstruction, RuleItem, Span, Story, Walker, WayPoint } from './story.ts';

type Random = () => number;
type Between = (least: number, most: number) => number;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const OPENS_HOUR = 8;
const CLOSES_HOUR = 20;
/** Any day would do: the hours are UTC. */
const DAY_MS = Date.UTC(2026, 4, 12);
const SCENE_MS = 12 * MINUTE_MS;
const DARK_WAYS = ['infrared', 'emergency lamp'] as const;

/** A whole day, from midnight on, in which nothing is wrong: people cook, use the bin, walk; lamps, sun and clouds come and go. */
export function quietDay(seed: number, room: MadeRoom, hours = 24): Story {
  const random = seededRandom(seed);
  const between: Between = (least, most) => least + random() * (most - least);
  const fromMs = DAY_MS;
  const toMs = fromMs + hours * HOUR_MS;
  const openMs = fromMs + OPENS_HOUR * HOUR_MS;
  const closeMs = Math.min(toMs, fromMs + CLOSES_HOUR * HOUR_MS);
  const shift = { fromMs: openMs + MINUTE_MS / 2, toMs: closeMs - 3 * MINUTE_MS };
  const isWorked = closeMs > openMs + HOUR_MS / 2;
  const staff = isWorked ? hire(random, room, shift, 0.3) : { walkers: [], flames: [], lids: [] };
  const night = (span: Span): Span[] => spread(between, span, [6 * MINUTE_MS, 40 * MINUTE_MS], [2500, 6000]);
  return {
    ...emptyStory(seed, { fromMs, toMs }, random),
    ...staff,
    dirt: passingDirt(random, room, spread(between, shift, [30 * MINUTE_MS, 120 * MINUTE_MS], [8000, 55_000])),
    lamps: isWorked
      ? [
          [{ fromMs: openMs + 15_000, toMs: closeMs - 5000 }],
          [{ fromMs: openMs + 20_000, toMs: closeMs - 5000 }].flatMap((span) =>
            interrupted(between, span, 20 * MINUTE_MS),
          ),
        ]
      : [[], []],
    flashes: spread(between, shift, [5 * MINUTE_MS, 60 * MINUTE_MS], [20_000, 10 * MINUTE_MS]),
    headlights: [...night({ fromMs, toMs: Math.min(openMs, toMs) }), ...night({ fromMs: closeMs, toMs })],
    sun: spread(
      between,
      { fromMs: openMs, toMs: closeMs - 2 * HOUR_MS },
      [MINUTE_MS, 30 * MINUTE_MS],
      [MINUTE_MS, HOUR_MS],
    ),
  };
}

/** Twelve minutes in which one item is violated, once or (rodents) twice, among many things that are no violation. */
export function incident(item: RuleItem, seed: number, room: MadeRoom): Story {
  const random = seededRandom(seed);
  const between: Between = (least, most) => least + random() * (most - least);
  const isNight =
    item === 'rodent' || item === 'presence_after_hours' || (item === 'camera_obstructed' && random() < 0.2);
  const fromMs = DAY_MS + (isNight ? (random() < 0.5 ? 22 : 2) : Math.floor(between(9, 17))) * HOUR_MS;
  const span = { fromMs, toMs: fromMs + SCENE_MS };
  const beginsMs = fromMs + between(3, 5) * MINUTE_MS;
  const lasting = (least: number, most: number): Span => ({ fromMs: beginsMs, toMs: beginsMs + between(least, most) });
  const base: Story = { ...emptyStory(seed, span, random), headlights: isNight ? restless(between, span, 4000) : [] };
  const busy = isNight ? base : { ...base, ...busyKitchen(random, room, span, item) };
  const flashes = isNight ? [] : restless(between, span, 60_000);
  const story = { ...busy, flashes };
  switch (item) {
    case 'flame_unattended':
      return story;
    case 'bin_open':
      return {
        ...story,
        lids: [...clearOf(story.lids, beginsMs), { ...lasting(110_000, 400_000), isHeaped: random() < 0.4 }],
      };
    case 'floor_dirty':
      return { ...story, dirt: [...story.dirt, spillOrLitter(random, room, lasting(220_000, 420_000))] };
    case 'camera_obstructed':
      return { ...story, obstructions: [obstruction(random, lasting(70_000, 240_000), isNight)] };
    case 'rodent':
      return { ...story, animals: [visit(random, room, beginsMs), visit(random, room, beginsMs + 5 * MINUTE_MS)] };
    case 'presence_after_hours':
      return nightVisit(story, random, room, lasting(70_000, 240_000));
  }
}

function emptyStory(seed: number, span: Span, random: Random): Story {
  const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
  return {
    seed,
    ...span,
    opens: clock(OPENS_HOUR),
    closes: clock(CLOSES_HOUR),
    walkers: [],
    flames: [],
    lids: [],
    dirt: [],
    animals: [],
    obstructions: [],
    lamps: [[], []],
    flashes: [],
    headlights: [],
    sun: [],
    night: DARK_WAYS[random() < 0.5 ? 0 : 1],
    hasDaylight: random() < 0.7,
  };
}

function hire(random: Random, room: MadeRoom, span: Span, cooksShare: number, leavesFlameMs?: number) {
  const leaves = leavesFlameMs === undefined ? {} : { leavesFlameMs };
  const cook = cookingDay({ random, room, span, cooksShare, ...leaves });
  const helpers = Array.from({ length: random() < 0.5 ? 1 : 2 }, () => helpersDay({ random, room, span }));
  const walkers: Walker[] = [cook.walker, ...helpers.map(({ walker }) => walker)];
  const flames: readonly Flame[] = cook.flames;
  const lids = [...cook.lids, ...helpers.flatMap((helper) => helper.lids)].map((lid) => ({ ...lid, isHeaped: false }));
  return { walkers, flames, lids };
}

/** Staff at work while lamps are switched, the sun comes and goes, things fall and are picked up. */
function busyKitchen(random: Random, room: MadeRoom, span: Span, item: RuleItem) {
  const between: Between = (least, most) => least + random() * (most - least);
  const leaves = item === 'flame_unattended' ? between(60_000, 200_000) : undefined;
  return {
    ...hire(random, room, span, leaves === undefined ? 0.3 : 0, leaves),
    dirt: passingDirt(random, room, spread(between, span, [2 * MINUTE_MS, 5 * MINUTE_MS], [8000, 55_000])),
    lamps: [[span], interrupted(between, span, 90_000)] as const,
    sun: restless(between, span, 80_000),
  };
}

/** On and off, each for about the given time. */
function restless(between: Between, span: Span, onMs: number): Span[] {
  return spread(between, span, [15_000, 150_000], [onMs / 2, onMs * 1.5]);
}

/** Spans at random within another: pauses and lengths drawn from the given ranges. */
function spread(
  between: Between,
  { fromMs, toMs }: Span,
  [leastPauseMs, mostPauseMs]: readonly [number, number],
  [leastMs, mostMs]: readonly [number, number],
): Span[] {
  const spans: Span[] = [];
  for (let atMs = fromMs + between(0, mostPauseMs); atMs < toMs; atMs += between(leastPauseMs, mostPauseMs)) {
    const endMs = Math.min(toMs, atMs + between(leastMs, mostMs));
    spans.push({ fromMs: atMs, toMs: endMs });
    atMs = endMs;
  }
  return spans;
}

/** The span with breaks of some seconds to minutes. */
function interrupted(between: Between, span: Span, everyMs: number): Span[] {
  const spans: Span[] = [];
  let atMs = span.fromMs;
  while (atMs < span.toMs) {
    const toMs = Math.min(span.toMs, atMs + between(everyMs / 2, everyMs * 2));
    spans.push({ fromMs: atMs, toMs });
    atMs = toMs + between(2000, everyMs / 2);
  }
  return spans;
}

function onFloor(random: Random, { zones }: MadeRoom): { x: number; y: number } {
  const [farLeft, farRight, nearRight, nearLeft] = zones.floor;
  if (!farLeft || !farRight || !nearRight || !nearLeft) return { x: 0.5, y: 0.8 };
  const [along, across] = [0.15 + random() * 0.7, 0.12 + random() * 0.76];
  const left = farLeft.x + (nearLeft.x - farLeft.x) * along;
  const right = farRight.x + (nearRight.x - farRight.x) * along;
  return { x: left + (right - left) * across, y: farLeft.y + (nearLeft.y - farLeft.y) * along };
}

/** Things that fall and are picked up again before they count. */
function passingDirt(random: Random, room: MadeRoom, spans: readonly Span[]): Dirt[] {
  return spans.map((span) => spillOrLitter(random, room, span));
}

function spillOrLitter(random: Random, room: MadeRoom, span: Span): Dirt {
  const kind = random() < 0.5 ? 'spill' : 'litter';
  const reach = kind === 'spill' ? 0.05 + random() * 0.07 : 0.05 + random() * 0.08;
  return { ...span, ...onFloor(random, room), kind, reach, seed: Math.floor(random() * 1e9) };
}

/** Bins that are opened and closed do not belong into the time when it stays open. */
function clearOf<T extends Span>(spans: readonly T[], fromMs: number): T[] {
  return spans.filter(({ toMs }) => toMs < fromMs - 5000);
}

function obstruction(random: Random, span: Span, isNight: boolean): Obstruction {
  const ways = isNight ? (['cloth', 'moved'] as const) : (['cloth', 'tape', 'fog', 'moved'] as const);
  const how = ways[Math.floor(random() * ways.length)] ?? 'cloth';
  const turn = (): number => (random() < 0.5 ? -1 : 1) * (0.08 + random() * 0.3);
  return { ...span, how, shift: { x: turn(), y: turn() * 0.4 } };
}

/** In dashes along and over the floor, with rests between. */
function visit(random: Random, room: MadeRoom, fromMs: number): Animal {
  const between: Between = (least, most) => least + random() * (most - least);
  const way: WayPoint[] = [];
  let at = onFloor(random, room);
  let atMs = fromMs;
  way.push({ ...at, atMs });
  const untilMs = fromMs + between(7000, 25_000);
  while (atMs < untilMs) {
    const goal = onFloor(random, room);
    const length = Math.hypot(goal.x - at.x, goal.y - at.y);
    const dash = Math.min(1, between(0.06, 0.3) / Math.max(0.01, length));
    at = { x: at.x + (goal.x - at.x) * dash, y: at.y + (goal.y - at.y) * dash };
    atMs += ((length * dash) / between(0.06, 0.22)) * 1000;
    way.push({ ...at, atMs });
    if (random() < 0.6) way.push({ ...at, atMs: (atMs += between(300, 2500)) });
  }
  return { way, length: between(0.022, 0.055) };
}

/** Somebody comes in at night, with or without switching on the lamps. */
function nightVisit(story: Story, random: Random, room: MadeRoom, span: Span): Story {
  const way = new WayOfPerson(random, room.spots.door, span.fromMs);
  while (way.nowMs < span.toMs) {
    const spot = room.spots.work[Math.floor(random() * room.spots.work.length)] ?? room.spots.stove;
    way.goTo(spot).stay(way.between(4000, 40_000));
  }
  way.goTo(room.spots.door);
  const lit = random() < 0.5 ? [{ fromMs: span.fromMs + 3000, toMs: way.nowMs - 2000 }] : [];
  return { ...story, walkers: [way.walker()], lamps: [lit, lit] };
}
