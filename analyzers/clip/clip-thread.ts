import type { Clock } from '#infra/runtime/clock.ts';
import type { ModelSetOptions } from '../pool/analyzer-messages.ts';
import { runTaskThread } from '../pool/task-thread.ts';
import type { ClipOrder, MadeClip } from './evidence-clip.ts';

/** Who is hardly seen is covered too: blocks where nobody is cost nothing. */
const MOST_THRESHOLD = 0.2;

/**
 * Makes one clip in a thread of its own.
 * @returns undefined when the range holds no picture, or the signal ended it
 * @throws {AppError} `DECODER_UNAVAILABLE`, `CLIP_ENCODER_MISSING`, `CLIP_NOT_ENCODED`, `MODEL_*`, `ANALYZER_DIED`
 */
export async function runClipThread(
  order: ClipOrder,
  { models, modelSetModule, clock }: { models: ModelSetOptions; modelSetModule?: URL; clock: Clock },
  signal: AbortSignal,
): Promise<MadeClip | undefined> {
  const detectionThreshold = Math.min(models.detectionThreshold, MOST_THRESHOLD);
  return await runTaskThread(
    {
      worker: new URL('./clip.worker.ts', import.meta.url),
      order,
      models: order.isBlurred ? { ...models, detectionThreshold } : undefined,
      modelSetModule,
      onNews: () => undefined,
      clock,
    },
    signal,
  );
}
