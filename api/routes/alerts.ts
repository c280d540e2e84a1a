import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Webhook as DomainWebhook } from '#storage/outbox/outbox.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Webhook, WebhookCreated, WebhookInput } from '../contract/alerts.ts';
import { apiErrors } from '../errors.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso } from '../time-range.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;

export function addAlertRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { storage } = deps;
  const mayHook = requirePermission('webhook.manage');

  app.get(
    '/api/webhooks',
    { schema: { tags: ['alerts'], response: { 200: Type.Array(Webhook) } }, preValidation: mayHook },
    async () => (await storage.outbox.listWebhooks()).map(toWebhookView),
  );

  app.post<{ Body: WebhookInput }>(
    '/api/webhooks',
    { schema: { tags: ['alerts'], body: WebhookInput, response: { 201: WebhookCreated } }, preValidation: mayHook },
    async (request, reply) => {
      const user = requireUser(request);
      const { name, url, kinds } = request.body;
      const address = URL.canParse(url) ? new URL(url) : undefined;
      // A password in the address would stand in lists and logs: the signature is there to tell who we are.
      if (!address || address.username || address.password) throw apiErrors.REQUEST_INVALID({ field: 'url' });
      const { webhook, secret } = await storage.outbox.createWebhook({ name, url, kinds, createdBy: user.username });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'webhook.create',
        target: webhook.webhookId,
        detail: { name, host: address.host, kinds },
      });
      return reply.status(201).send({ webhook: toWebhookView(webhook), secret });
    },
  );

  app.delete<{ Params: Params }>(
    '/api/webhooks/:id',
    { schema: { tags: ['alerts'], params: Params }, preValidation: mayHook },
    async (request, reply) => {
      const user = requireUser(request);
      await storage.outbox.removeWebhook(request.params.id);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'webhook.remove',
        target: request.params.id,
        detail: {},
      });
      return reply.status(204).send();
    },
  );
}

function toWebhookView({ webhookId, createdAtMs, kinds, lastError, ...webhook }: DomainWebhook): Webhook {
  return {
    ...webhook,
    id: webhookId,
    kinds: [...kinds],
    createdAt: iso(createdAtMs),
    ...(lastError === undefined ? {} : { lastError }),
  };
}
