import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One offer of a WWW-Authenticate header. Parameter names in lower case, values unquoted. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export type DigestAlgorithm = 'MD5' | 'SHA-256';

export interface DigestInput extends Credentials {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** Absent for servers of RFC 2069, which know no quality of protection. */
  readonly qop?: { readonly cnonce: string; readonly nc: string } | undefined;
}

const MAX_HEADER_LENGTH = 4096;
// token = value, where the value is quoted (with \-escapes) or a bare token.
const PARAMETER = /\s*,?\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SCHEME = /\s*,?\s*([A-Za-z][A-Za-z0-9-]*)(?=\s|,|$)/y;

/** Reads all challenges of all WWW-Authenticate headers; what cannot be read is left out. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const header of headers) {
    if (header.length > MAX_HEADER_LENGTH) continue;
    let position = 0;
    while (position < header.length) {
      const current = challenges.at(-1);
      PARAMETER.lastIndex = position;
      const parameter = PARAMETER.exec(header);
      if (parameter && current && position > 0) {
        const value = parameter[2]?.replaceAll(/\\(.)/g, '$1') ?? parameter[3] ?? '';
        current.parameters.set((parameter[1] ?? '').toLowerCase(), value);
        position = PARAMETER.lastIndex;
        continue;
      }
      SCHEME.lastIndex = position;
      const scheme = SCHEME.exec(header);
      if (!scheme) break;
      challenges.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map() });
      position = SCHEME.lastIndex;
    }
  }
  return challenges;
}

/**
 * The `response` of a Digest; the server computes the same to verify.
 * @returns lower-case hexadecimal
 * @see RFC 7616 §3.4, RFC 2069 §2.1.1
 */
export function digestResponse(input: DigestInput): string {
  const hash = (text: string): string =>
    createHash(input.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text, 'utf8')
      .digest('hex');
  const ha1 = hash(`${input.username}:${input.realm}:${input.password}`);
  const ha2 = hash(`${input.method}:${input.uri}`);
  const middle = input.qop ? `${input.nonce}:${input.qop.nc}:${input.qop.cnonce}:auth` : input.nonce;
  return hash(`${ha1}:${middle}:${ha2}`);
}

/**
 * Answers the challenges of one connection: the strongest known scheme that is offered, SHA-256 before MD5 before Basic.
 * @see RFC 7617, RFC 7616
 */
export class RtspAuthenticator {
  readonly #credentials: Credentials | undefined;
  readonly #makeCnonce: () => string;
  #chosen: Challenge | undefined;
  #nonceCount = 0;
  #wasAccepted = false;

  constructor(credentials: Credentials | undefined, makeCnonce: () => string = () => randomBytes(8).toString('hex')) {
    this.#credentials = credentials;
    this.#makeCnonce = makeCnonce;
  }

  /**
   * Takes in a 401.
   * @returns true when the request is worth sending again: the first challenge, a nonce that only went stale, or a new
   * nonce in place of one that was good (servers let them run out without saying stale)
   */
  accept(headers: readonly string[]): boolean {
    const challenges = parseChallenges(headers);
    const best = strongest(challenges);
    if (!best || !this.#credentials) return false;
    const isFresh = this.#chosen === undefined;
    const isOtherNonce = best.parameters.get('nonce') !== this.#chosen?.parameters.get('nonce');
    const isStale = isOtherNonce && (this.#wasAccepted || best.parameters.get('stale')?.toLowerCase() === 'true');
    this.#chosen = best;
    this.#nonceCount = 0;
    this.#wasAccepted = false;
    return isFresh || isStale;
  }

  /** The server answered something else than 401: what was sent, if anything, was right. */
  wasAccepted(): void {
    this.#wasAccepted = this.#chosen !== undefined;
  }

  /** The Authorization header of a request, or undefined while the server has not asked for one. */
  authorization(method: string, uri: string): string | undefined {
    const chosen = this.#chosen;
    const credentials = this.#credentials;
    if (!chosen || !credentials) return undefined;
    if (chosen.scheme === 'basic') {
      return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`;
    }
    const realm = chosen.parameters.get('realm') ?? '';
    const nonce = chosen.parameters.get('nonce') ?? '';
    const algorithm = algorithmOf(chosen) ?? 'MD5';
    const nc = (++this.#nonceCount).toString(16).padStart(8, '0');
    const qop = offersAuth(chosen) ? { cnonce: this.#makeCnonce(), nc } : undefined;
    const response = digestResponse({ ...credentials, algorithm, realm, nonce, method, uri, qop });
    const opaque = chosen.parameters.get('opaque');
    return [
      `Digest username=${quote(credentials.username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${response}"`,
      ...(chosen.parameters.has('algorithm') ? [`algorithm=${algorithm}`] : []),
      ...(qop ? [`qop=auth`, `nc=${qop.nc}`, `cnonce="${qop.cnonce}"`] : []),
      ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ].join(', ');
  }
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function algorithmOf(challenge: Challenge): DigestAlgorithm | undefined {
  const name = (challenge.parameters.get('algorithm') ?? 'MD5').toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : undefined;
}

function offersAuth(challenge: Challenge): boolean {
  const qop = challenge.parameters.get('qop');
  return qop !== undefined && qop.split(',').some((one) => one.trim().toLowerCase() === 'auth');
}

function strength(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 1;
  if (challenge.scheme !== 'digest' || !challenge.parameters.get('nonce')) return 0;
  const qop = challenge.parameters.get('qop');
  if (qop && !offersAuth(challenge)) return 0;
  const algorithm = algorithmOf(challenge);
  if (algorithm === 'SHA-256') return 3;
  return algorithm === 'MD5' ? 2 : 0;
}

function strongest(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.filter((one) => strength(one) > 0).sort((a, b) => strength(b) - strength(a))[0];
}
