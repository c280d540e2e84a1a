import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { CameraImaging as DomainImaging } from '#ingest/onvif/camera-control.ts';
import type { ApiDeps } from '../api-deps.ts';
import { CameraImaging, ImagingSettings, PresetInput, PtzPreset } from '../contract/cameras.ts';
import { requirePermission, requireUser, type SessionUser } from '../plugins/auth.ts';
import type { PtzLocks } from '../ptz-locks.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const PresetParams = Type.Object({
  id: Type.String({ maxLength: 64 }),
  token: Type.String({ minLength: 1, maxLength: 100 }),
});
type PresetParams = Static<typeof PresetParams>;

/** What is kept in the camera itself: its presets, and how it makes its pictures. */
export function addCameraSetupRoutes(app: FastifyInstance, deps: ApiDeps, locks: PtzLocks): void {
  const { storage, cameras } = deps;
  const mayLook = requirePermission('camera.control', 'camera.manage');
  const mayManage = requirePermission('camera.manage');

  async function note(
    user: SessionUser,
    action: `camera.${string}`,
    target: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await storage.audit.append({ userId: user.id, username: user.username, action, target, detail });
  }

  app.get<{ Params: Params }>(
    '/api/cameras/:id/presets',
    {
      schema: { tags: ['cameras'], params: Params, response: { 200: Type.Array(PtzPreset) } },
      preValidation: mayLook,
    },
    async (request) => (await cameras.presets(cameraId(request.params.id))).map((preset) => ({ ...preset })),
  );

  app.post<{ Params: Params; Body: PresetInput }>(
    '/api/cameras/:id/presets',
    {
      schema: {
        tags: ['cameras'],
        params: Params,
        body: PresetInput,
        response: { 201: PtzPreset },
        description: 'Keeps where the camera looks now.',
      },
      preValidation: mayManage,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const id = cameraId(request.params.id);
      const name = request.body.name.trim();
      // Where it looks must be where this user turned it.
      locks.take(id, user);
      await note(user, 'camera.preset.create', id, { name });
      const token = await cameras.keepPreset(id, name);
      return reply.status(201).send({ token, name });
    },
  );

  app.put<{ Params: PresetParams; Body: PresetInput }>(
    '/api/cameras/:id/presets/:token',
    {
      schema: {
        tags: ['cameras'],
        params: PresetParams,
        body: PresetInput,
        description: 'Renames a preset. ONVIF cannot change a name alone: the camera turns there, and keeps it anew.',
      },
      preValidation: mayManage,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const id = cameraId(request.params.id);
      const { token } = request.params;
      const name = request.body.name.trim();
      locks.take(id, user);
      await note(user, 'camera.preset.rename', id, { preset: token, name });
      await cameras.renamePreset(id, { token, name });
      locks.take(id, user);
      return reply.status(204).send();
    },
  );

  app.delete<{ Params: PresetParams }>(
    '/api/cameras/:id/presets/:token',
    { schema: { tags: ['cameras'], params: PresetParams }, preValidation: mayManage },
    async (request, reply) => {
      const user = requireUser(request);
      const id = cameraId(request.params.id);
      const { token } = request.params;
      await note(user, 'camera.preset.remove', id, { preset: token });
      await cameras.removePreset(id, token);
      return reply.status(204).send();
    },
  );

  app.get<{ Params: Params }>(
    '/api/cameras/:id/imaging',
    { schema: { tags: ['cameras'], params: Params, response: { 200: CameraImaging } }, preValidation: mayLook },
    async (request) => toImagingView(await cameras.imaging(cameraId(request.params.id))),
  );

  app.put<{ Params: Params; Body: ImagingSettings }>(
    '/api/cameras/:id/imaging',
    {
      schema: { tags: ['cameras'], params: Params, body: ImagingSettings, response: { 200: CameraImaging } },
      preValidation: mayManage,
    },
    async (request) => {
      const user = requireUser(request);
      const id = cameraId(request.params.id);
      const { brightness, contrast, saturation, sharpness, irCutFilter } = request.body;
      const settings = { brightness, contrast, saturation, sharpness, irCutFilter };
      await note(user, 'camera.imaging', id, settings);
      return toImagingView(await cameras.setImaging(id, settings));
    },
  );
}

/** Without what the camera does not have; focus is steered, not set. */
function toImagingView({ settings, options }: DomainImaging): CameraImaging {
  const { focusMode: _mode, ...set } = settings;
  const { focusModes: _modes, irCutFilters, ...ranges } = options;
  return { settings: known(set), options: { ...known(ranges), irCutFilters: [...irCutFilters] } };
}

function known<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
