import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { rulesOfDraft } from '#analyzers/packs/kitchen/kitchen-draft.ts';
import type { Camera, KitchenReference } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { describeError } from '#infra/runtime/app-error.ts';
import { streamingErrors } from '#streaming/errors.ts';
import type { ApiDeps } from '../api-deps.ts';
import { KitchenDraft, KitchenSetup, ReferenceInput, ReferenceTaken } from '../contract/kitchen-setup.ts';
import { apiErrors } from '../errors.ts';
import { recordedPicture } from '../kitchen-setup/recorded-picture.ts';
import { fromDraftBody, requireComplete, toReferenceView, toSetupView } from '../kitchen-setup/setup-view.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTime } from '../time-range.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;

/** What a kitchen is watched for, where, and what it is compared with. */
export function addKitchenSetupRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage, cameras } = deps;
  const mayManage = requirePermission('camera.manage');

  /** @throws {AppError} `CAMERA_NOT_FOUND`, `KITCHEN_NOT_ONE` */
  async function kitchen(id: string): Promise<Camera> {
    const camera = await storage.cameras.get(cameraId(id));
    if (camera.scene !== 'kitchen') throw apiErrors.KITCHEN_NOT_ONE({ cameraId: id });
    return camera;
  }

  /** Changes its rules and its set-up, and nothing else of it. */
  async function store(camera: Camera, changes: Pick<Camera, 'rules' | 'kitchen'>): Promise<Camera> {
    const { id, password: _kept, ...rest } = camera;
    const changed = await storage.cameras.update(id, { ...rest, ...changes });
    await cameras.cameraChanged(id);
    return changed;
  }

  const forget = async ({ pictureKey }: KitchenReference): Promise<void> => {
    try {
      await storage.blobs.delete(pictureKey);
    } catch (error) {
      deps.log.warn(`a reference picture stays behind: ${describeError(error)}`);
    }
  };
  const unsubscribe = storage.cameras.onChange(({ kind, camera }) => {
    if (kind === 'removed' && camera.kitchen?.reference) void forget(camera.kitchen.reference);
  });
  app.addHook('onClose', unsubscribe);

  app.get<{ Params: Params }>(
    '/api/kitchens/:id/setup',
    { schema: { tags: ['kitchen'], params: Params, response: { 200: KitchenSetup } }, preValidation: mayManage },
    async (request) => toSetupView(await kitchen(request.params.id), await deps.kitchenTrials.modelItems()),
  );

  app.put<{ Params: Params; Body: KitchenDraft }>(
    '/api/kitchens/:id/setup',
    {
      schema: {
        tags: ['kitchen'],
        params: Params,
        body: KitchenDraft,
        response: { 200: KitchenSetup },
        description: 'Zones, items and hours take effect at once; rules of other kinds stay as they are.',
      },
      preValidation: mayManage,
    },
    async (request) => {
      const user = requireUser(request);
      const camera = await kitchen(request.params.id);
      const draft = fromDraftBody(request.body);
      const modelItems = await deps.kitchenTrials.modelItems();
      requireComplete(draft, { hasReference: camera.kitchen?.reference !== undefined, modelItems });
      const { zones, items, openingHours } = draft;
      const changed = await store(camera, {
        rules: rulesOfDraft(draft, camera),
        kitchen: { ...camera.kitchen, zones, openingHours },
      });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'kitchen.setup',
        target: camera.id,
        detail: { name: camera.name, zones: zones.length, items: items.map(({ item }) => item) },
      });
      return toSetupView(changed, modelItems);
    },
  );

  app.post<{ Params: Params; Body: ReferenceInput }>(
    '/api/kitchens/:id/reference',
    {
      schema: {
        tags: ['kitchen'],
        params: Params,
        body: ReferenceInput,
        response: { 201: ReferenceTaken },
        description: 'Takes the picture that the kitchen is compared with: of now, or of a time of its recording.',
      },
      preValidation: mayManage,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { time, nobodyIsThere = false } = request.body;
      const camera = await kitchen(request.params.id);
      const { jpeg, takenAtMs } = await take(camera, time === undefined ? undefined : parseTime(time, 'time'));
      const persons = await cameras.personsIn(jpeg);
      if (persons !== undefined && persons > 0 && !nobodyIsThere)
        throw apiErrors.KITCHEN_REFERENCE_PERSON({ cameraId: camera.id });
      const reference = { pictureKey: `reference/${camera.id}/${randomUUID()}.jpg`, takenAtMs };
      await storage.blobs.put(reference.pictureKey, jpeg, 'image/jpeg');
      await store(camera, { rules: camera.rules, kitchen: { ...camera.kitchen, reference } });
      if (camera.kitchen?.reference) await forget(camera.kitchen.reference);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'kitchen.reference',
        target: camera.id,
        detail: { name: camera.name, takenAt: iso(takenAtMs), nobodyIsThere },
      });
      return reply.status(201).send({ ...toReferenceView(camera.id, reference), isChecked: persons !== undefined });
    },
  );

  async function take(camera: Camera, timeMs: number | undefined) {
    if (timeMs !== undefined) {
      const { recordingFolder, kitchenTrials } = deps;
      const { maxWidthPx } = kitchenTrials.settings;
      return await recordedPicture({ storage, recordingFolder, maxWidthPx }, camera.id, timeMs);
    }
    const hub = cameras.hub(camera.id);
    if (!hub) throw streamingErrors.LIVE_CAMERA_NOT_HERE({ cameraId: camera.id });
    const unit = await hub.latestKeyFrame();
    if (!unit) throw streamingErrors.LIVE_NO_PICTURE_YET({ cameraId: camera.id });
    const { jpeg, wallMs } = await cameras.still(camera.id, 'main', unit);
    return { jpeg, takenAtMs: Math.round(wallMs) };
  }

  app.get<{ Params: Params }>(
    '/api/kitchens/:id/reference.jpg',
    {
      schema: { tags: ['kitchen'], params: Params, description: 'The picture that the kitchen is compared with.' },
      preValidation: requirePermission('camera.manage', 'kitchen.review'),
    },
    async (request, reply) => {
      const user = requireUser(request);
      const reference = (await kitchen(request.params.id)).kitchen?.reference;
      if (!reference) throw apiErrors.NOT_FOUND();
      const { body } = await storage.blobs.get(reference.pictureKey);
      await looks.note(user, { action: 'evidence.open', target: reference.pictureKey, detail: {} });
      return reply
        .header('content-type', 'image/jpeg')
        .header('cache-control', 'private, max-age=86400, immutable')
        .send(body);
    },
  );
}
