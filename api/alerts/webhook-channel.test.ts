import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { postWebhook } from './webhook-channel.ts';
import { verifyWebhook } from './webhook-signature.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function receiver(
  handle: (body: string, headers: Record<string, unknown>) => number | undefined,
): Promise<string> {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const status = handle(body, request.headers);
      if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const message = { deliveryId: 'd1', secret: 's3cret', body: '{"kind":"watchlist.hit"}' };
const options = { timeoutMs: 300, nowMs: 1_700_000_000_000, signal: new AbortController().signal };

test('posts the body with a signature that the receiver can check', async () => {
  let isGenuine = false;
  const url = await receiver((body, headers) => {
    isGenuine = verifyWebhook(
      {
        secret: 's3cret',
        timestampSeconds: Number(headers['x-vantage-timestamp']),
        body,
        signature: String(headers['x-vantage-signature']),
      },
      1_700_000_000,
    );
    return 204;
  });
  await postWebhook({ ...message, url }, options);
  expect(isGenuine).toBe(true);
});

test.each([
  [500, 'answered 500'],
  [302, 'answered 302'],
  [404, 'answered 404'],
])('an answer of %i is a failure and says so', async (status, reason) => {
  const url = await receiver(() => status);
  await expect(postWebhook({ ...message, url }, options)).rejects.toMatchObject({
    code: 'WEBHOOK_FAILED',
    context: { reason },
  });
});

test('a receiver that does not answer fails after the time-out', async () => {
  const url = await receiver(() => undefined);
  await expect(postWebhook({ ...message, url }, options)).rejects.toMatchObject({
    context: { reason: 'no answer within 300 ms' },
  });
  server?.closeAllConnections();
});

test('a receiver that is not there fails with its cause', async () => {
  const url = await receiver(() => 204);
  await new Promise((resolve) => server?.close(resolve));
  await expect(postWebhook({ ...message, url }, options)).rejects.toMatchObject({
    context: { reason: 'cannot be reached (ECONNREFUSED)' },
  });
});
