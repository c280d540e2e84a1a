import type { WebhookDelivery } from '#storage/outbox/outbox.ts';
import { apiErrors } from '../errors.ts';
import { signWebhook } from './webhook-signature.ts';

/**
 * Posts one message to its receiver; any 2xx is taken as received. Redirects are not followed: the address was approved, not where it points.
 * @throws {AppError} `WEBHOOK_FAILED` with a reason that names no secret
 */
export async function postWebhook(
  delivery: Pick<WebhookDelivery, 'deliveryId' | 'url' | 'secret' | 'body'>,
  options: { readonly timeoutMs: number; readonly nowMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const timestampSeconds = Math.floor(options.nowMs / 1000);
  let response: Response;
  try {
    response = await fetch(delivery.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'vantage-webhook',
        'x-vantage-id': delivery.deliveryId,
        'x-vantage-timestamp': `${timestampSeconds}`,
        'x-vantage-signature': signWebhook(delivery.secret, timestampSeconds, delivery.body),
      },
      body: delivery.body,
    });
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    throw apiErrors.WEBHOOK_FAILED(
      { reason: isTimeout ? `no answer within ${options.timeoutMs} ms` : connectReason(error) },
      error,
    );
  }
  // What else it says does not matter, nor whether it breaks off.
  await response.body?.cancel().catch(() => undefined);
  if (!response.ok) throw apiErrors.WEBHOOK_FAILED({ reason: `answered ${response.status}` });
}

function connectReason(error: unknown): string {
  const code = error instanceof Error ? (error.cause as { code?: unknown } | undefined)?.code : undefined;
  return typeof code === 'string' ? `cannot be reached (${code})` : 'cannot be reached';
}
