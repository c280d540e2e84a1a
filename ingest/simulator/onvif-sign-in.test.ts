import { expect, test } from 'vitest';
import { writeEnvelope } from '../onvif/soap-message.ts';
import { find, parseXml, type XmlElement } from '../onvif/xml.ts';
import { OnvifSignIn } from './onvif-sign-in.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const PASSWORD = 'kitchen-door-7';

function tokenOf(password: string): XmlElement | undefined {
  const credentials = { username: 'admin', password };
  return find(parseXml(writeEnvelope({ body: '', credentials, deviceTimeMs: NOW_MS })), 'Header');
}

const newSignIn = (): OnvifSignIn => new OnvifSignIn({ username: 'admin', password: PASSWORD }, 'token', 'MD5');

test('a token is taken with the right password alone, and while it is fresh', () => {
  expect(newSignIn().allowsToken(tokenOf(PASSWORD), NOW_MS)).toBe(true);
  expect(newSignIn().allowsToken(tokenOf('another'), NOW_MS)).toBe(false);
  expect(newSignIn().allowsToken(tokenOf(PASSWORD), NOW_MS + 11_000)).toBe(false);
  expect(newSignIn().allowsToken(undefined, NOW_MS)).toBe(false);
});

test('the same token again is a twin within a second, and a replay after it', () => {
  const [signIn, token] = [newSignIn(), tokenOf(PASSWORD)];
  expect(signIn.allowsToken(token, NOW_MS)).toBe(true);
  expect(signIn.allowsToken(token, NOW_MS + 900)).toBe(true);
  expect(signIn.allowsToken(token, NOW_MS + 1100)).toBe(false);
});
