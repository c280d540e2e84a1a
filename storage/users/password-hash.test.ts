import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

const cost = { N: 1024, r: 8, p: 1 };

test('knows the password again, however its accents were typed, and no other', async () => {
  const hash = await hashPassword('Café 京', cost);
  expect(hash).toMatch(/^scrypt\$1024\$8\$1\$/);
  expect(await verifyPassword('Cafe\u0301 京', hash)).toBe(true);
  expect(await verifyPassword('Cafe 京', hash)).toBe(false);
  expect(await hashPassword('Café 京', cost)).not.toBe(hash);
});

test.each(['', 'plain', 'scrypt$1024$8$1', 'md5$1$1$1$YQ$YQ'])('nothing fits the damaged hash %j', async (hash) => {
  expect(await verifyPassword('', hash)).toBe(false);
});

test('takes work by default', async () => {
  expect(await hashPassword('x')).toMatch(/^scrypt\$32768\$8\$3\$/);
});
