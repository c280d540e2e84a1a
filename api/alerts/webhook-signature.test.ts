import { expect, test } from 'vitest';
import { signWebhook, verifyWebhook } from './webhook-signature.ts';

const message = { secret: 'k', timestampSeconds: 1000, body: '{"a":1}', signature: signWebhook('k', 1000, '{"a":1}') };

test('a message is accepted with its own signature', () => {
  expect(verifyWebhook(message, 1010)).toBe(true);
});

test('a changed body, another secret, an old message and a cut signature are refused', () => {
  expect(verifyWebhook({ ...message, body: '{"a":2}' }, 1010)).toBe(false);
  expect(verifyWebhook({ ...message, secret: 'l' }, 1010)).toBe(false);
  expect(verifyWebhook(message, 1000 + 301)).toBe(false);
  expect(verifyWebhook({ ...message, signature: message.signature.slice(0, -1) }, 1010)).toBe(false);
});
