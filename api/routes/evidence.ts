import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../api-deps.ts';
import { apiErrors } from '../errors.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { sendBytes } from '../send-file.ts';

/** Ranges of one clip asked for within this time belong to one look. */
const SAME_LOOK_MS = 600_000;

export function addEvidenceRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  app.get<{ Params: { '*': string } }>(
    '/api/evidence/*',
    {
      schema: {
        tags: ['evidence'],
        description: 'A picture or a clip that belongs to an event; answers range requests.',
      },
      preValidation: requirePermission('vehicle.search', 'kitchen.review', 'wall.view'),
    },
    async (request, reply) => {
      const user = requireUser(request);
      const key = request.params['*'];
      if (!key.startsWith('evidence/')) throw apiErrors.NOT_FOUND();
      const { body, contentType } = await deps.storage.blobs.get(key);
      // Small pictures of lists are looks too; the log keeps one row a picture, the browser keeps the picture. A player asks for many
      // ranges of one clip.
      const once = contentType === 'video/mp4' ? { key, withinMs: SAME_LOOK_MS } : undefined;
      void reply
        .header('content-type', contentType)
        .header('cache-control', 'private, max-age=86400, immutable')
        .header('content-security-policy', "default-src 'none'");
      return await sendBytes(request, reply, body, () =>
        looks.note(user, { action: 'evidence.open', target: key, detail: {} }, once),
      );
    },
  );
}
