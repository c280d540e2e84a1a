import { serveTask } from '../pool/serve-task.ts';
import { type ClipOrder, type MadeClip, makeEvidenceClip } from './evidence-clip.ts';

/** One thread for one clip. */
await serveTask<ClipOrder, never, MadeClip | undefined>(
  async (order, { models, signal }) => await makeEvidenceClip(order, models, signal),
);
