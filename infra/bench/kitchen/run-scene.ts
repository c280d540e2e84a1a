import sharp from 'sharp';
import { KitchenPack } from '#analyzers/packs/kitchen/kitchen-pack.ts';
import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { HygieneObservation } from '#analyzers/detection.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { RuleEngine } from '#analyzers/rules/rule-engine.ts';
import type { CameraRule, KitchenSetup, Point } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { ScheduleClock } from '#ingest/recorder/recording-schedule.ts';
import { seededRandom } from '../degrade-picture.ts';
import { detectionsOf } from './made-detections.ts';
import { MadeKitchen } from './made-kitchen.ts';
import type { MadeRoom } from './made-room.ts';
import { HEIGHT_PX, WIDTH_PX } from './scene-canvas.ts';
import { truthAt, type TruthNow, truthSpans, type TruthSpan } from './scene-truth.ts';
import type { RuleItem, Story } from './story.ts';
import { throughCamera } from './through-camera.ts';

export interface SceneRun {
  readonly raised: readonly { readonly item: string; readonly atMs: number; readonly sinceMs: number }[];
  readonly truth: readonly TruthSpan[];
  readonly pictures: number;
  /** How long the kitchen was open, and how long closed. */
  readonly openMs: number;
  readonly closedMs: number;
  /** Of the stream; 0 when the pictures were judged as they are. */
  readonly sentBytes: number;
}

export interface RunOptions {
  readonly story: Story;
  readonly room: MadeRoom;
  readonly items: readonly RuleItem[];
  readonly sampleMs: number;
  /** Through encoder and decoder. */
  readonly isEncoded: boolean;
  readonly onPicture?: (
    observations: readonly HygieneObservation[],
    truth: TruthNow,
    timeMs: number,
    picture: Picture,
  ) => void;
}

type HygieneRule = Extract<CameraRule, { kind: 'hygiene' }>;

/** Shows a made scene to pack and judgement as a camera would, and compares what they raise with the truth. */
export async function runScene({ story, room, items, sampleMs, isEncoded, onPicture }: RunOptions): Promise<SceneRun> {
  const setup = setupOf(story);
  const clock = setup.openingHours && new ScheduleClock(setup.openingHours);
  const rules = items.map((item) => ruleFor(item, room));
  const pack = new KitchenPack({ rules, setup, reference: await referencePicture(room, story.seed) });
  let events = 0;
  const engine = new RuleEngine({
    cameraId: cameraId('made'),
    rules,
    nextEventId: () => String(++events),
    pictureKey: (eventId) => eventId,
  });
  const kitchen = new MadeKitchen(room, story);
  const random = seededRandom(story.seed * 31 + 5);
  const wrong = new Map<RuleItem, number[]>(items.map((item) => [item, []]));
  const shown: { timeMs: number; detections: ReturnType<typeof detectionsOf>; truth: TruthNow }[] = [];
  function* render(): Generator<Picture> {
    for (let timeMs = story.fromMs; timeMs < story.toMs; timeMs += sampleMs) {
      const { picture, persons } = kitchen.render(timeMs);
      const isOpen = clock?.includes(timeMs) === true;
      const truth = truthAt(story, room, persons, isOpen, timeMs);
      for (const item of items) if (truth[item]) wrong.get(item)?.push(timeMs);
      shown.push({ timeMs, detections: detectionsOf(persons, kitchen.isDark, room, random), truth });
      yield picture;
    }
  }
  const raised: { item: string; atMs: number; sinceMs: number }[] = [];
  let [pictures, openMs, closedMs] = [0, 0, 0];
  const link = isEncoded ? throughCamera(render()) : undefined;
  for await (const picture of link?.pictures ?? render()) {
    const next = shown.shift();
    if (!next) break;
    pictures++;
    if (clock?.includes(next.timeMs) === true) openMs += sampleMs;
    else closedMs += sampleMs;
    const observations = pack.observe(picture, next.detections, next.timeMs);
    onPicture?.(observations, next.truth, next.timeMs, picture);
    for (const { phase, item, timeMs, sinceMs } of engine.updateHygiene(observations, next.timeMs)) {
      if (phase === 'opened') raised.push({ item, atMs: timeMs, sinceMs });
    }
  }
  const truth = items.flatMap((item) =>
    truthSpans(item, wrong.get(item) ?? [], sampleMs, item === 'rodent' ? 4000 : graceOf(item)),
  );
  return { raised, truth, pictures, openMs, closedMs, sentBytes: link?.sentBytes() ?? 0 };
}

/** The room by day, tidy and empty, as whoever sets the camera up would take it: a JPEG. */
async function referencePicture(room: MadeRoom, seed: number): Promise<Picture> {
  const fromMs = Date.UTC(2026, 4, 11, 10);
  const span = { fromMs, toMs: fromMs + 60_000 };
  const nothing = {
    walkers: [],
    flames: [],
    lids: [],
    dirt: [],
    animals: [],
    obstructions: [],
    flashes: [],
    headlights: [],
  };
  const kitchen = new MadeKitchen(room, {
    ...nothing,
    ...span,
    seed: seed + 500_000,
    opens: '08:00',
    closes: '20:00',
    lamps: [[span], [span]],
    sun: [],
    night: 'infrared',
    hasDaylight: true,
  });
  let { picture } = kitchen.render(fromMs);
  for (let second = 1; second < 12; second++) ({ picture } = kitchen.render(fromMs + second * 1000));
  const raw = { width: WIDTH_PX, height: HEIGHT_PX, channels: 3 } as const;
  return decodePicture(await sharp(picture.pixels, { raw }).jpeg({ quality: 80 }).toBuffer());
}

function setupOf({ opens, closes }: Story): KitchenSetup {
  return { openingHours: { timeZone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: opens, to: closes }] } };
}

export function graceOf(item: RuleItem): number {
  return hygieneItem(item)?.graceMs ?? 0;
}

function ruleFor(item: RuleItem, { zones }: MadeRoom): HygieneRule {
  const zone: Readonly<Record<RuleItem, readonly Point[]>> = {
    flame_unattended: zones.stove,
    bin_open: zones.bin,
    floor_dirty: zones.floor,
    rodent: zones.floor,
    presence_after_hours: [],
    camera_obstructed: [],
  };
  return { kind: 'hygiene', id: item, name: item, item, zone: [...zone[item]], graceMs: graceOf(item) };
}
