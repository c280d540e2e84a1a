import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { PtzCommand as DomainCommand } from '#ingest/onvif/camera-control.ts';
import type { ApiDeps } from '../api-deps.ts';
import { DiscoveredDevice, DiscoverRequest, PtzCommand, PtzLock, PtzLockRequest } from '../contract/cameras.ts';
import { apiErrors } from '../errors.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requirePermission, requireUser, type SessionUser } from '../plugins/auth.ts';
import type { PtzLocks } from '../ptz-locks.ts';
import { iso } from '../time-range.ts';

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;

/** A stick that is held sends a move every second or so: one row tells the same. */
const SAME_MOVE_MS = 10_000;
const KNOWN_LIMIT = 10_000;

/** Steering cameras and finding new ones, over ONVIF. */
export function addCameraControlRoutes(app: FastifyInstance, deps: ApiDeps, locks: PtzLocks): void {
  const { storage, cameras, clock } = deps;
  const maySteer = requirePermission('camera.control');
  const mayManage = requirePermission('camera.manage');
  const lastMoves = new Map<string, number>();

  async function note(user: SessionUser, id: string, detail: Readonly<Record<string, unknown>>): Promise<void> {
    await storage.audit.append({
      userId: user.id,
      username: user.username,
      action: 'camera.ptz',
      target: id,
      detail,
    });
  }

  /** Who steered is written down before the camera moves; a stop needs no row and must not wait for one. */
  async function noteCommand(user: SessionUser, id: string, command: PtzCommand): Promise<void> {
    if (command.action === 'stop') return;
    if (command.action !== 'continuous') return await note(user, id, { ...command });
    const key = `${user.id} ${id}`;
    const nowMs = clock.nowMs();
    if (nowMs - (lastMoves.get(key) ?? -Infinity) < SAME_MOVE_MS) return;
    await note(user, id, { action: command.action });
    if (lastMoves.size >= KNOWN_LIMIT) lastMoves.clear();
    lastMoves.set(key, nowMs);
  }

  function lockOf(id: string, user: SessionUser): PtzLock {
    const held = locks.current(id);
    if (!held) return {};
    const { holder, untilMs } = held;
    return { holder: { username: holder.username, isYou: holder.id === user.id }, until: iso(untilMs) };
  }

  app.post<{ Body: DiscoverRequest }>(
    '/api/cameras/discover',
    {
      schema: {
        tags: ['cameras'],
        body: DiscoverRequest,
        response: { 200: Type.Array(DiscoveredDevice) },
        description: 'Asks the local network for ONVIF devices, and waits for their answers.',
      },
      preValidation: mayManage,
    },
    async (request) => {
      const { seconds = 4, interface: interfaceName } = request.body;
      const devices = await cameras.discover({ durationMs: seconds * 1000, interfaceName });
      return devices.map(({ endpointReference, address, serviceUrls, name, hardware, location }) => ({
        endpointReference,
        address,
        serviceUrls: [...serviceUrls],
        ...(name === undefined ? {} : { name }),
        ...(hardware === undefined ? {} : { hardware }),
        ...(location === undefined ? {} : { location }),
      }));
    },
  );

  app.post<{ Params: Params; Body: PtzCommand }>(
    '/api/cameras/:id/ptz',
    {
      schema: {
        tags: ['cameras'],
        params: Params,
        body: PtzCommand,
        description:
          'A continuous move ends after durationMs, unless it is sent again or stopped before. Takes or prolongs the lock of the camera; PTZ_IN_USE while somebody else has it.',
      },
      preValidation: maySteer,
    },
    async (request, reply) => {
      const id = cameraId(request.params.id);
      const user = requireUser(request);
      // Whoever comes too late must not stop the move of somebody else either.
      const command = toDomain(request.body);
      locks.take(id, user, { movesMs: command.action === 'continuous' ? command.durationMs : 0 });
      await noteCommand(user, id, request.body);
      await cameras.steer(id, command);
      return reply.status(204).send();
    },
  );

  app.get<{ Params: Params }>(
    '/api/cameras/:id/ptz-lock',
    { schema: { tags: ['cameras'], params: Params, response: { 200: PtzLock } }, preValidation: maySteer },
    async (request) => lockOf(request.params.id, requireUser(request)),
  );

  app.post<{ Params: Params; Body: PtzLockRequest }>(
    '/api/cameras/:id/ptz-lock',
    {
      schema: { tags: ['cameras'], params: Params, body: PtzLockRequest, response: { 200: PtzLock } },
      preValidation: maySteer,
    },
    async (request) => {
      const user = requireUser(request);
      const { takeOver = false } = request.body;
      if (takeOver && !PERMISSIONS[user.role].includes('camera.manage'))
        throw apiErrors.NOT_ALLOWED({ permission: 'camera.manage' });
      const { id } = await storage.cameras.get(cameraId(request.params.id));
      const from = locks.take(id, user, { takeOver });
      if (from) await note(user, id, { action: 'take_over', from: from.username });
      return lockOf(id, user);
    },
  );

  app.delete<{ Params: Params }>(
    '/api/cameras/:id/ptz-lock',
    { schema: { tags: ['cameras'], params: Params }, preValidation: maySteer },
    async (request, reply) => {
      locks.release(request.params.id, requireUser(request));
      return reply.status(204).send();
    },
  );

  app.post<{ Params: Params }>(
    '/api/cameras/:id/synchronize',
    {
      schema: { tags: ['cameras'], params: Params, description: 'Asks the camera for a key frame of each stream now.' },
      preValidation: maySteer,
    },
    async (request, reply) => {
      await cameras.synchronize(cameraId(request.params.id));
      return reply.status(204).send();
    },
  );
}

function toDomain(command: PtzCommand): DomainCommand {
  if (command.action === 'preset' || command.action === 'stop') return command;
  const { pan, tilt, zoom } = command;
  const vector = { pan, tilt, zoom };
  switch (command.action) {
    case 'continuous':
      return { action: 'continuous', speed: vector, durationMs: command.durationMs ?? 2000 };
    case 'absolute':
      return { action: 'absolute', position: vector };
    case 'relative':
      return { action: 'relative', translation: vector };
  }
}
