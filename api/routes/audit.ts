import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import { AuditEntry } from '../contract/system.ts';
import { requirePermission } from '../plugins/auth.ts';
import { iso } from '../time-range.ts';

const Query = Type.Object({
  before: Type.Optional(Type.String({ maxLength: 40, description: 'id of the last entry of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});

export function addAuditRoutes(app: FastifyInstance, deps: ApiDeps): void {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/audit',
    {
      schema: { tags: ['audit'], querystring: Query, response: { 200: Type.Array(AuditEntry) } },
      preValidation: requirePermission('audit.read'),
    },
    async (request) => {
      const entries = await deps.storage.audit.list({
        beforeId: request.query.before,
        limit: request.query.limit ?? 100,
      });
      return entries.map((entry) => ({
        id: entry.id,
        time: iso(entry.timeMs),
        username: entry.username,
        action: entry.action,
        target: entry.target,
        detail: { ...entry.detail },
        ...(entry.purpose === undefined ? {} : { purpose: entry.purpose }),
      }));
    },
  );
}
