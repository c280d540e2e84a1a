import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import {
  CloneCheck,
  CloneReport,
  MapLayer,
  Sighting,
  SightingPage,
  SightingSearch,
  Trajectory,
  TrajectoryRequest,
} from '../contract/sightings.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { auditSearch } from '../search-audit.ts';
import { toSightingSearch } from '../sighting-search.ts';
import { toCloneView, toSightingView, toTrajectoryView, toWideningView } from '../sighting-view.ts';
import { parseTimeRange } from '../time-range.ts';

const DAY_MS = 86_400_000;
const MAX_RANGE_MS = 366 * DAY_MS;
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
      const { purpose, caseId, limit = 100, cursor, ...query } = request.body;
      const search = toSightingSearch(query);
      const startedMs = clock.monotonicMs();
      const { plate, ...filters } = query;
      await auditSearch(storage, requireUser(request), {
        action: 'sighting.search',
        target: plate || '*',
        purpose,
        caseId,
        detail: { ...filters, isFurtherPage: cursor !== undefined },
      });
      const page = await storage.sightings.search({ ...search, limit, cursor });
      return {
        sightings: page.sightings.map(toSightingView),
        plates: page.plates.map((found) => ({ ...found })),
        widenings: page.widenings.map(toWideningView),
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
      const { purpose, caseId, plate, from, to, isFuzzy = false } = request.body;
      const range = parseTimeRange(from, to, MAX_RANGE_MS);
      await auditSearch(storage, requireUser(request), {
        action: 'sighting.trajectory',
        target: plate,
        purpose,
        caseId,
        detail: { from, to, isFuzzy },
      });
      return toTrajectoryView(await storage.sightings.trajectory({ plate, ...range, isFuzzy }));
    },
  );

  app.post<{ Body: CloneCheck }>(
    '/api/sightings/clones',
    {
      schema: { tags: ['sightings'], body: CloneCheck, response: { 200: CloneReport } },
      preValidation: maySearch,
    },
    async (request) => {
      const { purpose, caseId, plate, from, to, limit = 50 } = request.body;
      const range = parseTimeRange(from, to, DAY_MS);
      const startedMs = clock.monotonicMs();
      await auditSearch(storage, requireUser(request), {
        action: 'sighting.clones',
        target: plate ?? '*',
        purpose,
        caseId,
        detail: { from, to },
      });
      const suspicions = await storage.sightings.clones({ ...range, plate, limit });
      return { suspicions: suspicions.map(toCloneView), tookMs: Math.round(clock.monotonicMs() - startedMs) };
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
