import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Credentials, digestResponse, parseChallenges } from '../rtsp/rtsp-auth.ts';

export type AuthenticationScheme = 'digest' | 'basic' | 'both';

const REALM = 'Vantage simulated camera';

/** The server's side of RTSP authentication, for one connection: it makes the nonce and checks the answers to it. */
export class CredentialGuard {
  readonly #scheme: AuthenticationScheme;
  readonly #nonce = randomBytes(16).toString('hex');

  constructor(scheme: AuthenticationScheme) {
    this.#scheme = scheme;
  }

  /** WWW-Authenticate headers of a 401. */
  get challenges(): readonly string[] {
    const digest = `Digest realm="${REALM}", nonce="${this.#nonce}", algorithm=MD5`;
    const basic = `Basic realm="${REALM}"`;
    return this.#scheme === 'both' ? [digest, basic] : [this.#scheme === 'digest' ? digest : basic];
  }

  /** @param authorization the header's value */
  isAllowed(method: string, authorization: string | undefined, credentials: Credentials): boolean {
    if (authorization === undefined) return false;
    if (/^basic /i.test(authorization)) {
      const expected = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64');
      return this.#scheme !== 'digest' && isSame(authorization.slice(6).trim(), expected);
    }
    const [answer] = parseChallenges([authorization]);
    if (this.#scheme === 'basic' || answer?.scheme !== 'digest') return false;
    const value = (name: string): string => answer.parameters.get(name) ?? '';
    if (value('username') !== credentials.username || value('nonce') !== this.#nonce) return false;
    const expected = digestResponse({
      ...credentials,
      algorithm: 'MD5',
      realm: REALM,
      nonce: this.#nonce,
      method,
      uri: value('uri'),
      qop: answer.parameters.has('qop') ? { cnonce: value('cnonce'), nc: value('nc') } : undefined,
    });
    return isSame(value('response'), expected);
  }
}

function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(expected, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
