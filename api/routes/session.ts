import type { FastifyInstance, FastifyReply } from 'fastify';
import { SESSION_IDLE_MS } from '#storage/users/session-repository.ts';
import type { ApiDeps } from '../api-deps.ts';
import { ChangePassword, Session, SignIn } from '../contract/session.ts';
import { apiErrors } from '../errors.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requireUser, SESSION_COOKIE, type SessionCache, type SessionUser } from '../plugins/auth.ts';
import { iso } from '../time-range.ts';

export function addSessionRoutes(app: FastifyInstance, deps: ApiDeps, sessions: SessionCache): void {
  const { storage, config } = deps;
  const cookieOptions = {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: config.publicOrigin.startsWith('https://'),
  } as const;

  app.post<{ Body: SignIn }>(
    '/api/session',
    {
      schema: { tags: ['session'], security: [], body: SignIn, response: { 200: Session } },
      config: { isOpen: true, rateLimit: { max: config.signInsPerMinute, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = await storage.users.authenticate(request.body.username, request.body.password);
      await storage.audit.append({
        userId: user?.userId ?? '',
        username: user?.username ?? request.body.username,
        action: user ? 'session.signin' : 'session.refused',
        target: 'session',
        detail: { address: request.ip },
      });
      if (!user) throw apiErrors.SIGN_IN_REFUSED();
      const { token, expiresAtMs } = await storage.sessions.create(user.userId);
      void reply.setCookie(SESSION_COOKIE, token, { ...cookieOptions, maxAge: SESSION_IDLE_MS / 1000 });
      return toSession({ id: user.userId, username: user.username, role: user.role, expiresAtMs });
    },
  );

  app.get('/api/session', { schema: { tags: ['session'], response: { 200: Session } } }, (request) =>
    toSession(requireUser(request)),
  );

  app.delete('/api/session', { schema: { tags: ['session'] }, config: { isOpen: true } }, async (request, reply) => {
    const token = request.cookies[SESSION_COOKIE];
    if (token) {
      sessions.forget(token);
      await storage.sessions.delete(token);
    }
    return endSession(reply);
  });

  app.post<{ Body: ChangePassword }>(
    '/api/session/password',
    {
      schema: { tags: ['session'], body: ChangePassword },
      config: { rateLimit: { max: config.signInsPerMinute, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = requireUser(request);
      if (!(await storage.users.authenticate(user.username, request.body.current)))
        throw apiErrors.SIGN_IN_REFUSED({ field: 'current' });
      const token = request.cookies[SESSION_COOKIE] ?? '';
      const session = await storage.sessions.find(token);
      await storage.users.setPassword(user.id, request.body.next, session?.tokenHash);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'session.password',
        target: user.username,
        detail: {},
      });
      return reply.status(204).send();
    },
  );

  function endSession(reply: FastifyReply): FastifyReply {
    return reply.clearCookie(SESSION_COOKIE, cookieOptions).status(204).send();
  }
}

function toSession(user: SessionUser): Session {
  return {
    userId: user.id,
    username: user.username,
    role: user.role,
    permissions: [...PERMISSIONS[user.role]],
    expiresAt: iso(user.expiresAtMs),
  };
}
