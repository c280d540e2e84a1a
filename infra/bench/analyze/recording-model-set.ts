import { BroadcastChannel } from 'node:worker_threads';
import { OnnxSession } from '#analyzers/onnx/onnx-session.ts';
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
  OnnxSession.prototype.run = async function recorded<T>(this: OnnxSession, ...order: Parameters<typeof run<T>>) {
    const [{ shape }] = order;
    channel.postMessage({ modelId: this.modelId, shape: asPublished(shape) } satisfies Inference);
    return run.call<OnnxSession, typeof order, Promise<T>>(this, ...order);
  };
  return {
    ...models,
    async close() {
      channel.close();
      await models.close();
    },
  };
}

/** Of a network whose cutting into four was folded into its input, the shape that its file takes. */
function asPublished([batch = 1, channels = 0, height = 0, width = 0]: readonly number[]): readonly number[] {
  return channels === 12 ? [batch, 3, 2 * height, 2 * width] : [batch, channels, height, width];
}
