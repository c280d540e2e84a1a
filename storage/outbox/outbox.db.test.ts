import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { sampleViolation } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: SimulatedClock;
const input = { name: 'Desk', url: 'http://desk.example', kinds: ['kitchen.violation'], createdBy: 'anna' } as const;

beforeEach(async () => {
  clock = new SimulatedClock(Date.now());
  fixture = await openTestStorage(inject('databaseUrl'), { clock });
});
afterEach(() => fixture.close());

async function raise(count: number): Promise<void> {
  const { eventSink, spool, writer } = fixture.storage;
  const appended = Array.from({ length: count }, () => eventSink.emit(sampleViolation({ timeMs: clock.nowMs() }), []));
  await Promise.resolve();
  spool.flush();
  await Promise.all(appended);
  await writer.drain();
  clock.advance(2000);
}

test('a subscription gets only its kinds, and its own secret with each message', async () => {
  const { outbox } = fixture.storage;
  const { webhook, secret } = await outbox.createWebhook(input);
  await outbox.createWebhook({ ...input, name: 'Other', kinds: ['camera.health'] });
  await raise(1);
  const [delivery, ...others] = await outbox.claimDue(10);
  expect(others).toEqual([]);
  expect(delivery).toMatchObject({ webhookId: webhook.webhookId, url: input.url, secret, attempt: 1 });
  expect(JSON.parse(delivery!.body)).toMatchObject({ kind: 'kitchen.violation', data: { phase: 'opened' } });
});

test('two dispatchers never claim the same message, and a claim that was forgotten comes back', async () => {
  const { outbox } = fixture.storage;
  await outbox.createWebhook(input);
  await raise(10);
  const claims = await Promise.all([outbox.claimDue(6), outbox.claimDue(6)]);
  const ids = claims.flat().map(({ deliveryId }) => deliveryId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length + (await outbox.claimDue(10)).length).toBe(10);
  expect(await outbox.claimDue(10)).toEqual([]);
  clock.advance(61_000);
  expect(await outbox.claimDue(20)).toHaveLength(10);
});

test('a failed message is tried again, later each time, and given up after a day', async () => {
  const { outbox } = fixture.storage;
  await outbox.createWebhook(input);
  await raise(1);
  const startMs = clock.nowMs();
  let attempts = 0;
  const delaysMs: number[] = [];
  while (clock.nowMs() - startMs < 30 * 3_600_000) {
    const [delivery] = await outbox.claimDue(1);
    if (delivery) {
      expect(delivery.attempt).toBe(++attempts);
      delaysMs.push(clock.nowMs() - startMs);
      await outbox.markFailed(delivery.deliveryId, 'answered 500');
    }
    clock.advance(delaysMs.length < 8 ? 2000 : 600_000);
  }
  expect(delaysMs[1]! - delaysMs[0]!).toBeLessThan(8000);
  expect(attempts).toBeGreaterThan(25);
  expect(delaysMs.at(-1)!).toBeLessThan(25 * 3_600_000);
  expect(await outbox.listWebhooks()).toMatchObject([
    { pending: 0, failed: 1, delivered: 0, lastError: 'answered 500' },
  ]);
});

test('the list counts what became of messages, and a removed subscription takes its own with it', async () => {
  const { outbox } = fixture.storage;
  const { webhook } = await outbox.createWebhook(input);
  await raise(2);
  const [first] = await outbox.claimDue(1);
  await outbox.markDelivered(first!.deliveryId);
  const { createdBy, kinds, name, url } = input;
  expect(await outbox.listWebhooks()).toEqual([
    { ...webhook, createdBy, kinds, name, url, pending: 1, delivered: 1, failed: 0, lastError: undefined },
  ]);
  await outbox.removeWebhook(webhook.webhookId);
  clock.advance(120_000);
  expect(await outbox.claimDue(10)).toEqual([]);
  await expect(outbox.removeWebhook(webhook.webhookId)).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' });
});
