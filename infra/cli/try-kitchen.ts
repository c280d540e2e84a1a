import { draftOf } from '#analyzers/packs/kitchen/kitchen-draft.ts';
import type { KitchenTrial } from '#api/contract/kitchen-setup.ts';
import { apiErrors } from '#api/errors.ts';
import { planTrial } from '#api/kitchen-setup/trial-plan.ts';
import { type TrialJob, TrialQueue } from '#api/kitchen-setup/trial-queue.ts';
import { toTrialView } from '#api/kitchen-setup/trial-view.ts';
import type { Camera } from '#ingest/cameras/camera.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { storageErrors } from '#storage/errors.ts';
import { kitchenTrials } from '../processes/kitchen-trials.ts';
import { readSettings } from '../processes/settings.ts';
import { withStorage } from '../processes/with-storage.ts';

export interface TryKitchenOptions {
  readonly from?: number;
  readonly to?: number;
  readonly data?: string;
  readonly json?: boolean;
  readonly print: (line: string) => void;
}

const HOUR_MS = 3_600_000;
const POLL_MS = 500;

/**
 * Tries the set-up that a kitchen has now on its recording, and prints what would have been raised.
 * @throws {AppError} `CAMERA_NOT_FOUND`, `KITCHEN_NOT_ONE`, `KITCHEN_NOT_RECORDED`, `MODEL_*`
 */
export async function tryKitchen(cameraName: string, options: TryKitchenOptions): Promise<void> {
  const settings = readSettings(process.env, {
    dataFolder: options.data,
    defaultDataFolder: 'data',
    overrides: {},
  });
  const log = createLogger({ level: 'error', pretty: process.stderr.isTTY });
  const trials = kitchenTrials(settings, { clock: systemClock, log });
  const plan = await withStorage({ dataFolder: options.data }, async (storage) => {
    const camera = findCamera(await storage.cameras.list(), cameraName);
    return await planTrial(
      {
        storage,
        recordingFolder: settings.ingest.recordingFolder,
        ...trials,
        nowMs: systemClock.nowMs(),
      },
      { camera, draft: draftOf(camera), range: rangeOf(options) },
    );
  });
  const queue = new TrialQueue({ run: trials.run, clock: systemClock, log });
  const stop = (): void => void queue.close();
  process.once('SIGINT', stop);
  try {
    const job = queue.add(plan.trial.camera.id, plan);
    while (!hasEnded(job)) await sleep(POLL_MS, systemClock);
    if (job.error) throw job.error;
    print(toTrialView(job, 0), options);
  } finally {
    process.removeListener('SIGINT', stop);
    await queue.close();
  }
}

function hasEnded({ state }: TrialJob): boolean {
  return state === 'done' || state === 'failed';
}

function findCamera(cameras: readonly Camera[], name: string): Camera {
  const camera = cameras.find(({ id }) => id === name) ?? cameras.find((one) => one.name === name);
  if (!camera) throw storageErrors.CAMERA_NOT_FOUND({ cameraId: name });
  if (camera.scene !== 'kitchen') throw apiErrors.KITCHEN_NOT_ONE({ cameraId: camera.id });
  return camera;
}

function rangeOf({ from, to }: TryKitchenOptions) {
  if (from === undefined && to === undefined) return undefined;
  const endMs = to ?? (from ?? 0) + HOUR_MS;
  return { startMs: from ?? endMs - HOUR_MS, endMs };
}

/** Pictures are of a server that serves them: without one there are no addresses of them. */
function print(trial: KitchenTrial, { json, print: line }: TryKitchenOptions): void {
  if (json) {
    const { trialId: _id, ahead: _ahead, progress: _progress, violations, ...rest } = trial;
    const found = violations.map(({ pictureUrl: _url, ...violation }) => violation);
    line(JSON.stringify({ ...rest, violations: found }));
    return;
  }
  line(`${trial.from} to ${trial.to}: ${trial.pictures} pictures, ${trial.violations.length} violations`);
  for (const { item, since, raised, closed } of trial.violations)
    line(`  ${item}  since ${since}, raised ${raised}, ${closed ? `over at ${closed}` : 'still so at the end'}`);
  for (const { item, reason } of trial.notJudged) line(`  not judged: ${item}: ${reason.en}`);
  for (const { from, to, reason } of trial.notLookedAt) line(`  not looked at: ${from} to ${to}: ${reason.en}`);
  if (trial.faultyPictures > 0) line(`  ${trial.faultyPictures} damaged pictures were left out`);
}
