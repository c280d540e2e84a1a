import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../api-deps.ts';
import { apiErrors } from '../errors.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';

export function addEvidenceRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  app.get<{ Params: { '*': string } }>(
    '/api/evidence/*',
    {
      schema: { tags: ['evidence'], description: 'A picture that belongs to an event.' },
      preValidation: requirePermission('vehicle.search', 'kitchen.review', 'wall.view'),
    },
    async (request, reply) => {
      const user = requireUser(request);
      const key = request.params['*'];
      if (!key.startsWith('evidence/')) throw apiErrors.NOT_FOUND();
      const { body, contentType } = await deps.storage.blobs.get(key);
      // Small pictures of lists are looks too; the log keeps one row a picture, the browser keeps the picture.
      await looks.note(user, { action: 'evidence.open', target: key, detail: {} });
      return reply
        .header('content-type', contentType)
        .header('cache-control', 'private, max-age=86400, immutable')
        .header('content-security-policy', "default-src 'none'")
        .send(body);
    },
  );
}
