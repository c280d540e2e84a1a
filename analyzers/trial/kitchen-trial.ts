import { AppError, toAppError } from '#infra/runtime/app-error.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { AnalysisProfile, Camera } from '#ingest/cameras/camera.ts';
import { readRecordedPictures } from '#ingest/frames/recorded-pictures.ts';
import type { KitchenViolation } from '../analysis-event.ts';
import { CameraAnalysis } from '../camera-analysis.ts';
import type { Box, HygieneObservation, UnknownCause } from '../detection.ts';
import { encodePixels } from '../evidence/evidence-picture.ts';
import { decodePicture } from '../imaging/scale.ts';
import { judgedByModels } from '../packs/kitchen/kitchen-pack.ts';
import type { Picture } from '../packs/model-pack.ts';
import { analysePicture } from '../pool/analyse-picture.ts';
import type { AnalysisJob, AnalysisResult, ModelSet } from '../pool/analyzer-messages.ts';
import { SceneGate } from '../pool/scene-gate.ts';
import { regionsOf } from '../pool/watched-regions.ts';

/** What is tried on what. Plain data: it is copied to the thread that does it. */
export interface KitchenTrial {
  /** With the rules and the set-up that are tried. */
  readonly camera: Pick<Camera, 'id' | 'rules' | 'kitchen'>;
  readonly analysis: AnalysisProfile;
  /** JPEG; undefined: the kitchen has none. */
  readonly reference: Uint8Array | undefined;
  /** Recorded files, oldest first. */
  readonly recordings: readonly { readonly file: string; readonly startMs: number; readonly endMs: number }[];
  /** UTC epoch milliseconds; `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxWidthPx: number;
  readonly trackEndMs: number;
  readonly detectionThreshold: number;
  readonly skipUnchanged: boolean;
}

/** A violation that would have been raised. */
export interface TrialViolation {
  readonly violationId: string;
  readonly item: string;
  readonly ruleId: string;
  readonly sinceMs: number;
  /** When its grace time was over, and it would have been raised. */
  readonly raisedMs: number;
  readonly score: number;
  readonly box: Box;
  /** JPEG of the moment it was raised; undefined for those beyond the first {@link MOST_PICTURES}. */
  readonly picture: Uint8Array | undefined;
}

/** What one rule could be told by. */
export interface RuleTally {
  readonly ruleId: string;
  readonly item: string;
  /** Pictures by what they showed; all 0: nothing looks for this item. */
  readonly violation: number;
  readonly fine: number;
  readonly unknown: number;
  /** What kept the state from being told in most of the unknown ones, where that is known. */
  readonly because: UnknownCause | undefined;
}

export interface TrialSummary {
  readonly pictures: number;
  /** Left out because the decoder complained about them. */
  readonly faultyPictures: number;
  /** Recordings that could not be read, or only in part. */
  readonly unread: readonly { readonly startMs: number; readonly endMs: number; readonly code: string }[];
  readonly rules: readonly RuleTally[];
}

export interface TrialListener {
  /** @param doneMs up to where in time it has come */
  progress(doneMs: number, pictures: number): void;
  raised(violation: TrialViolation): void;
  closed(violationId: string, atMs: number): void;
}

/** Live analysis may take more; beyond this a trial would take longer than anybody waits. */
const MOST_FPS = 4;
/** Of about 100 kB each. */
export const MOST_PICTURES = 150;

/** How many pictures a second are looked at; undefined: the key frames. */
export function trialFps(analysis: AnalysisProfile): number | undefined {
  return analysis.mode === 'fps' ? Math.min(MOST_FPS, analysis.fps) : undefined;
}

/**
 * Runs recorded pictures through the same analysis as live ones, and tells what would have been raised. Stores nothing.
 * @throws {AppError} what the models throw, and `DECODER_UNAVAILABLE`; a file that cannot be read is told in the summary
 */
export async function runKitchenTrial(
  trial: KitchenTrial,
  models: ModelSet,
  listener: TrialListener,
  signal: AbortSignal,
): Promise<TrialSummary> {
  const watch = new TrialWatch(trial, models, listener);
  if (trial.reference) watch.analysis.useReference(await decodePicture(trial.reference));
  const fps = trialFps(trial.analysis);
  let pictures = 0;
  let faultyPictures = 0;
  const unread: TrialSummary['unread'][number][] = [];
  // Of recordings that overlap, what was looked at already is not looked at again: time goes forward only.
  let seenMs = trial.fromMs;
  for (const { file, startMs, endMs } of trial.recordings) {
    let atMs = Math.max(startMs, seenMs);
    if (atMs >= Math.min(endMs, trial.toMs)) continue;
    seenMs = endMs;
    const range = { fromMs: atMs - startMs, toMs: Math.min(endMs, trial.toMs) - startMs };
    const pick = fps === undefined ? 'keyframes' : { fps };
    try {
      for await (const picture of readRecordedPictures({ file, pick, range, maxWidthPx: trial.maxWidthPx, signal })) {
        atMs = startMs + picture.timeMs;
        if (picture.isFaulty) faultyPictures++;
        else await watch.look(picture, atMs);
        pictures++;
        listener.progress(atMs, pictures);
      }
    } catch (error) {
      const { code } = toAppError(error);
      if (!(error instanceof AppError) || code !== 'PICTURE_UNDECODABLE') throw error;
      unread.push({ startMs: atMs, endMs: Math.min(endMs, trial.toMs), code });
    }
    if (signal.aborted) break;
  }
  return { pictures: pictures - faultyPictures, faultyPictures, unread, rules: watch.tallies };
}

type States = Record<HygieneObservation['state'], number>;
type Tally = Pick<RuleTally, 'ruleId' | 'item'> & {
  readonly states: States;
  readonly causes: Map<UnknownCause, number>;
};

class TrialWatch {
  readonly analysis: CameraAnalysis;
  readonly #models: ModelSet;
  readonly #listener: TrialListener;
  readonly #gate: SceneGate | undefined;
  readonly #orders: Pick<AnalysisJob, 'plates' | 'regions' | 'secondLook' | 'hygiene'>;
  /** As live: where models judge persons, each picture with somebody in it is looked at. */
  #isToBeJudged = false;
  readonly #tallies = new Map<string, Tally>();
  #raised = 0;

