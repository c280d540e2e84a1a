import type { FastifyInstance, FastifyReply, FastifyRequest, preValidationAsyncHookHandler } from 'fastify';
import type { ApiConfig } from '../config.ts';
import type { Permission, Role } from '../contract/session.ts';
import { apiErrors } from '../errors.ts';
import type { LiveGrant, LiveTokens } from '../live-tokens.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requireSameOrigin } from './same-origin.ts';

export const SESSION_COOKIE = 'vantage_session';

export interface SessionUser {
  readonly id: string;
  readonly username: string;
  readonly role: Role;
  readonly expiresAtMs: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request that carries a valid session. */
    sessionUser: SessionUser | undefined;
    /** Set on a request that came with a token for live pictures in place of a session. */
    liveGrant: LiveGrant | undefined;
  }
  interface FastifyContextConfig {
    /** A route of the API that needs no session. */
    isOpen?: boolean;
    /** A route for players that are not our page: `Authorization: Bearer` with a token of `LiveTokens` will do. */
    takesLiveToken?: boolean;
  }
}

/** Finds the session of a token. */
export type FindSession = (token: string) => Promise<SessionUser | undefined>;

/** A session found is believed for this long, so that a wall of tiles does not ask the database at each picture. */
const CACHE_MS = 5_000;
const CACHE_LIMIT = 10_000;
/** A database that does not answer is not waited for longer, where the session is known. */
const FIND_WITHIN_MS = 1500;

export class SessionCache {
  readonly #find: FindSession;
  readonly #entries = new Map<string, { readonly user: SessionUser; readonly foundAtMs: number }>();

  constructor(find: FindSession) {
    this.#find = find;
  }

  async find(token: string, nowMs: number): Promise<SessionUser | undefined> {
    const known = this.#entries.get(token);
    if (known && nowMs - known.foundAtMs < CACHE_MS && nowMs < known.user.expiresAtMs) return known.user;
    try {
      const search = this.#find(token);
      const user = known ? await within(search, FIND_WITHIN_MS) : await search;
      this.#entries.delete(token);
      if (!user) return undefined;
      if (this.#entries.size >= CACHE_LIMIT) this.#entries.clear();
      this.#entries.set(token, { user, foundAtMs: nowMs });
      return user;
    } catch (error) {
      // The database is away: who was signed in a moment ago stays so until the session would end anyway.
      if (known && nowMs < known.user.expiresAtMs) return known.user;
      throw error;
    }
  }

  forget(token: string): void {
    this.#entries.delete(token);
  }
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<T>();
  const timer = setTimeout(() => late.reject(new Error('late')), limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Refuses what another site sent, puts the session's user on each request to the API, and lets nobody else near it: before anything of
 * the request is read or judged, but after it was counted (rate limits are `onRequest` hooks of the routes).
 */
export function addAuth(
  app: FastifyInstance,
  deps: {
    readonly config: ApiConfig;
    readonly sessions: SessionCache;
    readonly liveTokens: LiveTokens;
    nowMs(): number;
  },
): void {
  app.decorateRequest('sessionUser', undefined);
  app.decorateRequest('liveGrant', undefined);
  app.addHook('onRequest', async (request) => {
    requireSameOrigin(request, deps.config.publicOrigin);
  });
  app.addHook('preParsing', async (request) => {
    const { url, config } = request.routeOptions;
    if (!url?.startsWith('/api/') || config.isOpen) return;
    if (config.takesLiveToken) {
      const bearer = /^Bearer ([\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
      request.liveGrant = bearer === undefined ? undefined : deps.liveTokens.find(bearer);
    }
    const token = request.liveGrant?.sessionToken ?? request.cookies[SESSION_COOKIE];
    if (token) request.sessionUser = await deps.sessions.find(token, deps.nowMs());
    requireUser(request);
  });
}

/**
 * A hook that lets only a role with this permission pass.
 * @throws {AppError} `NOT_SIGNED_IN`, `NOT_ALLOWED`
 */
export function requirePermission(...anyOf: Permission[]): preValidationAsyncHookHandler {
  return async (request: FastifyRequest, _reply: FastifyReply) => {
    const user = requireUser(request);
    if (!anyOf.some((permission) => PERMISSIONS[user.role].includes(permission)))
      throw apiErrors.NOT_ALLOWED({ permission: anyOf[0] });
  };
}

/** @throws {AppError} `NOT_SIGNED_IN` */
export function requireUser(request: FastifyRequest): SessionUser {
  if (!request.sessionUser) throw apiErrors.NOT_SIGNED_IN();
  return request.sessionUser;
}
