import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { ModelSetModule } from '../pool/analyzer-messages.ts';
import { runKitchenTrial } from './kitchen-trial.ts';
import type { FromTrial, ToTrial, TrialWorkerData } from './trial-messages.ts';

/** One thread for one trial: loads models of its own, so that live analysis keeps all of its threads. */

const port = parentPort;
if (!port) throw new Error('trial.worker.ts runs as a worker thread only');
const { trial, modelSetModule, modelSetOptions } = workerData as TrialWorkerData;

const abort = new AbortController();
port.on('message', (message: ToTrial) => {
  if (message.kind === 'cancel') abort.abort();
});

function send(message: FromTrial): void {
  port?.postMessage(message);
}

try {
  const module = (await import(modelSetModule)) as ModelSetModule;
  const models = await module.openModelSet(modelSetOptions);
  try {
    const listener = {
      progress: (doneMs: number, pictures: number) => send({ kind: 'progress', doneMs, pictures }),
      raised: (violation: Extract<FromTrial, { kind: 'raised' }>['violation']) => send({ kind: 'raised', violation }),
      closed: (violationId: string, atMs: number) => send({ kind: 'closed', violationId, atMs }),
    };
    send({ kind: 'done', summary: await runKitchenTrial(trial, models, listener, abort.signal) });
  } finally {
    await models.close();
  }
} catch (error) {
  const { code, message, context, cause } = toAppError(error);
  const reason = cause instanceof Error ? { reason: cause.message } : {};
  send({ kind: 'failed', error: { code, message, context: { ...context, ...reason } } });
} finally {
  port.close();
}
