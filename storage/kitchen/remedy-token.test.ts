import { expect, test } from 'vitest';
import { sealingWith } from '../sealing.ts';
import { readRemedyToken, remedyToken } from './remedy-token.ts';

const sealing = sealingWith(Buffer.alloc(32, 3));
const ticket = { linkId: '01890a5d-ac96-774b-bcce-b302099a8057', expiresAtMs: 1_800_000_000_000 };

test('a token says which link it is and until when, and is the same each time', () => {
  const token = remedyToken(sealing, ticket);
  expect(readRemedyToken(sealing, token)).toEqual(ticket);
  expect(remedyToken(sealing, ticket)).toBe(token);
  expect(token).toMatch(/^[\w-]{72}$/);
});

test('one that was changed in any bit, cut, prolonged or made with another key is none', () => {
  const token = remedyToken(sealing, ticket);
  const bytes = Buffer.from(token, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(readRemedyToken(sealing, changed.toString('base64url'))).toBeUndefined();
  }
  for (const text of ['', 'x', token.slice(0, -1), `${token}A`, `${token}=`, ` ${token}`, token.replace(/.$/, '*')])
    expect(readRemedyToken(sealing, text)).toBeUndefined();
  expect(readRemedyToken(sealingWith(Buffer.alloc(32, 4)), token)).toBeUndefined();
});

test('what is signed for one purpose is not signed for another', () => {
  const message = Buffer.from('message');
  expect(sealing.sign(message, 'one').equals(sealing.sign(message, 'one'))).toBe(true);
  expect(sealing.sign(message, 'one').equals(sealing.sign(message, 'other'))).toBe(false);
});
