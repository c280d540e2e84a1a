import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import staticFiles from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { ApiDeps } from './api-deps.ts';
import { apiErrors } from './errors.ts';
import { ExportQueue } from './exports/export-queue.ts';
import type { LiveFeed } from './live-feed.ts';
import { LiveTokens } from './live-tokens.ts';
import { Looks } from './looks.ts';
import { PtzLocks } from './ptz-locks.ts';
import { addAuth, SessionCache } from './plugins/auth.ts';
import { addCompression } from './plugins/compression.ts';
import { addProblemDetails } from './plugins/problem-details.ts';
import { addAlertRoutes } from './routes/alerts.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addBookmarkRoutes } from './routes/bookmarks.ts';
import { addCaseRoutes } from './routes/cases.ts';
import { addCaseWorkRoutes } from './routes/case-work.ts';
import { addCameraRoutes } from './routes/cameras.ts';
import { addCameraProbeRoute } from './routes/camera-probe.ts';
import { addCameraControlRoutes } from './routes/camera-control.ts';
import { addCameraSetupRoutes } from './routes/camera-setup.ts';
import { addEventRoutes } from './routes/events.ts';
import { addEvidenceRoutes } from './routes/evidence.ts';
import { addExportRoutes } from './routes/exports.ts';
import { addKitchenRoutes } from './routes/kitchen.ts';
import { addKitchenSetupRoutes } from './routes/kitchen-setup.ts';
import { addKitchenTrialRoutes } from './routes/kitchen-trials.ts';
import { addLiveRoutes } from './routes/live.ts';
import { addRecordingRoutes } from './routes/recordings.ts';
import { addSessionRoutes } from './routes/session.ts';
import { addSightingExportRoute } from './routes/sighting-export.ts';
import { addSightingRoutes } from './routes/sightings.ts';
import { addSystemRoutes } from './routes/system.ts';
import { addWallRoutes } from './routes/wall.ts';
import { addWatchlistRoutes } from './routes/watchlist.ts';
import { addWhepRoutes } from './routes/whep.ts';

/** Who does not let go by then, a player in the middle of a file or a browser that is gone, is cut off. */
const CLOSE_WITHIN_MS = 2000;

/** The only door to the outside: plugins, then routes, and nothing else. */
export async function buildApp(deps: ApiDeps, feed: LiveFeed): Promise<FastifyInstance> {
  const { config, log, storage } = deps;
  const app = Fastify({
    loggerInstance: log.child(
      { part: 'api' },
      { level: log.level === 'info' ? 'warn' : log.level },
    ) as FastifyBaseLogger,
    genReqId: () => uuidv7(),
    bodyLimit: 1_000_000,
    // One proxy of ours at most: what stands further ahead in X-Forwarded-For anybody can write, and slip past the rate limits.
    trustProxy: config.publicOrigin === '' ? false : (_address, hop) => hop === 0,
    // `unit`, `title` and the like are for people and the generated pages.
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, keywords: ['unit'] } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  addProblemDetails(app);
  addCompression(app);
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        frameAncestors: ["'none'"],
        // The server speaks plain HTTP by default; TLS is the proxy's.
        upgradeInsecureRequests: null,
      },
    },
    hsts: config.publicOrigin.startsWith('https://'),
    crossOriginEmbedderPolicy: false,
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    max: config.requestsPerMinute,
    timeWindow: 60_000,
    // By the route: the address may be written in another way (/%61pi/…) and lead to it all the same.
    allowList: (request) => !(request.routeOptions.url ?? '').startsWith('/api/'),
  });
  await app.register(websocket, { options: { maxPayload: 256_000 } });
  endOpenConnections(app, feed);
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Vantage',
        version: deps.version,
        description:
          'Errors are RFC 9457 problems with a stable code. Times are ISO 8601 in UTC. Boxes are 0..1 of the picture.',
      },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'vantage_session' } } },
      security: [{ session: [] }],
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs/api', staticCSP: true });

  const sessions = new SessionCache(async (token) => {
    const session = await storage.sessions.find(token);
    return (
      session && {
        id: session.user.userId,
        username: session.user.username,
        role: session.user.role,
        expiresAtMs: session.expiresAtMs,
      }
    );
  });
  const liveTokens = new LiveTokens(deps.clock);
  addAuth(app, { config, sessions, liveTokens, nowMs: () => deps.clock.nowMs() });
  addSessionRoutes(app, deps, sessions);
  const looks = new Looks({ log: storage.looks, clock: deps.clock });
  addCameraRoutes(app, deps, looks);
  const locks = new PtzLocks(deps.clock, config.ptzLockSeconds * 1000);
  addCameraControlRoutes(app, deps, locks);
  addCameraSetupRoutes(app, deps, locks);
  addCameraProbeRoute(app, deps);
  addLiveRoutes(app, deps, { looks, sessions });
  addWhepRoutes(app, deps, { looks, sessions, tokens: liveTokens });
  addEventRoutes(app, deps, { feed, sessions });
  addRecordingRoutes(app, deps, looks);
  addBookmarkRoutes(app, deps);
  addExportRoutes(app, deps, { looks, queue: openExportQueue(app, deps) });
  addWallRoutes(app, deps, { looks, feed });
  addSightingRoutes(app, deps);
  addSightingExportRoute(app, deps);
  addCaseRoutes(app, deps, looks);
  addCaseWorkRoutes(app, deps);
  addEvidenceRoutes(app, deps, looks);
  addKitchenRoutes(app, deps);
  addKitchenSetupRoutes(app, deps, looks);
  addKitchenTrialRoutes(app, deps, looks);
  addAlertRoutes(app, deps);
  addWatchlistRoutes(app, deps, looks);
  addAuditRoutes(app, deps);
  addSystemRoutes(app, deps);

  // Assets carry their hash in the name; the page that names them must always be the newest.
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false }),
  );
  await app.register(staticFiles, { root: deps.uiFolder, maxAge: '1h', index: false });
  app.setNotFoundHandler((request, reply) => {
    const wantsPage =
      request.method === 'GET' &&
      !/^\/(api|docs)(\/|\?|$)/.test(request.url) &&
      (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage) throw apiErrors.NOT_FOUND({ path: request.url.slice(0, 100) });
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
  return app;
}

/** Works from when the app is ready until it closes. */
function openExportQueue(
  app: FastifyInstance,
  { config, storage, recordingFolder, exportFolder, clock, log }: ApiDeps,
): ExportQueue {
  const { segments, cameras, exports } = storage;
  const queue = new ExportQueue({
    ...{ exports, segments, cameras, recordingFolder, folder: exportFolder, clock, log },
    atOnce: config.exportsAtOnce,
    keptHours: config.exportHours,
  });
  app.addHook('onReady', () => queue.start());
  app.addHook('onClose', () => queue.close());
  return queue;
}

/** The server ends when the last connection has: event streams would never, and a file only when it is played to its end. */
function endOpenConnections(app: FastifyInstance, feed: LiveFeed): void {
  app.addHook('preClose', (done) => {
    feed.close();
    const timer = setTimeout(() => {
      app.server.closeAllConnections();
      for (const client of app.websocketServer.clients) client.terminate();
    }, CLOSE_WITHIN_MS);
    app.server.once('close', () => clearTimeout(timer));
    timer.unref();
    done();
  });
}
