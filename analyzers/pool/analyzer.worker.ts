import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '#infra/runtime/app-error.ts';
import { analysePicture } from './analyse-picture.ts';
import type {
  AnalyzerWorkerData,
  FromAnalyzer,
  ModelSet,
  ModelSetModule,
  SentError,
  ToAnalyzer,
} from './analyzer-messages.ts';

/** One analyzer thread: loads its models, then answers pictures one after another. */

const port = parentPort;
if (!port) throw new Error('analyzer.worker.ts runs as a worker thread only');
const { modelSetModule, modelSetOptions } = workerData as AnalyzerWorkerData;

function send(message: FromAnalyzer): void {
  port?.postMessage(message);
}

function sentError(thrown: unknown): SentError {
  const { code, message, context, cause } = toAppError(thrown);
  const reason = cause instanceof Error ? { reason: cause.message } : {};
  return { code, message, context: { ...context, ...reason } };
}

async function answer(models: ModelSet, message: ToAnalyzer): Promise<void> {
  if (message.kind === 'close') {
    await models.close();
    port?.close();
    return;
  }
  const { jobId, job } = message;
  try {
    const picture = { pixels: new Uint8Array(job.pixels), widthPx: job.widthPx, heightPx: job.heightPx };
    send({ kind: 'result', jobId, result: await analysePicture(models, picture, job) });
  } catch (error) {
    send({ kind: 'failed', jobId, error: sentError(error) });
  }
}

try {
  const module = (await import(modelSetModule)) as ModelSetModule;
  const models = await module.openModelSet(modelSetOptions);
  port.on('message', (message: ToAnalyzer) => {
    void answer(models, message);
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'unusable', error: sentError(error) });
  port.close();
}
