import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ApiDeps } from '../api-deps.ts';
import { KitchenTrial, TrialInput } from '../contract/kitchen-setup.ts';
import { apiErrors } from '../errors.ts';
import { fromDraftBody } from '../kitchen-setup/setup-view.ts';
import { planTrial } from '../kitchen-setup/trial-plan.ts';
import { type TrialJob, TrialQueue } from '../kitchen-setup/trial-queue.ts';
import { toTrialView } from '../kitchen-setup/trial-view.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTime, parseTimeRange } from '../time-range.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const TrialParams = Type.Object({ ...Params.properties, trialId: Type.String({ maxLength: 64 }) });
type TrialParams = Static<typeof TrialParams>;
const PictureParams = Type.Object({ ...TrialParams.properties, violationId: Type.String({ maxLength: 64 }) });
type PictureParams = Static<typeof PictureParams>;

const MAX_RANGE_MS = 6 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Trying a kitchen's set-up on its recordings before it goes live: nothing of it is stored, and no alert leaves. */
export function addKitchenTrialRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage, clock, log, recordingFolder, kitchenTrials } = deps;
  const mayManage = requirePermission('camera.manage');
  const queue = new TrialQueue({ run: kitchenTrials.run, clock, log });
  app.addHook('onClose', () => queue.close());

  const view = (job: TrialJob): KitchenTrial => toTrialView(job, queue.ahead(job));

  app.post<{ Params: Params; Body: TrialInput }>(
    '/api/kitchens/:id/trials',
    {
      schema: {
        tags: ['kitchen'],
        params: Params,
        body: TrialInput,
        response: { 202: KitchenTrial },
        description:
          'Tries a set-up on what was recorded. One trial runs at a time; ask for it again to see how far it is.',
      },
      preValidation: mayManage,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { setup, from, to } = request.body;
      const draft = fromDraftBody(setup);
      const range = rangeOf(from, to);
      const camera = await storage.cameras.get(cameraId(request.params.id));
      if (camera.scene !== 'kitchen') throw apiErrors.KITCHEN_NOT_ONE({ cameraId: camera.id });
      const plan = await planTrial(
        { storage, recordingFolder, ...kitchenTrials, nowMs: clock.nowMs() },
        { camera, draft, range },
      );
      // It is a look at the recording, of which pictures may be shown.
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'kitchen.trial',
        target: camera.id,
        detail: {
          name: camera.name,
          from: iso(plan.trial.fromMs),
          to: iso(plan.trial.toMs),
          items: draft.items.map(({ item }) => item),
        },
      });
      return reply.status(202).send(view(queue.add(camera.id, plan)));
    },
  );

  app.get<{ Params: TrialParams }>(
    '/api/kitchens/:id/trials/:trialId',
    { schema: { tags: ['kitchen'], params: TrialParams, response: { 200: KitchenTrial } }, preValidation: mayManage },
    (request) => view(queue.get(cameraId(request.params.id), request.params.trialId)),
  );

  app.delete<{ Params: TrialParams }>(
    '/api/kitchens/:id/trials/:trialId',
    { schema: { tags: ['kitchen'], params: TrialParams }, preValidation: mayManage },
    async (request, reply) => {
      queue.remove(queue.get(cameraId(request.params.id), request.params.trialId));
      return reply.status(204).send();
    },
  );

  app.get<{ Params: PictureParams }>(
    '/api/kitchens/:id/trials/:trialId/pictures/:violationId.jpg',
    {
      schema: {
        tags: ['kitchen'],
        params: PictureParams,
        description: 'The moment in which it would have been raised.',
      },
      preValidation: mayManage,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { id, trialId, violationId } = request.params;
      const job = queue.get(cameraId(id), trialId);
      const picture = job.violations.find((violation) => violation.violationId === violationId)?.picture;
      if (!picture) throw apiErrors.NOT_FOUND({ violationId });
      const look = { action: 'evidence.open' as const, target: id, detail: { trialId, violationId } };
      await looks.note(user, look, { key: violationId, withinMs: HOUR_MS });
      return reply.header('content-type', 'image/jpeg').header('cache-control', 'no-store').send(Buffer.from(picture));
    },
  );
}

/** An hour, where only one end is given. @throws {AppError} `RANGE_INVALID`, `REQUEST_INVALID` */
function rangeOf(
  from: string | undefined,
  to: string | undefined,
): { readonly startMs: number; readonly endMs: number } | undefined {
  if (from !== undefined && to !== undefined) {
    const { fromMs, toMs } = parseTimeRange(from, to, MAX_RANGE_MS);
    return { startMs: fromMs, endMs: toMs };
  }
  if (from !== undefined) {
    const startMs = parseTime(from, 'from');
    return { startMs, endMs: startMs + HOUR_MS };
  }
  if (to === undefined) return undefined;
  const endMs = parseTime(to, 'to');
  return { startMs: endMs - HOUR_MS, endMs };
}
