import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ApiDeps } from '../api-deps.ts';
import { HygieneItem, Kitchen, ReviewInput, Violation } from '../contract/kitchen.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { hygieneItems, severities, toViolationView } from '../violation-view.ts';

const ListQuery = Type.Object({
  state: Type.Optional(
    Type.Union([Type.Literal('open'), Type.Literal('unreviewed'), Type.Literal('all')], { default: 'open' }),
  ),
  cameraId: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });

export function addKitchenRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { storage, cameras } = deps;
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
      return board.map(({ worst, ...kitchen }) => ({
        ...kitchen,
        status: cameras.state(kitchen.cameraId)?.status ?? 'disabled',
        ...(worst ? { worst: toViolationView(worst) } : {}),
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
      const { state = 'open', cameraId: camera, limit = 100 } = request.query;
      const list = await storage.violations.list({
        state,
        cameraId: camera === undefined ? undefined : cameraId(camera),
        limit,
      });
      return list.map(toViolationView);
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: ReviewInput }>(
    '/api/violations/:id/review',
    {
      schema: { tags: ['kitchen'], params: Params, body: ReviewInput, response: { 200: Violation } },
      preValidation: mayReview,
    },
    async (request) => {
      const user = requireUser(request);
      const { decision, reason, note } = request.body;
      const violation = await storage.violations.review(request.params.id, {
        decision,
        reason,
        note,
        by: user.username,
      });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'violation.review',
        target: violation.violationId,
        detail: { decision, ...(reason === undefined ? {} : { reason }), ...(note === undefined ? {} : { note }) },
      });
      return toViolationView(violation);
    },
  );
}
