import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { streamingErrors } from '#streaming/errors.ts';
import { WhepSession } from '#streaming/whep/whep-session.ts';
import type { ApiDeps } from '../api-deps.ts';
import { LiveToken, LiveTokenRequest } from '../contract/live.ts';
import { apiErrors } from '../errors.ts';
import type { LiveTokens } from '../live-tokens.ts';
import type { Looks } from '../looks.ts';
import {
  requirePermission,
  requireUser,
  SESSION_COOKIE,
  type SessionCache,
  type SessionUser,
} from '../plugins/auth.ts';
import { watchToken } from '../plugins/session-watch.ts';
import { iso } from '../time-range.ts';

const SDP = 'application/sdp';
/** Taken only to be refused in the right words. */
const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';
const MAX_SDP_BYTES = 64 * 1024;
const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 60;

const Params = Type.Object({ cameraId: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const SessionParams = Type.Object({
  cameraId: Type.String({ maxLength: 64 }),
  sessionId: Type.String({ maxLength: 64 }),
});
type SessionParams = Static<typeof SessionParams>;

interface Running {
  readonly session: WhepSession;
  readonly user: SessionUser;
  readonly cameraId: string;
}

/**
 * Live pictures for players that are not our page, with the same permission and the same trace in the audit log as a tile.
 * @see draft-ietf-wish-whep
 */
export function addWhepRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  { looks, sessions, tokens }: { readonly looks: Looks; readonly sessions: SessionCache; readonly tokens: LiveTokens },
): void {
  const { relay, clock, cameras, streamingConfig } = deps;
  const running = new Map<string, Running>();
  const mayWatch = requirePermission('wall.view');
  const tags = ['live'];
  app.addContentTypeParser(
    [SDP, SDP_FRAGMENT],
    { parseAs: 'string', bodyLimit: MAX_SDP_BYTES },
    (_request, body, done) => {
      done(null, body);
    },
  );
  app.addHook('onClose', async () => {
    for (const { session } of running.values()) session.close();
  });

  app.post<{ Body: LiveTokenRequest }>(
    '/api/live/tokens',
    {
      schema: {
        tags,
        body: LiveTokenRequest,
        response: { 201: LiveToken },
        description: 'A token for a WHEP player; it ends with its time or with your session.',
      },
      preValidation: mayWatch,
    },
    (request, reply) => {
      const { cameraId, minutes = DEFAULT_MINUTES } = request.body;
      if (!cameras.hub(cameraId)) throw streamingErrors.LIVE_CAMERA_NOT_HERE({ cameraId });
      const grant = { sessionToken: request.cookies[SESSION_COOKIE] ?? '', cameraId };
      const ends = { lifeMs: minutes * MINUTE_MS, notAfterMs: requireUser(request).expiresAtMs };
      const { token, expiresAtMs } = tokens.issue(grant, ends);
      const path = `/api/live/whep/${encodeURIComponent(cameraId)}`;
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ token, path, expiresAt: iso(expiresAtMs) });
    },
  );

  app.post<{ Params: Params }>(
    '/api/live/whep/:cameraId',
    {
      schema: {
        tags,
        params: Params,
        description: 'WHEP: an SDP offer as application/sdp; 201 with the answer, and the session in Location.',
      },
      config: { takesLiveToken: true },
      preValidation: mayWatch,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId } = request.params;
      requireSameCamera(request, cameraId);
      const offer = request.body;
      if (typeof offer !== 'string') throw streamingErrors.WHEP_OFFER_INVALID({ reason: `send ${SDP}` });
      if (!relay) throw streamingErrors.WEBRTC_WORKER_MISSING();
      relay.producers.requireHub(cameraId);
      if ([...running.values()].filter((one) => one.user.id === user.id).length >= streamingConfig.tilesPerViewer)
        throw streamingErrors.LIVE_TOO_MANY_VIEWERS();
      let stopWatching = (): void => undefined;
      const session: WhepSession = new WhepSession({
        ...{ workers: relay.workers, producers: relay.producers, clock, cameraId },
        onEnded: () => {
          running.delete(session.id);
          stopWatching();
        },
      });
      running.set(session.id, { session, user, cameraId });
      try {
        await looks.note(user, { action: 'live.watch', target: cameraId, detail: { way: 'whep' } });
        const answer = await session.answer(offer);
        stopWatching = watchToken(sessionTokenOf(request), user.role, { sessions, clock }, () => session.close());
        return await reply
          .code(201)
          .header('content-type', SDP)
          .header('location', `/api/live/whep/${encodeURIComponent(cameraId)}/${session.id}`)
          .header('cache-control', 'no-store')
          .send(answer);
      } catch (error) {
        session.close();
        throw error;
      }
    },
  );

  app.delete<{ Params: SessionParams }>(
    '/api/live/whep/:cameraId/:sessionId',
    {
      schema: { tags, params: SessionParams, description: 'WHEP: ends a session.' },
      config: { takesLiveToken: true },
      preValidation: mayWatch,
    },
    (request, reply) => {
      const { cameraId, sessionId } = request.params;
      requireSameCamera(request, cameraId);
      const found = running.get(sessionId);
      if (found?.user.id !== requireUser(request).id || found.cameraId !== cameraId) throw apiErrors.NOT_FOUND();
      found.session.close();
      return reply.code(200).send();
    },
  );

  // Not in the API page: it is only there to say no in the words of the standard.
  app.patch<{ Params: SessionParams }>(
    '/api/live/whep/:cameraId/:sessionId',
    { schema: { hide: true }, config: { takesLiveToken: true }, preValidation: mayWatch },
    (_request, reply) => {
      const { code, text } = streamingErrors.WHEP_NO_PATCH();
      return reply
        .code(405)
        .header('allow', 'DELETE')
        .header('content-type', 'application/problem+json')
        .send({ title: text.en, titleZh: text.zh, remedy: text.remedyEn, remedyZh: text.remedyZh, status: 405, code });
    },
  );
}

/** A token is for one camera. */
function requireSameCamera({ liveGrant }: FastifyRequest, cameraId: string): void {
  if (liveGrant && liveGrant.cameraId !== cameraId) throw apiErrors.NOT_ALLOWED({ cameraId });
}

function sessionTokenOf(request: FastifyRequest): string {
  return request.liveGrant?.sessionToken ?? request.cookies[SESSION_COOKIE] ?? '';
}
