import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId as toCameraId } from '#ingest/media.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { ApiDeps } from '../api-deps.ts';
import { DatasetExport, KitchenItem, ThresholdInput } from '../contract/kitchen-learning.ts';
import { attachment } from '../csv.ts';
import { kitchenDataset } from '../kitchen-dataset.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTimeRange } from '../time-range.ts';

const MOST_DATASET_MS = 366 * 86_400_000;
const Params = Type.Object({ cameraId: Type.String({ maxLength: 64 }), item: Type.String({ maxLength: 64 }) });
type OfItem<Body = unknown> = { Params: Static<typeof Params>; Body: Body };

/** What the answers of inspectors teach: precision, thresholds, holds, and examples to learn from. */
export function addKitchenLearningRoutes(app: FastifyInstance, { storage, clock }: ApiDeps): void {
  const mayReview = requirePermission('kitchen.review');
  const items = storage.kitchenItems;

  app.get(
    '/api/kitchen-items',
    { schema: { tags: ['kitchen'], response: { 200: Type.Array(KitchenItem) } }, preValidation: mayReview },
    async () =>
      (await items.list()).map(({ interval, minScore, suggestion, hold, ...item }) => ({
        ...item,
        precisionLow: interval.low,
        precisionHigh: interval.high,
        ...(minScore === undefined ? {} : { minScore }),
        ...(suggestion === undefined ? {} : { suggestion }),
        ...(hold === undefined ? {} : { onHoldSince: iso(hold.sinceMs) }),
      })),
  );

  app.put<OfItem<ThresholdInput>>(
    '/api/kitchen-items/:cameraId/:item/threshold',
    { schema: { tags: ['kitchen'], params: Params, body: ThresholdInput }, preValidation: mayReview },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId, item } = request.params;
      const { minScore } = request.body;
      // A kitchen that is not there has no threshold.
      await storage.cameras.get(toCameraId(cameraId));
      await items.setMinScore(cameraId, item, minScore ?? undefined, user.username);
      await storage.audit.append({
        ...{ userId: user.id, username: user.username, action: 'kitchen.threshold', target: `${cameraId} ${item}` },
        detail: { minScore },
      });
      return reply.status(204).send();
    },
  );

  app.post<OfItem>(
    '/api/kitchen-items/:cameraId/:item/release',
    { schema: { tags: ['kitchen'], params: Params }, preValidation: mayReview },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId, item } = request.params;
      if (await items.release(cameraId, item, user.username))
        await storage.audit.append({
          ...{ userId: user.id, username: user.username, action: 'kitchen.release', target: `${cameraId} ${item}` },
          detail: {},
        });
      return reply.status(204).send();
    },
  );

  app.post<{ Body: DatasetExport }>(
    '/api/kitchen-dataset',
    {
      schema: { tags: ['kitchen'], body: DatasetExport, description: 'application/x-tar: labels.jsonl and crops.' },
      preValidation: requirePermission('kitchen.export'),
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { purpose, from, to } = request.body;
      const range = parseTimeRange(from, to, MOST_DATASET_MS);
      await storage.audit.append({
        ...{ userId: user.id, username: user.username, action: 'kitchen.dataset', target: '*', purpose },
        detail: { from, to },
      });
      const picture = async (key: string): Promise<Uint8Array | undefined> => {
        try {
          return (await storage.blobs.get(key)).body;
        } catch (error) {
          // Its time is over; anything else ends the file, so that a short one is not taken for a whole one.
          if (toAppError(error).code === 'BLOB_NOT_FOUND') return undefined;
          throw error;
        }
      };
      const parts = kitchenDataset(items.labelled(range), { picture, nowMs: clock.nowMs() });
      return reply
        .header('content-type', 'application/x-tar')
        .header('content-disposition', attachment(`kitchen-dataset-${iso(clock.nowMs()).slice(0, 10)}.tar`))
        .header('cache-control', 'no-store')
        .send(Readable.from(parts));
    },
  );
}
