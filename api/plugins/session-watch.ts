import type { FastifyRequest } from 'fastify';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Role } from '../contract/session.ts';
import { SESSION_COOKIE, type SessionCache } from './auth.ts';

const CHECK_MS = 15_000;

/**
 * For what outlives its request (WebSocket, event stream): calls `onEnded` once, soon after the session ended or its user
 * got another role. While the database is away nobody is put out.
 * @returns a function that ends the watch
 */
export function watchSession(
  request: FastifyRequest,
  deps: { readonly sessions: SessionCache; readonly clock: Clock },
  onEnded: () => void,
): () => void {
  return watchToken(request.cookies[SESSION_COOKIE] ?? '', request.sessionUser?.role, deps, onEnded);
}

/** The same, of the session with this token. */
export function watchToken(
  token: string,
  role: Role | undefined,
  { sessions, clock }: { readonly sessions: SessionCache; readonly clock: Clock },
  onEnded: () => void,
): () => void {
  let isStopped = false;
  let timer: { cancel(): void };
  const check = async (): Promise<void> => {
    const stillThere = await sessions.find(token, clock.nowMs()).then(
      (user) => user?.role === role,
      () => true,
    );
    if (isStopped) return;
    if (stillThere) next();
    else onEnded();
  };
  const next = (): void => {
    timer = clock.setTimeout(() => void check(), CHECK_MS);
  };
  next();
  return () => {
    isStopped = true;
    timer.cancel();
  };
}
