import { createHmac, timingSafeEqual } from 'node:crypto';

/** `v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`. */
export function signWebhook(secret: string, timestampSeconds: number, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex')}`;
}

/** For receivers: true when the signature fits and the message is at most `toleranceSeconds` old. */
export function verifyWebhook(
  message: {
    readonly secret: string;
    readonly timestampSeconds: number;
    readonly body: string;
    readonly signature: string;
  },
  nowSeconds: number,
  toleranceSeconds = 300,
): boolean {
  if (Math.abs(nowSeconds - message.timestampSeconds) > toleranceSeconds) return false;
  const expected = Buffer.from(signWebhook(message.secret, message.timestampSeconds, message.body));
  const given = Buffer.from(message.signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
