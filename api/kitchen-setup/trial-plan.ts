import path from 'node:path';
import { type ItemLack, type KitchenDraft, lacksOf, rulesOfDraft } from '#analyzers/packs/kitchen/kitchen-draft.ts';
import type { KitchenTrial } from '#analyzers/trial/kitchen-trial.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import type { RecordingGap } from '#ingest/media.ts';
import { AppError } from '#infra/runtime/app-error.ts';
import { holesIn, type Stretch } from '#storage/recordings/holes.ts';
import type { Storage } from '#storage/storage.ts';
import { apiErrors } from '../errors.ts';
import { GAP_SENTENCES } from '../gap-sentences.ts';

/** How pictures are analysed here: as live ones are. */
export type TrialSettings = Pick<KitchenTrial, 'maxWidthPx' | 'trackEndMs' | 'detectionThreshold' | 'skipUnchanged'>;

export interface Sentence {
  readonly en: string;
  readonly zh: string;
}

export interface TrialPlan {
  readonly trial: KitchenTrial;
  /** What no recording covers, oldest first. */
  readonly holes: readonly (Stretch & { readonly reason: Sentence })[];
  /** Items that are on and cannot be judged, whatever the recording shows. */
  readonly lacking: readonly { readonly item: string; readonly reason: Sentence }[];
}

const HOUR_MS = 3_600_000;
/** Between two files of one recording there may be a moment that is in neither. */
const SEAM_MS = 1500;
const NO_ROW: Sentence = { en: 'There is no recording of this time.', zh: '该时段没有录像。' };
const BEING_WRITTEN: Sentence = {
  en: 'This part is still being recorded.',
  zh: '这一段仍在录制中。',
};
const LACKS: Readonly<Record<ItemLack['lack'], Sentence>> = {
  'known item': { en: 'The catalogue has no such item.', zh: '清单中没有这个项目。' },
  zone: { en: 'No zone is drawn for it.', zh: '没有为它画出区域。' },
  'opening hours': { en: 'The opening hours are not set.', zh: '没有设置营业时间。' },
  'reference picture': { en: 'There is no reference picture.', zh: '没有参考画面。' },
  model: { en: 'There is no model for it.', zh: '没有可用的模型。' },
};
/** No file is open for longer. */
const LONGEST_OPEN_MS = 15 * 60_000;

/**
 * What is needed to try a set-up on recordings of its camera.
 * @param range left out: the last hour that was recorded
 * @throws {AppError} `KITCHEN_NOT_RECORDED`
 */
export async function planTrial(
  deps: {
    readonly storage: Pick<Storage, 'segments' | 'blobs'>;
    readonly recordingFolder: string;
    readonly settings: TrialSettings;
    modelItems(): Promise<readonly string[]>;
    readonly nowMs: number;
  },
  { camera, draft, range }: { camera: Camera; draft: KitchenDraft; range: Stretch | undefined },
): Promise<TrialPlan> {
  const { segments, blobs } = deps.storage;
  const chosen = range ?? lastHour(await segments.newestEndMs(camera.id));
  if (!chosen) throw apiErrors.KITCHEN_NOT_RECORDED({ cameraId: camera.id });
  const timeline = await segments.timeline({ cameraId: camera.id, fromMs: chosen.startMs, toMs: chosen.endMs });
  const [first] = timeline.segments;
  if (!first) throw apiErrors.KITCHEN_NOT_RECORDED({ cameraId: camera.id });
  // Nobody asked for the time before the first recording.
  const asked = range ?? { startMs: Math.max(chosen.startMs, first.startMs), endMs: chosen.endMs };
  const reference = await referenceOf(camera, blobs);
  const modelItems = await deps.modelItems();
  return {
    trial: {
      camera: {
        id: camera.id,
        rules: rulesOfDraft(draft, camera).filter(({ kind }) => kind === 'hygiene' || kind === 'region'),
        kitchen: { ...camera.kitchen, openingHours: draft.openingHours },
      },
      // What is off now is tried as it would be by default.
      analysis: camera.analysis.mode === 'off' ? { mode: 'keyframes' } : camera.analysis,
      reference,
      recordings: timeline.segments.map((segment) => ({
        file: path.join(deps.recordingFolder, segment.path),
        startMs: segment.startMs,
        endMs: segment.endMs,
      })),
      fromMs: asked.startMs,
      toMs: asked.endMs,
      ...deps.settings,
    },
    holes: holesIn(asked, timeline.segments, SEAM_MS).map((hole) => ({
      ...hole,
      reason: reasonOf(hole, timeline.gaps, deps.nowMs),
    })),
    lacking: lacksOf(draft, { hasReference: reference !== undefined, modelItems }).map(({ item, lack }) => ({
      item,
      reason: LACKS[lack],
    })),
  };
}

function lastHour(endMs: number | undefined): Stretch | undefined {
  return endMs === undefined ? undefined : { startMs: endMs - HOUR_MS, endMs };
}

async function referenceOf(camera: Camera, blobs: Storage['blobs']): Promise<Uint8Array | undefined> {
  const key = camera.kitchen?.reference?.pictureKey;
  if (key === undefined) return undefined;
  try {
    return (await blobs.get(key)).body;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not_found') return undefined;
    throw error;
  }
}

/** The cause of the gap that covers most of it. */
function reasonOf(hole: Stretch, gaps: readonly RecordingGap[], nowMs: number): Sentence {
  const covers = ({ startMs, endMs }: RecordingGap): number =>
    Math.min(hole.endMs, endMs ?? hole.endMs) - Math.max(hole.startMs, startMs);
  const [gap] = gaps.filter((one) => covers(one) > 0).toSorted((a, b) => covers(b) - covers(a));
  if (gap) return GAP_SENTENCES[gap.cause];
  return hole.endMs > nowMs - LONGEST_OPEN_MS ? BEING_WRITTEN : NO_ROW;
}
