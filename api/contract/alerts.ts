import Type, { type Static } from 'typebox';
import { IsoTime } from './common.ts';

export const WebhookKind = Type.Union([
  Type.Literal('kitchen.violation'),
  /** A kitchen is asked to put something right; `data.link` lets whoever has it answer. */
  Type.Literal('kitchen.remedy'),
  Type.Literal('watchlist.hit'),
  Type.Literal('camera.health'),
  Type.Literal('system.health'),
]);
export type WebhookKind = Static<typeof WebhookKind>;

/** POST /api/webhooks. The secret is made by the server and shown once, in the answer. */
export const WebhookInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 80 }),
  url: Type.String({ minLength: 8, maxLength: 500, pattern: '^https?://' }),
  kinds: Type.Array(WebhookKind, { minItems: 1, uniqueItems: true }),
});
export type WebhookInput = Static<typeof WebhookInput>;
export const Webhook = Type.Object({
  id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  kinds: Type.Array(WebhookKind),
  createdAt: IsoTime,
  createdBy: Type.String(),
  pending: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
  lastError: Type.Optional(Type.String()),
});
export type Webhook = Static<typeof Webhook>;
export const WebhookCreated = Type.Object({ webhook: Webhook, secret: Type.String() });
export type WebhookCreated = Static<typeof WebhookCreated>;

/**
 * What a webhook receives: POST, application/json, headers `x-vantage-id` (same on every retry), `x-vantage-timestamp` (epoch seconds),
 * `x-vantage-signature: v1=<hex HMAC-SHA256 of "<timestamp>.<body>" with the secret>`. Any 2xx is taken as received; else it is tried again for 24 h.
 */
export const WebhookBody = Type.Object({
  id: Type.String(),
  kind: WebhookKind,
  time: IsoTime,
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type WebhookBody = Static<typeof WebhookBody>;
