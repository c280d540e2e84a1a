import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { ModelSet, ModelSetModule } from './analyzer-messages.ts';
import type { FromTask, TaskWorkerData, ToTask } from './task-thread.ts';

const NICENESS = 10;

/** The other side of `runTaskThread`: loads the models, does the one task of this thread, and ends it. */
export async function serveTask<Order, News, Result>(
  run: (
    order: Order,
    context: {
      readonly models: ModelSet | undefined;
      readonly tell: (news: News) => void;
      readonly signal: AbortSignal;
    },
  ) => Promise<Result>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('a task runs in a worker thread only');
  const { order, models: wanted } = workerData as TaskWorkerData<Order>;
  const abort = new AbortController();
  port.on('message', (message: ToTask) => {
    if (message.kind === 'cancel') abort.abort();
  });
  const send = (message: FromTask<News, Result>): void => port.postMessage(message);
  lowerPriority();
  try {
    const models = wanted && (await ((await import(wanted.module)) as ModelSetModule).openModelSet(wanted.options));
    try {
      const tell = (news: News): void => send({ kind: 'news', news });
      send({ kind: 'done', result: await run(order, { models, tell, signal: abort.signal }) });
    } finally {
      await models?.close();
    }
  } catch (error) {
    const { code, message, context, cause } = toAppError(error);
    const reason = cause instanceof Error ? { reason: cause.message } : {};
    send({ kind: 'failed', error: { code, message, context: { ...context, ...reason } } });
  } finally {
    port.close();
  }
}

/** Linux has a priority for each thread, and what the thread starts has it too; elsewhere it would be that of the whole process. */
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    os.setPriority(NICENESS);
  } catch {
    // Then it runs like any other.
  }
}
