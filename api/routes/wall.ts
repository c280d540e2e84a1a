import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type {
  WallLayout as DomainLayout,
  WallLayoutInput as DomainInput,
} from '#storage/wall/wall-layout-repository.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Acknowledgement, SnapshotInput, WallLayout, WallLayoutInput } from '../contract/wall.ts';
import type { LiveFeed } from '../live-feed.ts';
import type { Looks } from '../looks.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requirePermission, requireUser, type SessionUser } from '../plugins/auth.ts';
import { parseTime } from '../time-range.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;

const mayEditShared = (user: SessionUser): boolean => PERMISSIONS[user.role].includes('user.manage');

/** Walls that are kept, alerts that were seen, pictures that were saved. */
export function addWallRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  { looks, feed }: { readonly looks: Looks; readonly feed: LiveFeed },
): void {
  const { storage } = deps;
  const preValidation = requirePermission('wall.view');

  /** What one keeps for oneself concerns nobody; what is shared changes what others see. */
  async function noteShared(user: SessionUser, action: string, layout: DomainLayout): Promise<void> {
    if (!layout.isShared) return;
    await storage.audit.append({
      userId: user.id,
      username: user.username,
      action,
      target: layout.layoutId,
      detail: { name: layout.name, owner: layout.ownerName },
    });
  }
  const asker = (user: SessionUser) => ({ userId: user.id, mayEditShared: mayEditShared(user) });

  app.get(
    '/api/wall/layouts',
    { schema: { tags: ['wall'], response: { 200: Type.Array(WallLayout) } }, preValidation },
    async (request) => {
      const user = requireUser(request);
      return (await storage.wallLayouts.list(user.id)).map((layout) => toView(layout, user));
    },
  );

  app.post<{ Body: WallLayoutInput }>(
    '/api/wall/layouts',
    { schema: { tags: ['wall'], body: WallLayoutInput, response: { 201: WallLayout } }, preValidation },
    async (request, reply) => {
      const user = requireUser(request);
      const layout = await storage.wallLayouts.create(user.id, toInput(request.body));
      await noteShared(user, 'wall.share', layout);
      return reply.status(201).send(toView(layout, user));
    },
  );

  app.put<{ Params: Params; Body: WallLayoutInput }>(
    '/api/wall/layouts/:id',
    { schema: { tags: ['wall'], params: Params, body: WallLayoutInput, response: { 200: WallLayout } }, preValidation },
    async (request) => {
      const user = requireUser(request);
      const layout = await storage.wallLayouts.update(request.params.id, asker(user), toInput(request.body));
      await noteShared(user, 'wall.change', layout);
      return toView(layout, user);
    },
  );

  app.delete<{ Params: Params }>(
    '/api/wall/layouts/:id',
    { schema: { tags: ['wall'], params: Params }, preValidation },
    async (request, reply) => {
      const user = requireUser(request);
      await noteShared(user, 'wall.remove', await storage.wallLayouts.remove(request.params.id, asker(user)));
      return reply.status(204).send();
    },
  );

  app.post<{ Params: Params }>(
    '/api/wall/layouts/:id/restore',
    { schema: { tags: ['wall'], params: Params, response: { 200: WallLayout } }, preValidation },
    async (request) => {
      const user = requireUser(request);
      const layout = await storage.wallLayouts.restore(request.params.id, asker(user));
      await noteShared(user, 'wall.restore', layout);
      return toView(layout, user);
    },
  );

  app.post<{ Body: Acknowledgement }>(
    '/api/wall/acknowledgements',
    { schema: { tags: ['wall'], body: Acknowledgement }, preValidation },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId: target, kind, eventIds } = request.body;
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'alert.acknowledge',
        target,
        detail: { kind, eventIds },
      });
      feed.send('acknowledged', { ...request.body, username: user.username });
      return reply.status(204).send();
    },
  );

  app.post<{ Body: SnapshotInput }>(
    '/api/wall/snapshots',
    { schema: { tags: ['wall'], body: SnapshotInput }, preValidation },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraId: target, time, source } = request.body;
      parseTime(time, 'time');
      await storage.cameras.get(cameraId(target));
      await looks.note(user, { action: 'snapshot.save', target, detail: { time, source } });
      return reply.status(204).send();
    },
  );
}

function toInput({ name, isShared, steps, dwellSeconds }: WallLayoutInput): DomainInput {
  return { name: name.trim(), isShared, steps, dwellSeconds };
}

function toView(layout: DomainLayout, user: SessionUser): WallLayout {
  const isMine = layout.ownerId === user.id;
  return {
    id: layout.layoutId,
    name: layout.name,
    owner: layout.ownerName,
    isShared: layout.isShared,
    isMine,
    mayChange: isMine || (layout.isShared && mayEditShared(user)),
    steps: layout.steps.map(({ name, layout: grid, tiles }) => ({
      layout: grid,
      tiles: [...tiles],
      ...(name === undefined ? {} : { name }),
    })),
    ...(layout.dwellSeconds === undefined ? {} : { dwellSeconds: layout.dwellSeconds }),
  };
}
