import { createHash, randomBytes } from 'node:crypto';
import { passwordDigest } from '../onvif/soap-message.ts';
import { find, parseTime, textAt, type XmlElement } from '../onvif/xml.ts';
import { type Credentials, type DigestAlgorithm, digestResponse, parseChallenges } from '../rtsp/rtsp-auth.ts';

/** What a simulated device takes as proof of the password. */
export type OnvifAuthentication = 'token' | 'digest' | 'both';

const REALM = 'Vantage simulated device';
const TOKEN_VALID_MS = 10_000;
const KEPT_PROOFS = 1000;
/** Clients that draw their nonce from the clock (libonvif: one seed each second) make the same token twice within a millisecond. */
const TWIN_MS = 1000;

/** The device's side of WS-UsernameToken and of HTTP Digest with `qop=auth`. */
export class OnvifSignIn {
  readonly #credentials: Credentials;
  readonly #scheme: OnvifAuthentication;
  readonly #algorithm: DigestAlgorithm;
  readonly #nonce = randomBytes(16).toString('hex');
  /** When each was first used, in ms on the device's clock. */
  readonly #usedProofs = new Map<string, number>();

  constructor(credentials: Credentials, scheme: OnvifAuthentication, algorithm: DigestAlgorithm) {
    this.#credentials = credentials;
    this.#scheme = scheme;
    this.#algorithm = algorithm;
  }

  /** The WWW-Authenticate header of a 401; undefined when the device knows the token alone. */
  get challenge(): string | undefined {
    return this.#scheme === 'token'
      ? undefined
      : `Digest realm="${REALM}", qop="auth", nonce="${this.#nonce}", algorithm=${this.#algorithm}`;
  }

  /** A token is good within seconds of its making, on the clock of the device, and once; a twin that follows at once is let pass. */
  allowsToken(header: XmlElement | undefined, deviceNowMs: number): boolean {
    const token = find(header, 'Security', 'UsernameToken');
    const created = textAt(token, 'Created');
    const nonce = textAt(token, 'Nonce');
    const createdMs = parseTime(created);
    if (this.#scheme === 'digest' || !token || created === undefined || nonce === undefined) return false;
    if (createdMs === undefined || Math.abs(createdMs - deviceNowMs) > TOKEN_VALID_MS) return false;
    const proof = `${nonce} ${created}`;
    const usedMs = this.#usedProofs.get(proof) ?? deviceNowMs;
    if (deviceNowMs - usedMs > TWIN_MS || textAt(token, 'Username') !== this.#credentials.username) return false;
    const expected = passwordDigest(Buffer.from(nonce, 'base64'), created, this.#credentials.password);
    if (!isSame(textAt(token, 'Password') ?? '', expected)) return false;
    if (this.#usedProofs.size >= KEPT_PROOFS) this.#usedProofs.clear();
    this.#usedProofs.set(proof, usedMs);
    return true;
  }

  allowsDigest(method: string, authorization: string | undefined): boolean {
    if (this.#scheme === 'token' || authorization === undefined) return false;
    const [answer] = parseChallenges([authorization]);
    if (answer?.scheme !== 'digest') return false;
    const value = (name: string): string => answer.parameters.get(name) ?? '';
    if (value('nonce') !== this.#nonce || value('username') !== this.#credentials.username) return false;
    const expected = digestResponse({
      ...this.#credentials,
      algorithm: this.#algorithm,
      realm: REALM,
      nonce: this.#nonce,
      method,
      uri: value('uri'),
      qop: { cnonce: value('cnonce'), nc: value('nc') },
    });
    return isSame(value('response'), expected);
  }
}

/** Hashed first, so that the time tells nothing. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
  return hash(given) === hash(expected);
}
