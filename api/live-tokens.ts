import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';

const LIMIT = 10_000;

/** What a token lets somebody do: watch one camera in the name of a user, while that user's session lasts. */
export interface LiveGrant {
  /** Of the user's own session. */
  readonly sessionToken: string;
  readonly cameraId: string;
  readonly expiresAtMs: number;
}

/**
 * Tokens for players that are not our page. They live in memory only, as their hash: after a restart of the server a new one
 * is asked for.
 */
export class LiveTokens {
  readonly #clock: Clock;
  readonly #grants = new Map<string, LiveGrant>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param ends `notAfterMs`: when the user's session ends */
  issue(
    grant: Omit<LiveGrant, 'expiresAtMs'>,
    ends: { readonly lifeMs: number; readonly notAfterMs: number },
  ): { readonly token: string; readonly expiresAtMs: number } {
    const nowMs = this.#clock.nowMs();
    for (const [key, { expiresAtMs }] of this.#grants) if (expiresAtMs <= nowMs) this.#grants.delete(key);
    for (const key of this.#grants.keys()) {
      if (this.#grants.size < LIMIT) break;
      this.#grants.delete(key);
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = Math.min(nowMs + ends.lifeMs, ends.notAfterMs);
    this.#grants.set(hashOf(token), { ...grant, expiresAtMs });
    return { token, expiresAtMs };
  }

  /** @returns undefined for one that is unknown or over */
  find(token: string): LiveGrant | undefined {
    const grant = this.#grants.get(hashOf(token));
    return grant && grant.expiresAtMs > this.#clock.nowMs() ? grant : undefined;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
