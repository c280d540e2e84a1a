import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ApiDeps } from '../api-deps.ts';
import { HygieneItem, Kitchen, Violation, ViolationFile } from '../contract/kitchen.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso } from '../time-range.ts';
import { hygieneItems, severities, toStepView, toViolationView } from '../violation-view.ts';

const EARLIER = 20;

const ListQuery = Type.Object({
  state: Type.Optional(
    Type.Union(
      [
        Type.Literal('open'),
        Type.Literal('unreviewed'),
        Type.Literal('remedy'),
        Type.Literal('held'),
        Type.Literal('all'),
      ],
      { default: 'open' },
    ),
  ),
  cameraId: Type.Optional(Type.String({ maxLength: 64 })),
  item: Type.Optional(Type.String({ maxLength: 64 })),
  district: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** The board, the lists and one violation with its history; what is done with it is in `violation-steps.ts`. */
export function addKitchenRoutes(app: FastifyInstance, { storage, cameras, clock }: ApiDeps): void {
  const mayReview = requirePermission('kitchen.review');

  app.get(
    '/api/hygiene-items',
    { schema: { tags: ['kitchen'], response: { 200: Type.Array(HygieneItem) } } },
    (request) => {
      requireUser(request);
      return hygieneItems();
    },
  );

  app.get(
    '/api/kitchens',
    { schema: { tags: ['kitchen'], response: { 200: Type.Array(Kitchen) } }, preValidation: mayReview },
    async () => {
      const board = await storage.violations.board(severities);
      const holds = Map.groupBy(await storage.kitchenItems.holds(), (hold) => hold.cameraId);
      return board.map(({ worst, nextDeadlineMs, ...kitchen }) => ({
        ...kitchen,
        scores: [...kitchen.scores],
        openItems: [...kitchen.openItems],
        status: cameras.state(kitchen.cameraId)?.status ?? 'disabled',
        holds: (holds.get(kitchen.cameraId) ?? []).map(({ item, sinceMs, confirmed, answers }) => ({
          item,
          since: iso(sinceMs),
          confirmed,
          answers,
        })),
        ...(nextDeadlineMs === undefined ? {} : { nextDeadline: iso(nextDeadlineMs) }),
        ...(worst ? { worst: toViolationView(worst, clock.nowMs()) } : {}),
      }));
    },
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/violations',
    {
      schema: { tags: ['kitchen'], querystring: ListQuery, response: { 200: Type.Array(Violation) } },
      preValidation: mayReview,
    },
    async (request) => {
      const { state = 'open', cameraId: camera, item, district, limit = 100 } = request.query;
      const list = await storage.violations.list({
        ...{ state, item, district, limit },
        cameraId: camera === undefined ? undefined : cameraId(camera),
      });
      return list.map((violation) => toViolationView(violation, clock.nowMs()));
    },
  );

  app.get<{ Params: Static<typeof Params> }>(
    '/api/violations/:id',
    {
      schema: { tags: ['kitchen'], params: Params, response: { 200: ViolationFile } },
      preValidation: mayReview,
    },
    async (request) => {
      const violation = await storage.violations.get(request.params.id);
      const [steps, earlier] = await Promise.all([
        storage.violationWork.steps(violation.violationId),
        storage.violations.list({
          ...{ state: 'all', cameraId: violation.cameraId, item: violation.item },
          ...{ beforeMs: violation.openedAtMs, limit: EARLIER },
        }),
      ]);
      return {
        violation: toViolationView(violation, clock.nowMs()),
        steps: steps.map(toStepView),
        earlier: earlier.map((one) => toViolationView(one, clock.nowMs())),
      };
    },
  );
}
