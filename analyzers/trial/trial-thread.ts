import { Worker } from 'node:worker_threads';
import type { AppError, ErrorFactory } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelSetOptions, SentError } from '../pool/analyzer-messages.ts';
import type { KitchenTrial, TrialListener, TrialSummary } from './kitchen-trial.ts';
import type { FromTrial, ToTrial, TrialWorkerData } from './trial-messages.ts';

export interface TrialThreadDeps {
  readonly models: ModelSetOptions;
  /** Where the thread gets its models from; a test gives its own. */
  readonly modelSetModule?: URL;
  readonly clock: Clock;
}

const CANCEL_WITHIN_MS = 3000;

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
  if (signal.aborted) return undefined;
  const workerData: TrialWorkerData = {
    trial,
    modelSetModule: (modelSetModule ?? new URL('../pool/model-set.ts', import.meta.url)).href,
    modelSetOptions: { ...models, readPlates: false },
  };
  const worker = new Worker(new URL('./trial.worker.ts', import.meta.url), { workerData });
  const outcome = Promise.withResolvers<TrialSummary | AppError>();
  worker.on('message', (message: FromTrial) => {
    if (message.kind === 'done') outcome.resolve(message.summary);
    else if (message.kind === 'failed') outcome.resolve(toError(message.error));
    else if (signal.aborted) return;
    else if (message.kind === 'progress') listener.progress(message.doneMs, message.pictures);
    else if (message.kind === 'raised') listener.raised(message.violation);
    else listener.closed(message.violationId, message.atMs);
  });
  worker.once('error', (cause) => outcome.resolve(analyzerErrors.ANALYZER_DIED({}, cause)));
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (exitCode) => {
      outcome.resolve(analyzerErrors.ANALYZER_DIED({ exitCode }));
      resolve();
    });
  });
  let patience: { cancel(): void } | undefined;
  const cancel = (): void => {
    worker.postMessage({ kind: 'cancel' } satisfies ToTrial);
    patience = clock.setTimeout(() => void worker.terminate(), CANCEL_WITHIN_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await outcome.promise;
    await exited;
    if (signal.aborted) return undefined;
    if (end instanceof Error) throw end;
    return end;
  } finally {
    signal.removeEventListener('abort', cancel);
    patience?.cancel();
  }
}

function toError({ code, message, context }: SentError): AppError {
  const known: readonly [string, ErrorFactory][] = [...Object.entries(analyzerErrors), ...Object.entries(ingestErrors)];
  const factory = known.find(([name]) => name === code)?.[1];
  return factory ? factory(context) : analyzerErrors.ANALYZER_DIED({ code, reason: message });
}
