import { Worker } from 'node:worker_threads';
import type { AppError, ErrorFactory } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { analyzerErrors } from '../errors.ts';
import type { ModelSetOptions, SentError } from './analyzer-messages.ts';

/** What a thread for one task is started with. */
export interface TaskWorkerData<Order> {
  readonly order: Order;
  /** Undefined: the task needs none. */
  readonly models: { readonly module: string; readonly options: ModelSetOptions } | undefined;
}

export type ToTask = { readonly kind: 'cancel' };

export type FromTask<News, Result> =
  | { readonly kind: 'news'; readonly news: News }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: SentError };

export interface TaskThreadOptions<Order, News> {
  /** A module that calls `serveTask`. */
  readonly worker: URL;
  /** Plain data: it is copied to the thread. */
  readonly order: Order;
  readonly models: ModelSetOptions | undefined;
  /** Where the thread gets its models from; a test gives its own. */
  readonly modelSetModule: URL | undefined;
  readonly onNews: (news: News) => void;
  readonly clock: Clock;
}

const CANCEL_WITHIN_MS = 3000;

/**
 * Runs one task in a thread of its own, with models of its own, at a low priority: live analysis keeps all of its threads.
 * @returns undefined when the signal ended it
 * @throws {AppError} what the task throws, `MODEL_*`, `ANALYZER_DIED`
 */
export async function runTaskThread<Order, News, Result>(
  { worker: module, order, models, modelSetModule, onNews, clock }: TaskThreadOptions<Order, News>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  if (signal.aborted) return undefined;
  const modelsModule = (modelSetModule ?? new URL('./model-set.ts', import.meta.url)).href;
  const workerData: TaskWorkerData<Order> = {
    order,
    models: models && { module: modelsModule, options: { ...models, readPlates: false } },
  };
  const worker = new Worker(module, { workerData });
  const outcome = Promise.withResolvers<{ readonly result: Result } | AppError>();
  worker.on('message', (message: FromTask<News, Result>) => {
    if (message.kind === 'done') outcome.resolve({ result: message.result });
    else if (message.kind === 'failed') outcome.resolve(toError(message.error));
    else if (!signal.aborted) onNews(message.news);
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
    worker.postMessage({ kind: 'cancel' } satisfies ToTask);
    patience = clock.setTimeout(() => void worker.terminate(), CANCEL_WITHIN_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const end = await outcome.promise;
    await exited;
    if (signal.aborted) return undefined;
    if (end instanceof Error) throw end;
    return end.result;
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
