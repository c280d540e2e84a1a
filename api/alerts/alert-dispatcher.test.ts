import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { WebhookDelivery } from '#storage/outbox/outbox.ts';
import { AlertDispatcher } from './alert-dispatcher.ts';

/** Due is what is in it; a claim takes it out, a failure puts it back. */
class FakeOutbox {
  due: WebhookDelivery[] = [];
  readonly delivered: string[] = [];
  readonly failed: [deliveryId: string, reason: string][] = [];
  claims = 0;
  isAway = false;
  isMarkingRefused = false;
  readonly #claimed = new Map<string, WebhookDelivery>();

  add(url: string, count = 1): void {
    for (let index = 0; index < count; index++)
      this.due.push({
        deliveryId: `d${this.due.length}-${url.slice(-1)}`,
        webhookId: 'w1',
        url,
        secret: 's',
        body: '{}',
        attempt: 1,
      });
  }

  async claimDue(limit: number): Promise<readonly WebhookDelivery[]> {
    this.claims++;
    if (this.isAway) throw new Error('connect ECONNREFUSED');
    const taken = this.due.splice(0, limit);
    for (const delivery of taken) this.#claimed.set(delivery.deliveryId, delivery);
    return taken;
  }

  async markDelivered(deliveryId: string): Promise<void> {
    if (this.isMarkingRefused) throw new Error('connect ECONNREFUSED');
    this.delivered.push(deliveryId);
  }

  async markFailed(deliveryId: string, reason: string): Promise<void> {
    this.failed.push([deliveryId, reason]);
    const delivery = this.#claimed.get(deliveryId);
    if (delivery) this.due.push({ ...delivery, attempt: delivery.attempt + 1 });
  }
}

let server: Server;
let origin: string;
/** Status of each answer by path; undefined: none ever. */
const answers = new Map<string, (attempt: number) => number | undefined>();
const received: string[] = [];
let clock: SimulatedClock;
let outbox: FakeOutbox;
let dispatcher: AlertDispatcher;

beforeEach(async () => {
  received.length = 0;
  answers.clear();
  server = createServer((request, response) => {
    const url = request.url ?? '';
    received.push(`${url} ${String(request.headers['x-vantage-id'])}`);
    const status = answers.get(url)?.(received.filter((line) => line.startsWith(`${url} `)).length);
    if (status !== undefined) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  clock = new SimulatedClock();
  outbox = new FakeOutbox();
  dispatcher = new AlertDispatcher({ outbox, timeoutMs: 60_000, clock, log: silentLog });
});
afterEach(async () => {
  await dispatcher.close();
  server.closeAllConnections();
  server.close();
});

/** Lets what is due at the clock happen, and the work that it began. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function until(check: () => void): Promise<void> {
  await vi.waitFor(
    async () => {
      await pass(0);
      check();
    },
    { timeout: 5000, interval: 5 },
  );
}

test('posts what is due, all of it without waiting for the next second', async () => {
  answers.set('/a', () => 204);
  outbox.add(`${origin}/a`, 70);
  dispatcher.start();
  await until(() => expect(outbox.delivered).toHaveLength(70));
  expect(new Set(outbox.delivered).size).toBe(70);
  expect(received).toHaveLength(70);
});

test('a failure is given back with its reason, and the same message goes out again', async () => {
  answers.set('/a', (attempt) => (attempt < 3 ? 503 : 200));
  outbox.add(`${origin}/a`);
  dispatcher.start();
  await until(() => expect(outbox.failed).toHaveLength(1));
  await pass(1000);
  await until(() => expect(outbox.failed).toHaveLength(2));
  await pass(1000);
  await until(() => expect(outbox.delivered).toEqual(['d0-a']));
  expect(outbox.failed).toEqual([
    ['d0-a', 'answered 503'],
    ['d0-a', 'answered 503'],
  ]);
  expect(received).toEqual(['/a d0-a', '/a d0-a', '/a d0-a']);
});

test('looks every second, and at once when woken', async () => {
  answers.set('/a', () => 204);
  dispatcher.start();
  await pass(0);
  expect(outbox.claims).toBe(1);
  await pass(1000);
  expect(outbox.claims).toBe(2);
  outbox.add(`${origin}/a`);
  dispatcher.wake();
  await until(() => expect(outbox.delivered).toHaveLength(1));
});

test('a thousand wakes in a row are one look, or two', async () => {
  dispatcher.start();
  await pass(0);
  const before = outbox.claims;
  for (let wake = 0; wake < 1000; wake++) dispatcher.wake();
  await pass(0);
  await pass(0);
  expect(outbox.claims - before).toBeLessThanOrEqual(2);
  expect(outbox.claims - before).toBeGreaterThan(0);
});

test('what is stored while it looks is not left until the next second', async () => {
  answers.set('/a', () => 204);
  const claimDue = outbox.claimDue.bind(outbox);
  outbox.claimDue = async (limit) => {
    const taken = await claimDue(limit);
    if (outbox.claims === 1) {
      outbox.add(`${origin}/a`);
      dispatcher.wake();
    }
    return taken;
  };
  dispatcher.start();
  await until(() => expect(outbox.delivered).toHaveLength(1));
  expect(clock.monotonicMs()).toBe(0);
});

test('a receiver that never answers does not hold up the others', async () => {
  answers.set('/b', () => 204);
  outbox.add(`${origin}/a`, 20);
  outbox.add(`${origin}/b`, 5);
  dispatcher.start();
  await until(() => expect(outbox.delivered).toHaveLength(5));
  expect(outbox.failed).toEqual([]);
});

test('no more than sixty are on their way at once; the rest follow as there is room', async () => {
  let isOpen = false;
  answers.set('/a', () => (isOpen ? 204 : undefined));
  outbox.add(`${origin}/a`, 100);
  dispatcher.start();
  await until(() => expect(received).toHaveLength(60));
  await pass(3000);
  expect(received).toHaveLength(60);
  isOpen = true;
  server.closeAllConnections();
  await until(() => expect(outbox.delivered.length + outbox.failed.length).toBeGreaterThanOrEqual(100));
});

test('while the outbox cannot be read it waits five seconds, and goes on after that', async () => {
  answers.set('/a', () => 204);
  outbox.isAway = true;
  outbox.add(`${origin}/a`);
  dispatcher.start();
  await pass(0);
  await pass(4999);
  expect(outbox.claims).toBe(1);
  outbox.isAway = false;
  await pass(1);
  await until(() => expect(outbox.delivered).toHaveLength(1));
});

test('that a delivery cannot be marked stops nothing', async () => {
  answers.set('/a', () => 204);
  outbox.isMarkingRefused = true;
  outbox.add(`${origin}/a`);
  dispatcher.start();
  await until(() => expect(received).toHaveLength(1));
  outbox.isMarkingRefused = false;
  outbox.add(`${origin}/a`);
  await pass(1000);
  await until(() => expect(outbox.delivered).toHaveLength(1));
});

test('closed in the middle it ends at once, and what was under way counts neither as delivered nor as failed', async () => {
  outbox.add(`${origin}/a`, 3);
  dispatcher.start();
  await until(() => expect(received).toHaveLength(3));
  await dispatcher.close();
  await dispatcher.close();
  expect([outbox.delivered, outbox.failed]).toEqual([[], []]);
  const { claims } = outbox;
  dispatcher.wake();
  await pass(10_000);
  expect(outbox.claims).toBe(claims);
});