  constructor(trial: KitchenTrial, models: ModelSet, listener: TrialListener) {
    this.#models = models;
    this.#listener = listener;
    this.#gate = trial.skipUnchanged && trial.analysis.mode === 'keyframes' ? new SceneGate() : undefined;
    const { camera, analysis, trackEndMs, detectionThreshold } = trial;
    this.#orders = {
      plates: undefined,
      regions: regionsOf(camera.rules),
      secondLook: analysis.mode === 'off' ? undefined : analysis.secondLook,
      hygiene: judgedByModels(camera.rules),
    };
    this.analysis = new CameraAnalysis({
      camera,
      trackEndMs,
      detectionThreshold,
      nextTrackId: uuidv7,
      nextEventId: uuidv7,
    });
    for (const rule of camera.rules) {
      if (rule.kind !== 'hygiene') continue;
      const states = { violation: 0, fine: 0, unknown: 0 };
      this.#tallies.set(rule.id, { ruleId: rule.id, item: rule.item, states, causes: new Map() });
    }
  }

  get tallies(): readonly RuleTally[] {
    return [...this.#tallies.values()].map(({ ruleId, item, states, causes }) => {
      const [most] = [...causes].toSorted((a, b) => b[1] - a[1]);
      return { ruleId, item, ...states, because: most?.[0] };
    });
  }

  async look(picture: Picture, timeMs: number): Promise<void> {
    const result = this.#carried(picture, timeMs) ?? (await analysePicture(this.#models, picture, this.#orders));
    const { objects, hygiene, events } = this.analysis.update(picture, result, timeMs);
    if (result.detectMs > 0) this.#gate?.analysed(picture, timeMs, objects);
    this.#isToBeJudged =
      this.#orders.hygiene !== undefined && result.detections.some(({ label }) => label === 'person');
    this.#count(hygiene);
    for (const event of events) {
      if (event.kind !== 'kitchen.violation') continue;
      if (event.phase === 'opened') await this.#raise(event, picture);
      else this.#listener.closed(event.violationId, event.untilMs ?? event.timeMs);
    }
  }

  #carried(picture: Picture, timeMs: number): AnalysisResult | undefined {
    return this.#isToBeJudged ? undefined : this.#gate?.carry(picture, timeMs);
  }

  #count(hygiene: readonly HygieneObservation[]): void {
    for (const { ruleId, state, because } of hygiene) {
      const tally = ruleId === undefined ? undefined : this.#tallies.get(ruleId);
      if (!tally) continue;
      tally.states[state]++;
      if (because) tally.causes.set(because, (tally.causes.get(because) ?? 0) + 1);
    }
  }

  async #raise(event: KitchenViolation, picture: Picture): Promise<void> {
    const { violationId, item, ruleId, sinceMs, timeMs: raisedMs, score, box } = event;
    const isPictured = this.#raised++ < MOST_PICTURES;
    const jpeg = isPictured ? await encodePixels(picture) : undefined;
    this.#listener.raised({ violationId, item, ruleId, sinceMs, raisedMs, score, box, picture: jpeg });
  }
}
