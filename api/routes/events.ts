import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { EventKind } from '#storage/events/stored-event.ts';
import type { ApiDeps } from '../api-deps.ts';
import { IsoTime } from '../contract/common.ts';
import { FeedEvent } from '../contract/events.ts';
import { apiErrors } from '../errors.ts';
import { toFeedEvent } from '../feed-event.ts';
import type { LiveFeed } from '../live-feed.ts';
import { requirePermission, requireUser, type SessionCache } from '../plugins/auth.ts';
import { watchSession } from '../plugins/session-watch.ts';
import { PERMISSIONS } from '../permissions.ts';
import { parseTime } from '../time-range.ts';

const KINDS: readonly EventKind[] = [
  'vehicle.sighting',
  'vehicle.crossing',
  'zone.dwell',
  'watchlist.hit',
  'kitchen.violation',
  'camera.health',
  'system.health',
];

const ListQuery = Type.Object({
  kinds: Type.Optional(Type.String({ maxLength: 200, description: 'comma separated' })),
  cameraId: Type.Optional(Type.String({ maxLength: 64 })),
  before: Type.Optional(IsoTime),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const StreamQuery = Type.Object({
  detections: Type.Optional(Type.String({ maxLength: 5000, description: 'camera ids, comma separated' })),
});

export function addEventRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  { feed, sessions }: { readonly feed: LiveFeed; readonly sessions: SessionCache },
): void {
  const mayLook = requirePermission('wall.view', 'kitchen.review', 'vehicle.search');

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/events',
    {
      schema: { tags: ['events'], querystring: ListQuery, response: { 200: Type.Array(FeedEvent) } },
      preValidation: mayLook,
    },
    async (request) => {
      const { kinds, cameraId: camera, before, limit = 50 } = request.query;
      const items = await deps.storage.events.list({
        kinds: kinds === undefined ? undefined : kinds.split(',').map(parseKind),
        cameraId: camera === undefined ? undefined : cameraId(camera),
        beforeMs: before === undefined ? undefined : parseTime(before, 'before'),
        limit,
      });
      return items.map(toFeedEvent);
    },
  );

  app.get<{ Querystring: Static<typeof StreamQuery> }>(
    '/api/events/stream',
    {
      schema: {
        tags: ['events'],
        querystring: StreamQuery,
        description: 'Server-sent events: `event`, `camera`, `detections`.',
      },
      preValidation: mayLook,
      config: { rateLimit: false },
    },
    (request, reply) => {
      const { role } = requireUser(request);
      const mayWatch = PERMISSIONS[role].includes('wall.view');
      const wanted = new Set((request.query.detections ?? '').split(',').filter((id) => id !== ''));
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      });
      feed.add({
        response: reply.raw,
        detectionCameras: wanted,
        mayReceive: (name) => name !== 'detections' || mayWatch,
      });
      const unwatch = watchSession(request, { sessions, clock: deps.clock }, () => reply.raw.end());
      reply.raw.on('close', unwatch);
    },
  );
}

function parseKind(text: string): EventKind {
  const kind = KINDS.find((known) => known === text);
  if (!kind) throw apiErrors.REQUEST_INVALID({ field: 'kinds' });
  return kind;
}
