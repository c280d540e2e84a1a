import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { toAppError } from '#infra/runtime/app-error.ts';
import { streamingErrors } from '#streaming/errors.ts';
import { hubToShow } from '#streaming/live-source.ts';
import { Fmp4Channel } from '#streaming/live/fmp4-channel.ts';
import { ViewerSession } from '#streaming/webrtc/viewer-session.ts';
import type { ApiDeps } from '../api-deps.ts';
import { KeyFramesRequest } from '../contract/key-frames.ts';
import { LiveWays } from '../contract/live.ts';
import { keyFrameAnswer } from '../key-frame-answer.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser, type SessionCache } from '../plugins/auth.ts';
import { watchSession } from '../plugins/session-watch.ts';

/** A browser that does not answer a ping within this time is gone. */
const PING_MS = 15_000;
const QUIET_MS = 3_000;

export function addLiveRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  { looks, sessions }: { readonly looks: Looks; readonly sessions: SessionCache },
): void {
  const { relay, log, clock } = deps;

  /** A session that ends takes its live pictures with it. */
  function endWithSession(socket: WebSocket, request: FastifyRequest): void {
    socket.on(
      'close',
      watchSession(request, { sessions, clock }, () => socket.close(1008, 'NOT_SIGNED_IN')),
    );
  }

  app.get(
    '/api/live/ways',
    { schema: { tags: ['live'], response: { 200: LiveWays } }, preValidation: requirePermission('wall.view') },
    () => {
      if (relay) return { webrtc: true };
      const { text } = streamingErrors.WEBRTC_WORKER_MISSING;
      return { webrtc: false, reasonEn: text.en, reasonZh: text.zh };
    },
  );

  app.post<{ Body: KeyFramesRequest }>(
    '/api/live/key-frames',
    {
      schema: {
        tags: ['live'],
        body: KeyFramesRequest,
        description:
          'The newest key frame of each camera, not decoded: two lengths (32 bits, big endian), a head as JSON, the picture (Annex B); and again for the next.',
      },
      preValidation: requirePermission('wall.view', 'kitchen.review', 'camera.manage'),
    },
    (request, reply) => {
      const user = requireUser(request);
      const noteLook = (id: string): Promise<void> =>
        looks.note(user, { action: 'live.still', target: id, detail: {} }, { key: id, withinMs: 60_000 });
      return reply
        .header('content-type', 'application/octet-stream')
        .header('cache-control', 'no-store')
        .send(keyFrameAnswer(deps.cameras, request.body.cameras, noteLook));
    },
  );

  app.get(
    '/api/live/webrtc',
    { websocket: true, schema: { hide: true }, preValidation: requirePermission('wall.view') },
    (socket, request) => {
      const user = request.sessionUser;
      if (!relay || !user) {
        socket.close(1011, 'WEBRTC_WORKER_MISSING');
        return;
      }
      let session: ViewerSession;
      try {
        session = new ViewerSession({
          workers: relay.workers,
          producers: relay.producers,
          config: deps.streamingConfig,
          clock,
          log,
          send: (message) => socket.send(JSON.stringify(message)),
          authorizeWatch: (cameraId) =>
            looks.note(user, { action: 'live.watch', target: cameraId, detail: { way: 'webrtc' } }),
        });
      } catch (thrown) {
        socket.close(1013, toAppError(thrown).code);
        return;
      }
      keepAlive(socket);
      endWithSession(socket, request);
      socket.on('message', (data: Buffer) => session.receive(data.toString('utf8')));
      socket.on('close', () => session.close());
      socket.on('error', () => session.close());
    },
  );

  app.get<{ Querystring: { camera?: string; stream?: string } }>(
    '/api/live/fmp4',
    { websocket: true, schema: { hide: true }, preValidation: requirePermission('wall.view') },
    async (socket, request) => {
      const user = request.sessionUser;
      const cameraId = request.query.camera ?? '';
      const { stream } = request.query;
      const hub = hubToShow(deps.cameras, cameraId, stream === 'main' || stream === 'sub' ? stream : undefined);
      if (!hub || !user) {
        const { text } = streamingErrors.LIVE_CAMERA_NOT_HERE;
        socket.send(
          JSON.stringify({ type: 'ended', code: 'LIVE_CAMERA_NOT_HERE', titleEn: text.en, titleZh: text.zh }),
        );
        socket.close(1008);
        return;
      }
      keepAlive(socket);
      endWithSession(socket, request);
      // Listeners first: the browser may leave while the look is written to the audit log.
      let channel: Fmp4Channel | undefined;
      let quiet: ReturnType<typeof tellQuiet> | undefined;
      let isClosed = false;
      const close = (): void => {
        isClosed = true;
        quiet?.cancel();
        channel?.close();
      };
      socket.on('close', close);
      socket.on('error', close);
      try {
        await looks.note(user, { action: 'live.watch', target: cameraId, detail: { way: 'fmp4' } });
      } catch (thrown) {
        // No look without its trace: while not even the local disk takes it, no new tile opens.
        const { code, text } = toAppError(thrown);
        socket.send(JSON.stringify({ type: 'ended', code, titleEn: text.en, titleZh: text.zh }));
        socket.close(1013);
        return;
      }
      if (isClosed) return;
      quiet = tellQuiet(socket);
      const { noteSent } = quiet;
      channel = new Fmp4Channel({
        hub,
        socket: {
          sendText: (text) => socket.send(text),
          sendBinary: (data) => {
            noteSent();
            socket.send(data);
          },
          get bufferedBytes() {
            return socket.bufferedAmount;
          },
        },
      });
    },
  );
}

/** A page cannot see pings: by these words it tells a camera that sends nothing from a connection that is dead. */
function tellQuiet(socket: WebSocket): { readonly noteSent: () => void; readonly cancel: () => void } {
  let isQuiet = true;
  const timer = setInterval(() => {
    if (isQuiet && socket.bufferedAmount === 0) socket.send(JSON.stringify({ type: 'quiet' }));
    isQuiet = true;
  }, QUIET_MS);
  return {
    noteSent: () => {
      isQuiet = false;
    },
    cancel: () => clearInterval(timer),
  };
}

function keepAlive(socket: WebSocket): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('close', () => clearInterval(timer));
}
