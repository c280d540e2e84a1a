import { runTrialThread } from '#analyzers/trial/trial-thread.ts';
import type { ApiDeps } from '#api/api-deps.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { modelsOf } from './camera-node.ts';
import type { Settings } from './settings.ts';

/** Trials see pictures as live analysis does: same width, models and thresholds. */
export function kitchenTrials(settings: Settings, clock: Clock): ApiDeps['kitchenTrials'] {
  const { analyzers, ingest, modelFolder } = settings;
  const models = modelsOf(analyzers, modelFolder);
  return {
    settings: {
      maxWidthPx: ingest.analysisMaxWidthPx,
      trackEndMs: analyzers.trackEndMs,
      detectionThreshold: analyzers.detectionThreshold,
      skipUnchanged: analyzers.skipUnchanged,
    },
    run: (trial, listener, signal) => runTrialThread(trial, { models, clock }, listener, signal),
  };
}
