import { seededRandom } from './degrade-picture.ts';
import { makeRoom } from './kitchen/made-room.ts';
import { graceOf, runScene, type SceneRun } from './kitchen/run-scene.ts';
import type { RuleItem } from './kitchen/story.ts';
import { incident, quietDay } from './kitchen/write-story.ts';

export interface KitchenRulesOptions {
  readonly items: readonly RuleItem[];
  /** Scenes with a violation, of each item. */
  readonly seeds: number;
  /** Days on which nothing is wrong, for all items together. */
  readonly quietDays: number;
  /** Of these, how many go through encoder and decoder; scenes with a violation all do. */
  readonly encodedDays: number;
  readonly firstSeed: number;
  readonly onProgress: (line: string) => void;
}

/** Figures of one item on made scenes. */
export interface RuleFigures {
  readonly item: RuleItem;
  /** Violations of its scenes that were to be found, and that were. */
  readonly violations: number;
  readonly found: number;
  readonly recall: number;
  /** Hours looked at in which the item can be raised at all: all scenes, and the quiet days; for items of the night the nights. */
  readonly cameraHours: number;
  readonly falseAlarms: number;
  readonly falseAlarmsPerCameraHour: number;
  /** Of a whole day of 24 h, of which the hours outside opening are twelve. */
  readonly falseAlarmsPerCameraDay: number;
  /** From the beginning of a violation to its opening; median and most, in seconds. */
  readonly openedAfterMedianS: number;
  readonly openedAfterMostS: number;
}

export interface KitchenRulesResult {
  readonly task: 'kitchen-rules';
  readonly scenes: 'made';
  readonly pictures: number;
  readonly encodedPictures: number;
  readonly encodedBytesPerPicture: number;
  readonly quietHours: number;
  readonly items: readonly RuleFigures[];
}

const SCENE_SAMPLE_MS = 1000;
const DAY_SAMPLE_MS = 3000;
/** A violation that is raised this long after it was over was still raised for it; a latched one may be. */
const LATE_MS = 15_000;
const EARLY_MS = 12_000;
/** Their rules look at pictures outside the opening hours only: half of each quiet day. */
const NIGHT_ITEMS: readonly RuleItem[] = ['rodent', 'presence_after_hours'];
const HOUR_MS = 3_600_000;

interface Tally {
  violations: number;
  found: number;
  falseAlarms: number;
  hours: number;
  readonly openedAfterMs: number[];
}

/**
 * Shows made kitchens to the rules: for each item scenes in which it is violated, and days on which nothing is wrong.
 * Persons are the true boxes, trembling, some missed and some invented; no detector is run on drawn figures.
 * @throws {AppError} `BENCH_DATA_UNUSABLE` when ffmpeg fails
 */
export async function measureKitchenRules(options: KitchenRulesOptions): Promise<KitchenRulesResult> {
  const { items, seeds, quietDays, encodedDays, firstSeed, onProgress } = options;
  const tallies = new Map(
    items.map((item): [RuleItem, Tally] => [
      item,
      { violations: 0, found: 0, falseAlarms: 0, hours: 0, openedAfterMs: [] },
    ]),
  );
  let [pictures, encodedPictures, bytes] = [0, 0, 0];
  const take = (run: SceneRun, name: string): void => {
    pictures += run.pictures;
    bytes += run.sentBytes;
    if (run.sentBytes > 0) encodedPictures += run.pictures;
    for (const [item, tally] of tallies) {
      const wrong = count(run, item, tally);
      for (const note of wrong) onProgress(`${name}: ${item} ${note}`);
    }
  };
  for (const item of items) {
    for (let index = 0; index < seeds; index++) {
      const seed = firstSeed + index;
      const room = makeRoom(seededRandom(seed));
      const story = incident(item, seed, room);
      take(await runScene({ story, room, items, sampleMs: SCENE_SAMPLE_MS, isEncoded: true }), `${item} ${seed}`);
    }
    onProgress(`${item}: ${seeds} scenes done`);
  }
  for (let day = 0; day < quietDays; day++) {
    const seed = firstSeed + 500 + day;
    const room = makeRoom(seededRandom(seed));
    const story = quietDay(seed, room);
    const isEncoded = day < encodedDays;
    take(await runScene({ story, room, items, sampleMs: DAY_SAMPLE_MS, isEncoded }), `quiet day ${seed}`);
    onProgress(`quiet day ${day + 1} of ${quietDays} done`);
  }
  return {
    task: 'kitchen-rules',
    scenes: 'made',
    pictures,
    encodedPictures,
    encodedBytesPerPicture: encodedPictures === 0 ? 0 : Math.round(bytes / encodedPictures),
    quietHours: quietDays * 24,
    items: [...tallies].map(([item, tally]) => figuresOf(item, tally)),
  };
}

/** @returns what went wrong, for whoever looks for the cause */
function count({ raised, truth, openMs, closedMs }: SceneRun, item: RuleItem, tally: Tally): string[] {
  const notes: string[] = [];
  const spans = truth.filter((span) => span.item === item);
  const alarms = raised.filter((event) => event.item === item);
  const taken = new Set<(typeof alarms)[number]>();
  for (const span of spans) {
    const hits = alarms.filter(({ sinceMs, atMs }) => sinceMs <= span.toMs + LATE_MS && atMs >= span.fromMs - EARLY_MS);
    const [first] = hits;
    if (first) taken.add(first);
    // A second visit of an animal soon after the first belongs to the same violation.
    const goesOn = alarms.some(({ atMs }) => atMs < span.fromMs && span.fromMs - atMs < continuesWithin(item));
    if (span.asks === 'may' || (!first && goesOn)) continue;
    tally.violations++;
    if (first) {
      tally.found++;
      tally.openedAfterMs.push(Math.max(0, first.atMs - span.fromMs));
    } else notes.push(`missed at ${new Date(span.fromMs).toISOString()}`);
  }
  for (const alarm of alarms) {
    if (taken.has(alarm)) continue;
    tally.falseAlarms++;
    notes.push(`raised wrongly at ${new Date(alarm.atMs).toISOString()}`);
  }
  tally.hours += (NIGHT_ITEMS.includes(item) ? closedMs : openMs + closedMs) / HOUR_MS;
  return notes;
}

function continuesWithin(item: RuleItem): number {
  return item === 'rodent' ? 600_000 : graceOf(item);
}

function figuresOf(item: RuleItem, { violations, found, falseAlarms, hours, openedAfterMs }: Tally): RuleFigures {
  const sorted = openedAfterMs.toSorted((a, b) => a - b);
  const perHour = hours === 0 ? 0 : falseAlarms / hours;
  return {
    item,
    violations,
    found,
    recall: violations === 0 ? 0 : found / violations,
    cameraHours: Math.round(hours * 10) / 10,
    falseAlarms,
    falseAlarmsPerCameraHour: perHour,
    falseAlarmsPerCameraDay: perHour * (NIGHT_ITEMS.includes(item) ? 12 : 24),
    openedAfterMedianS: (sorted[Math.floor(sorted.length / 2)] ?? 0) / 1000,
    openedAfterMostS: (sorted.at(-1) ?? 0) / 1000,
  };
}
