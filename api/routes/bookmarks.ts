import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { Bookmark as DomainBookmark } from '#storage/recordings/bookmark-repository.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Id, IsoTime } from '../contract/common.ts';
import { Bookmark, BookmarkInput } from '../contract/wall.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTime, parseTimeRange } from '../time-range.ts';

const MAX_RANGE_MS = 366 * 86_400_000;
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const Query = Type.Object({ cameraId: Type.Optional(Id), from: IsoTime, to: IsoTime });

/** Moments that people marked; seen by everybody who may see recordings, removed by who set them. */
export function addBookmarkRoutes(app: FastifyInstance, { storage }: ApiDeps): void {
  const preValidation = requirePermission('recording.view');

  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/bookmarks',
    {
      schema: { tags: ['bookmarks'], querystring: Query, response: { 200: Type.Array(Bookmark) } },
      preValidation,
    },
    async (request) => {
      const user = requireUser(request);
      const { cameraId: id, from, to } = request.query;
      const range = parseTimeRange(from, to, MAX_RANGE_MS);
      const found = await storage.bookmarks.list({ ...range, cameraId: id === undefined ? undefined : cameraId(id) });
      return found.map((bookmark) => toView(bookmark, user.id));
    },
  );

  app.post<{ Body: BookmarkInput }>(
    '/api/bookmarks',
    { schema: { tags: ['bookmarks'], body: BookmarkInput, response: { 201: Bookmark } }, preValidation },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId: id, time, note } = request.body;
      const timeMs = parseTime(time, 'time');
      const camera = await storage.cameras.get(cameraId(id));
      const bookmark = await storage.bookmarks.add({ cameraId: camera.id, timeMs, note: note.trim(), userId: user.id });
      return reply.status(201).send(toView(bookmark, user.id));
    },
  );

  app.delete<{ Params: Params }>(
    '/api/bookmarks/:id',
    { schema: { tags: ['bookmarks'], params: Params }, preValidation },
    async (request, reply) => {
      await storage.bookmarks.remove(request.params.id, requireUser(request).id);
      return reply.status(204).send();
    },
  );

  app.post<{ Params: Params }>(
    '/api/bookmarks/:id/restore',
    { schema: { tags: ['bookmarks'], params: Params, response: { 200: Bookmark } }, preValidation },
    async (request) => {
      const { id } = requireUser(request);
      return toView(await storage.bookmarks.restore(request.params.id, id), id);
    },
  );
}

function toView(bookmark: DomainBookmark, userId: string): Bookmark {
  const { bookmarkId: id, cameraId: camera, timeMs, note, username } = bookmark;
  return { id, cameraId: camera, time: iso(timeMs), note, username, isMine: bookmark.userId === userId };
}
