import { serveTask } from '../pool/serve-task.ts';
import { type KitchenTrial, runKitchenTrial, type TrialSummary } from './kitchen-trial.ts';
import type { TrialNews } from './trial-thread.ts';

/** One thread for one trial. */
await serveTask<KitchenTrial, TrialNews, TrialSummary>(async (trial, { models, tell, signal }) => {
  if (!models) throw new Error('a trial needs models');
  const listener = {
    progress: (doneMs: number, pictures: number) => tell({ kind: 'progress', doneMs, pictures }),
    raised: (violation: Extract<TrialNews, { kind: 'raised' }>['violation']) => tell({ kind: 'raised', violation }),
    closed: (violationId: string, atMs: number) => tell({ kind: 'closed', violationId, atMs }),
  };
  return await runKitchenTrial(trial, models, listener, signal);
});
