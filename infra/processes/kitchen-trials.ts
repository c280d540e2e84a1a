import { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { runTrialThread } from '#analyzers/trial/trial-thread.ts';
import type { ApiDeps } from '#api/api-deps.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { modelsOf } from './camera-node.ts';
import type { Settings } from './settings.ts';

/** Trials see pictures as live analysis does: same width, models and thresholds. */
export function kitchenTrials(
  settings: Settings,
  { clock, log }: { clock: Clock; log: Log },
): ApiDeps['kitchenTrials'] {
  const { analyzers, ingest, modelFolder } = settings;
  const models = modelsOf(analyzers, modelFolder);
  const { modelMirror: mirror, packFolder } = analyzers;
  return {
    // A registry of its own each time: a pack that was put into its folder, or a download, counts at once.
    modelItems: async () => new ModelRegistry({ folder: modelFolder, mirror, packFolder, log }).judgedItems(),
    settings: {
      maxWidthPx: ingest.analysisMaxWidthPx,
      trackEndMs: analyzers.trackEndMs,
      detectionThreshold: analyzers.detectionThreshold,
      skipUnchanged: analyzers.skipUnchanged,
    },
    run: (trial, listener, signal) => runTrialThread(trial, { models, clock }, listener, signal),
  };
}
