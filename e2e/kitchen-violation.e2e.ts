import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyWebhook } from '#api/alerts/webhook-signature.ts';
import type { WebhookBody, WebhookCreated } from '#api/contract/alerts.ts';
import type { Violation } from '#api/contract/kitchen.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let demo: DemoProcess;
let receiver: Server;
const received: Received[] = [];
let refusals = 1;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      // The first message is refused once, so that the retry is seen too.
      if (refusals-- > 0) {
        response.writeHead(503).end();
        return;
      }
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  demo = await startDemo({ cameras: 3 });
}, 120_000);

afterAll(async () => {
  await demo?.stop();
  await demo?.removeData();
  receiver?.close();
});

test('a kitchen violation arrives at a webhook, signed, with its picture, after a refused first try', async () => {
  const signIn = await fetch(`${demo.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: demo.username, password: demo.password }),
  });
  expect(signIn.status).toBe(200);
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const { port } = receiver.address() as AddressInfo;
  const created = await fetch(`${demo.url}/api/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ name: 'e2e', url: `http://127.0.0.1:${port}/alerts`, kinds: ['kitchen.violation'] }),
  });
  expect(created.status).toBe(201);
  const { secret } = (await created.json()) as WebhookCreated;

  await expect.poll(() => received.length, { timeout: 150_000, interval: 500 }).toBeGreaterThan(0);
  const message = received[0];
  if (!message) throw new Error('nothing received');
  const timestampSeconds = Number(message.headers['x-vantage-timestamp']);
  const signature = String(message.headers['x-vantage-signature']);
  expect(verifyWebhook({ secret, timestampSeconds, body: message.body, signature }, Date.now() / 1000)).toBe(true);
  const body = JSON.parse(message.body) as WebhookBody;
  expect(body.kind).toBe('kitchen.violation');
  expect(body.data['phase']).toBe('opened');

  const violations = (await (
    await fetch(`${demo.url}/api/violations?state=all`, { headers: { cookie } })
  ).json()) as Violation[];
  const violation = violations.find((candidate) => candidate.violationId === body.data['violationId']);
  expect(violation?.pictureUrl).toBeDefined();
  const picture = await fetch(`${demo.url}${violation?.pictureUrl ?? ''}`, { headers: { cookie } });
  expect(picture.headers.get('content-type')).toBe('image/jpeg');
  expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(5000);
});
