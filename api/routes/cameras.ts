import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { parseRtspUrl } from '#ingest/rtsp/rtsp-url.ts';
import { cameraId } from '#ingest/media.ts';
import { streamingErrors } from '#streaming/errors.ts';
import type { ApiDeps } from '../api-deps.ts';
import { fromCameraInput, reasonOf, toCameraState, toCameraView } from '../camera-view.ts';
import { Camera, CameraCounts, CameraInput, CameraStateChange, CountsQuery } from '../contract/cameras.ts';
import { newestKeyFrame } from '../key-frame-answer.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTimeRange } from '../time-range.ts';

const MAX_COUNTS_MS = 31 * 24 * 3_600_000;
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const StillQuery = Type.Object({ stream: Type.Optional(Type.Union([Type.Literal('main'), Type.Literal('sub')])) });
type StillQuery = Static<typeof StillQuery>;

export function addCameraRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage, cameras, clock } = deps;
  const mayLook = requirePermission('wall.view', 'camera.manage', 'kitchen.review', 'vehicle.search');
  const mayManage = requirePermission('camera.manage');

  async function view(id: string): Promise<Camera> {
    const camera = await storage.cameras.get(cameraId(id));
    const oldest = await storage.segments.oldestByCamera();
    return toCameraView(camera, toCameraState(cameras.state(id), clock.nowMs()), oldest.get(camera.id));
  }

  app.get(
    '/api/cameras',
    {
      schema: {
        tags: ['cameras'],
        response: { 200: Type.Array(Camera) },
        description: 'All cameras. Large in a city: ask for it with Accept-Encoding: gzip.',
      },
      config: { isConditional: true },
      preValidation: mayLook,
    },
    async () => {
      const [list, oldest] = await Promise.all([storage.cameras.list(), storage.segments.oldestByCamera()]);
      const nowMs = clock.nowMs();
      return list.map((camera) =>
        toCameraView(camera, toCameraState(cameras.state(camera.id), nowMs), oldest.get(camera.id)),
      );
    },
  );

  app.get<{ Params: Params }>(
    '/api/cameras/:id',
    { schema: { tags: ['cameras'], params: Params, response: { 200: Camera } }, preValidation: mayLook },
    (request) => view(request.params.id),
  );

  app.post<{ Body: CameraInput }>(
    '/api/cameras',
    { schema: { tags: ['cameras'], body: CameraInput, response: { 201: Camera } }, preValidation: mayManage },
    async (request, reply) => {
      const user = requireUser(request);
      const input = withCleanUrls(request.body);
      const { password } = input;
      const camera = await storage.cameras.create({
        ...fromCameraInput(input),
        password: password === '' ? undefined : password,
      });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'camera.create',
        target: camera.id,
        detail: { name: camera.name },
      });
      await cameras.cameraChanged(camera.id);
      return reply.status(201).send(await view(camera.id));
    },
  );

  app.put<{ Params: Params; Body: CameraInput }>(
    '/api/cameras/:id',
    {
      schema: { tags: ['cameras'], params: Params, body: CameraInput, response: { 200: Camera } },
      preValidation: mayManage,
    },
    async (request) => {
      const user = requireUser(request);
      const input = withCleanUrls(request.body);
      const { password } = input;
      const id = cameraId(request.params.id);
      await storage.cameras.update(id, {
        ...fromCameraInput(input, await storage.cameras.get(id)),
        ...(password === undefined ? {} : { password: password === '' ? undefined : password }),
      });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'camera.update',
        target: id,
        detail: { name: request.body.name },
      });
      await cameras.cameraChanged(id);
      return await view(id);
    },
  );

  app.delete<{ Params: Params }>(
    '/api/cameras/:id',
    { schema: { tags: ['cameras'], params: Params }, preValidation: mayManage },
    async (request, reply) => {
      const user = requireUser(request);
      const id = cameraId(request.params.id);
      const { name } = await storage.cameras.get(id);
      await storage.cameras.remove(id);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'camera.remove',
        target: id,
        detail: { name },
      });
      await cameras.cameraChanged(id);
      return reply.status(204).send();
    },
  );

  app.get<{ Params: Params }>(
    '/api/cameras/:id/history',
    {
      schema: { tags: ['cameras'], params: Params, response: { 200: Type.Array(CameraStateChange) } },
      preValidation: mayLook,
    },
    async (request) => {
      const { id } = await storage.cameras.get(cameraId(request.params.id));
      const changes = await storage.cameraStates.list({ cameraId: id, limit: 100 });
      return changes.map((change) => {
        const reason = reasonOf(change.errorCode);
        return {
          time: iso(change.timeMs),
          stream: change.stream,
          status: change.status,
          changes: change.changes,
          ...(change.errorCode === undefined ? {} : { errorCode: change.errorCode }),
          ...(reason ? { reason: { en: reason.en, zh: reason.zh } } : {}),
        };
      });
    },
  );

  app.get<{ Params: Params; Querystring: CountsQuery }>(
    '/api/cameras/:id/counts',
    {
      schema: { tags: ['cameras'], params: Params, querystring: CountsQuery, response: { 200: CameraCounts } },
      preValidation: mayLook,
    },
    async (request) => {
      const { fromMs, toMs } = parseTimeRange(request.query.from, request.query.to, MAX_COUNTS_MS);
      const { id } = await storage.cameras.get(cameraId(request.params.id));
      const hours = await storage.counts.perHour(id, fromMs, toMs);
      return {
        from: iso(fromMs),
        to: iso(toMs),
        hours: hours.map(({ hourMs, direction, ...rest }) => ({
          hour: iso(hourMs),
          ...rest,
          ...(direction === undefined ? {} : { direction }),
        })),
      };
    },
  );

  app.get<{ Params: Params; Querystring: StillQuery }>(
    '/api/cameras/:id/still.jpg',
    {
      schema: {
        tags: ['cameras'],
        params: Params,
        querystring: StillQuery,
        description: 'The newest key frame; header x-picture-time tells when it was taken.',
      },
      preValidation: requirePermission('wall.view', 'kitchen.review', 'camera.manage'),
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { id } = request.params;
      if (!cameras.hub(id)) throw streamingErrors.LIVE_CAMERA_NOT_HERE({ cameraId: id });
      const newest = await newestKeyFrame(cameras, id, request.query.stream ?? 'main');
      if (!newest) throw streamingErrors.LIVE_NO_PICTURE_YET({ cameraId: id });
      // A tile asks for a still again and again: one row a minute tells the same.
      const [{ jpeg, wallMs }] = await Promise.all([
        cameras.still(id, newest.stream, newest.unit),
        looks.note(user, { action: 'live.still', target: id, detail: {} }, { key: id, withinMs: 60_000 }),
      ]);
      return reply
        .header('content-type', 'image/jpeg')
        .header('cache-control', 'no-store')
        .header('x-picture-time', iso(wallMs))
        .send(jpeg);
    },
  );
}

/**
 * An address pasted with user name and password in it loses both to their own fields, so that neither is ever stored or shown in clear.
 * @throws {AppError} `CAMERA_URL_INVALID`
 */
function withCleanUrls(input: CameraInput): CameraInput {
  const main = parseRtspUrl(input.url);
  const sub = input.subUrl ? parseRtspUrl(input.subUrl) : undefined;
  const credentials = main.credentials ?? sub?.credentials;
  return {
    ...input,
    url: main.url,
    ...(sub ? { subUrl: sub.url } : {}),
    ...(credentials
      ? { username: input.username || credentials.username, password: input.password || credentials.password }
      : {}),
  };
}
