import { BroadcastChannel } from 'node:worker_threads';
import { OnnxSession, type Tensor } from '#analyzers/onnx/onnx-session.ts';
import { openModelSet as openProduct } from '#analyzers/pool/model-set.ts';
import type { ModelSet, ModelSetOptions } from '#analyzers/pool/analyzer-messages.ts';

/** One run of a network: what the ceiling has to repeat. */
export interface Inference {
  readonly modelId: string;
  readonly shape: readonly number[];
}

export const INFERENCES = 'vantage-bench-inferences';

/** The product's models in an analyzer thread, which tell of every network that is run, and on what shape. */
export async function openModelSet(options: ModelSetOptions): Promise<ModelSet> {
  const models = await openProduct(options);
  const channel = new BroadcastChannel(INFERENCES);
  const run: OnnxSession['run'] | undefined = Object.getOwnPropertyDescriptor(OnnxSession.prototype, 'run')?.value;
  if (!run) throw new Error('a session cannot be run');
  OnnxSession.prototype.run = function recorded(this: OnnxSession, input: Tensor, ...rest) {
    channel.postMessage({ modelId: this.modelId, shape: input.shape } satisfies Inference);
    return run.call(this, input, ...rest);
  };
  return {
    ...models,
    async close() {
      channel.close();
      await models.close();
    },
  };
}
