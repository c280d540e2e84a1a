import type { Clock } from '#infra/runtime/clock.ts';
import type { ModelSetOptions } from '../pool/analyzer-messages.ts';
import { runTaskThread } from '../pool/task-thread.ts';
import type { KitchenTrial, TrialListener, TrialSummary, TrialViolation } from './kitchen-trial.ts';

/** What the thread of a trial tells meanwhile. */
export type TrialNews =
  | { readonly kind: 'progress'; readonly doneMs: number; readonly pictures: number }
  | { readonly kind: 'raised'; readonly violation: TrialViolation }
  | { readonly kind: 'closed'; readonly violationId: string; readonly atMs: number };

export interface TrialThreadDeps {
  readonly models: ModelSetOptions;
  /** Where the thread gets its models from; a test gives its own. */
  readonly modelSetModule?: URL;
  readonly clock: Clock;
}

/**
 * Runs one trial in a thread of its own.
 * @returns undefined when the signal ended it
 * @throws {AppError} `MODEL_*`, `DECODER_UNAVAILABLE`, `ANALYZER_DIED`
 */
export async function runTrialThread(
  trial: KitchenTrial,
  { models, modelSetModule, clock }: TrialThreadDeps,
  listener: TrialListener,
  signal: AbortSignal,
): Promise<TrialSummary | undefined> {
  const onNews = (news: TrialNews): void => {
    if (news.kind === 'progress') listener.progress(news.doneMs, news.pictures);
    else if (news.kind === 'raised') listener.raised(news.violation);
    else listener.closed(news.violationId, news.atMs);
  };
  const worker = new URL('./trial.worker.ts', import.meta.url);
  return await runTaskThread({ worker, order: trial, models, modelSetModule, onNews, clock }, signal);
}
