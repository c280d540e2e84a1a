import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import {
  AcceptInput,
  RecheckInput,
  RemedyAsked,
  RemedyInput,
  RemedyLinkInput,
  ReviewInput,
  UndoInput,
  Violation,
} from '../contract/kitchen.ts';
import { apiErrors } from '../errors.ts';
import { requirePermission, requireUser, type SessionUser } from '../plugins/auth.ts';
import { parseTime } from '../time-range.ts';
import { toViolationView } from '../violation-view.ts';

const MOST_DAYS = 60;
const DAY_MS = 86_400_000;
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type ById<Body = unknown> = { Params: Static<typeof Params>; Body: Body };

/** What an inspector does with a violation. Each step is kept with the violation, and in the audit log. */
export function addViolationStepRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { storage, config, clock } = deps;
  const work = storage.violationWork;
  const options = <B extends object>(body: B, answer: object = Violation) => ({
    schema: { tags: ['kitchen'], params: Params, body, response: { 200: answer } },
    preValidation: requirePermission('kitchen.review'),
  });
  const view = async (id: string): Promise<Violation> =>
    toViolationView(await storage.violations.get(id), clock.nowMs());
  const audit = async (user: SessionUser, action: string, target: string, detail: object): Promise<void> =>
    await storage.audit.append({
      ...{ userId: user.id, username: user.username, action, target },
      detail: Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== undefined)),
    });
  const originOf = (request: FastifyRequest): string =>
    config.publicOrigin === '' ? `${request.protocol}://${request.host}` : config.publicOrigin;

  app.post<ById<ReviewInput>>('/api/violations/:id/review', options(ReviewInput), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    const { decision, reason, note, revision } = request.body;
    await work.review(id, { decision, reason, note, revision, by: user.username });
    await audit(user, 'violation.review', id, { decision, reason, note });
    return await view(id);
  });

  app.post<ById>('/api/violations/:id/clip', options(Type.Object({})), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    await storage.violationClips.retry(id);
    await audit(user, 'violation.clip-retry', id, {});
    return await view(id);
  });

  app.post<ById<RemedyInput>>('/api/violations/:id/remedy', options(RemedyInput, RemedyAsked), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    const { deadline, note, isAgain = false, revision } = request.body;
    const deadlineMs = parseTime(deadline, 'deadline');
    const leftMs = deadlineMs - clock.nowMs();
    if (leftMs <= 0 || leftMs > MOST_DAYS * DAY_MS) throw apiErrors.RANGE_INVALID({ field: 'deadline' });
    const origin = originOf(request);
    const link = await work.ask(id, { deadlineMs, note, isAgain, revision, origin, by: user.username });
    await audit(user, 'violation.remedy', id, { deadline, note, isAgain });
    return { violation: await view(id), link };
  });

  app.post<ById<RemedyLinkInput>>(
    '/api/violations/:id/link',
    options(RemedyLinkInput, RemedyAsked),
    async (request) => {
      const [user, { id }] = [requireUser(request), request.params];
      const { isNew } = request.body;
      const origin = originOf(request);
      await storage.violations.get(id);
      const link = isNew
        ? await work.renewLink(id, { by: user.username, origin })
        : await work.links.current(id, origin);
      if (link === undefined) throw apiErrors.NOT_FOUND();
      await audit(user, 'violation.link', id, { isNew });
      return { violation: await view(id), link };
    },
  );

  app.delete<ById>(
    '/api/violations/:id/link',
    {
      schema: { tags: ['kitchen'], params: Params, response: { 200: Violation } },
      preValidation: requirePermission('kitchen.review'),
    },
    async (request) => {
      const [user, { id }] = [requireUser(request), request.params];
      await work.revokeLink(id, { by: user.username });
      await audit(user, 'violation.link-revoked', id, {});
      return await view(id);
    },
  );

  app.post<ById<AcceptInput>>('/api/violations/:id/accept', options(AcceptInput), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    const { note, revision } = request.body;
    await work.accept(id, { note, revision, by: user.username });
    await audit(user, 'violation.accept', id, { note });
    return await view(id);
  });

  app.post<ById<RecheckInput>>('/api/violations/:id/recheck', options(RecheckInput), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    const { result, note, revision } = request.body;
    await work.recheck(id, { result, note, revision, by: user.username });
    await audit(user, 'violation.recheck', id, { result, note });
    return await view(id);
  });

  app.post<ById<UndoInput>>('/api/violations/:id/undo', options(UndoInput), async (request) => {
    const [user, { id }] = [requireUser(request), request.params];
    await work.undo(id, { revision: request.body.revision, by: user.username });
    await audit(user, 'violation.undo', id, {});
    return await view(id);
  });
}
