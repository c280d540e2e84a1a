import { analyzerErrors } from '../errors.ts';
import type { ModelSet } from '../pool/analyzer-messages.ts';

/** Models that cannot be loaded. */
export async function openModelSet(): Promise<ModelSet> {
  throw analyzerErrors.MODEL_HASH_MISMATCH({ model: 'fake' });
}
