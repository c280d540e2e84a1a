import type { FastifyInstance } from 'fastify';
import { SystemStatus } from '../contract/system.ts';
import type { ApiDeps } from '../api-deps.ts';
import { requireUser } from '../plugins/auth.ts';
import { iso } from '../time-range.ts';

export function addSystemRoutes(app: FastifyInstance, deps: ApiDeps): void {
  // The process answers: nothing more.
  app.get('/healthz', { schema: { tags: ['system'], security: [] } }, () => ({ status: 'ok' }));

  // It can do its work: the database answers.
  app.get('/readyz', { schema: { tags: ['system'], security: [] } }, async (_request, reply) => {
    const isReady = await deps.storage.isReachable();
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'database_unavailable' });
  });

  app.get('/metrics', { schema: { tags: ['system'], security: [] } }, async (_request, reply) => {
    const { registry } = deps.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  app.get('/api/system', { schema: { tags: ['system'], response: { 200: SystemStatus } } }, async (request) => {
    requireUser(request);
    return { version: deps.version, time: iso(deps.clock.nowMs()), ...(await deps.systemStatus()) };
  });
}
