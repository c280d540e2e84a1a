import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import { auditCase, casePurpose, noteRefusal } from '../case-audit.ts';
import { toCaseView, toItemView } from '../case-view.ts';
import { Case, CaseChange, CaseClosing, CaseDetail, CaseInput } from '../contract/cases.ts';
import { Id } from '../contract/common.ts';
import { apiErrors } from '../errors.ts';
import type { Looks } from '../looks.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTime } from '../time-range.ts';

const HISTORY = 200;
/** A page loads its case anew after every step; that is one look. */
const SAME_LOOK_MS = 10 * 60_000;
const Params = Type.Object({ id: Id });
type Params = Static<typeof Params>;
const ListQuery = Type.Object({ status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed')])) });

/** The frame of a case: who, why, until when. What is done in it is in `case-work.ts`. */
export function addCaseRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage } = deps;
  const tags = ['cases'];
  const mayWork = requirePermission('case.manage');

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/cases',
    {
      schema: { tags, querystring: ListQuery, response: { 200: Type.Array(Case) } },
      preValidation: mayWork,
    },
    async (request) => {
      const found = await storage.cases.list({ user: requireUser(request), status: request.query.status });
      return found.map(toCaseView);
    },
  );

  app.post<{ Body: CaseInput }>(
    '/api/cases',
    { schema: { tags, body: CaseInput, response: { 201: Case } }, preValidation: mayWork },
    async (request, reply) => {
      const user = requireUser(request);
      const { expiresAt, ...input } = request.body;
      const made = await storage.cases.create({ ...input, expiresAtMs: parseTime(expiresAt, 'expiresAt') }, user);
      await auditCase(storage.audit, user, made, {
        action: 'case.create',
        target: made.number,
        detail: { title: made.title, expiresAt },
      });
      return reply.status(201).send(toCaseView(made));
    },
  );

  app.get<{ Params: Params }>(
    '/api/cases/:id',
    { schema: { tags, params: Params, response: { 200: CaseDetail } }, preValidation: mayWork },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      return await noteRefusal(storage.audit, user, id, async () => {
        const found = await storage.cases.requireReader(id, user);
        const look = { action: 'case.open', target: found.number, purpose: casePurpose(found), detail: { caseId: id } };
        await looks.note(user, { ...look, action: 'case.open' }, { key: id, withinMs: SAME_LOOK_MS });
        const items = await storage.caseItems.list(id, user);
        const history = await storage.audit.list({ caseId: id, limit: HISTORY });
        return {
          case: toCaseView(found),
          items: items.map(toItemView),
          history: history.map(({ timeMs, username, action, target, purpose }) => ({
            time: iso(timeMs),
            by: username,
            action,
            target,
            ...(purpose === undefined ? {} : { purpose }),
          })),
        };
      });
    },
  );

  app.patch<{ Params: Params; Body: CaseChange }>(
    '/api/cases/:id',
    { schema: { tags, params: Params, body: CaseChange, response: { 200: Case } }, preValidation: mayWork },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { expiresAt, members, ...texts } = request.body;
      const changed = await noteRefusal(storage.audit, user, id, async () =>
        storage.cases.change(id, user, {
          ...texts,
          ...(expiresAt === undefined ? {} : { expiresAtMs: parseTime(expiresAt, 'expiresAt') }),
          ...(members === undefined ? {} : { memberIds: await Promise.all(members.map(findMember)) }),
        }),
      );
      await auditCase(storage.audit, user, changed, {
        action: 'case.change',
        target: changed.number,
        detail: { ...request.body, ...(members === undefined ? {} : { members: changed.members }) },
      });
      return toCaseView(changed);
    },
  );

  app.post<{ Params: Params; Body: CaseClosing }>(
    '/api/cases/:id/close',
    { schema: { tags, params: Params, body: CaseClosing, response: { 200: Case } }, preValidation: mayWork },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { note } = request.body;
      const closed = await noteRefusal(storage.audit, user, id, () => storage.cases.close(id, user, note));
      const detail = { expiresAt: iso(closed.expiresAtMs) };
      await auditCase(storage.audit, user, closed, { action: 'case.close', target: closed.number, detail });
      return toCaseView(closed);
    },
  );

  app.post<{ Params: Params }>(
    '/api/cases/:id/reopen',
    { schema: { tags, params: Params, response: { 200: Case } }, preValidation: mayWork },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const opened = await noteRefusal(storage.audit, user, id, () => storage.cases.reopen(id, user));
      await auditCase(storage.audit, user, opened, { action: 'case.reopen', target: opened.number });
      return toCaseView(opened);
    },
  );

  async function findMember(username: string): Promise<string> {
    const member = await storage.users.find(username);
    if (!member || member.isDisabled || !PERMISSIONS[member.role].includes('case.manage'))
      throw apiErrors.CASE_MEMBER_UNSUITABLE({ field: 'members', username });
    return member.userId;
  }
}
