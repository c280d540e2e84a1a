import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import {
  MapLayer,
  Sighting,
  SightingPage,
  SightingSearch,
  Trajectory,
  TrajectoryRequest,
} from '../contract/sightings.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { toSightingView } from '../sighting-view.ts';
import { iso, parseTimeRange } from '../time-range.ts';

const MAX_RANGE_MS = 366 * 86_400_000;
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });

export function addSightingRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { storage, clock } = deps;
  const maySearch = requirePermission('vehicle.search');

  app.post<{ Body: SightingSearch }>(
    '/api/sightings/search',
    {
      schema: { tags: ['sightings'], body: SightingSearch, response: { 200: SightingPage } },
      preValidation: maySearch,
    },
    async (request) => {
      const user = requireUser(request);
      const { purpose, plate, from, to, cameraIds, vehicleType, plateColour, limit = 100, cursor } = request.body;
      const range = parseTimeRange(from, to, MAX_RANGE_MS);
      const startedMs = clock.monotonicMs();
      // The row is written before the answer is made: no search without its trace.
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'sighting.search',
        target: plate || '*',
        purpose,
        detail: {
          from,
          to,
          ...(cameraIds ? { cameraIds } : {}),
          ...(vehicleType ? { vehicleType } : {}),
          ...(plateColour ? { plateColour } : {}),
          ...(cursor ? { isFurtherPage: true } : {}),
        },
      });
      const page = await storage.sightings.search({
        plate: plate === '' ? undefined : plate,
        ...range,
        cameraIds,
        vehicleType,
        plateColour,
        limit,
        cursor,
      });
      return {
        sightings: page.sightings.map(toSightingView),
        plates: [...page.plates],
        widenings: page.widenings.map(({ kind, count, plate: widened, fromMs, toMs }) => ({
          kind,
          count,
          ...(widened === undefined ? {} : { plate: widened }),
          ...(fromMs === undefined ? {} : { from: iso(fromMs) }),
          ...(toMs === undefined ? {} : { to: iso(toMs) }),
        })),
        tookMs: Math.round(clock.monotonicMs() - startedMs),
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      };
    },
  );

  app.post<{ Body: TrajectoryRequest }>(
    '/api/sightings/trajectory',
    {
      schema: { tags: ['sightings'], body: TrajectoryRequest, response: { 200: Trajectory } },
      preValidation: maySearch,
    },
    async (request) => {
      const user = requireUser(request);
      const { purpose, plate, from, to } = request.body;
      const range = parseTimeRange(from, to, MAX_RANGE_MS);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'sighting.trajectory',
        target: plate,
        purpose,
        detail: { from, to },
      });
      const trajectory = await storage.sightings.trajectory({ plate, ...range });
      return {
        plate: trajectory.plate,
        sightings: trajectory.sightings.map(toSightingView),
        legs: trajectory.legs.map(({ distanceMetres, ...leg }) => ({
          ...leg,
          ...(distanceMetres === undefined ? {} : { distanceMetres }),
        })),
      };
    },
  );

  app.get<{ Params: Static<typeof Params> }>(
    '/api/sightings/:id',
    { schema: { tags: ['sightings'], params: Params, response: { 200: Sighting } }, preValidation: maySearch },
    async (request) => {
      const user = requireUser(request);
      const sighting = await storage.sightings.get(request.params.id);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'sighting.open',
        target: sighting.sightingId,
        detail: { plate: sighting.plate?.text },
      });
      return toSightingView(sighting);
    },
  );

  app.get('/api/map', { schema: { tags: ['map'], response: { 200: MapLayer } } }, async (request) => {
    requireUser(request);
    const layer = await storage.map.get('roads');
    return { ...layer, features: [...layer.features] };
  });
}
