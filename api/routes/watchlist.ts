import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { WatchlistHit as DomainHit } from '#storage/watchlist/watchlist-hits.ts';
import type { WatchlistEntry as DomainEntry } from '#storage/watchlist/watchlist-repository.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Id } from '../contract/common.ts';
import { HitDecision, WatchlistEntry, WatchlistHit, WatchlistInput } from '../contract/sightings.ts';
import { apiErrors } from '../errors.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { toSightingView } from '../sighting-view.ts';
import { iso, parseTime } from '../time-range.ts';

const MAX_WATCH_MS = 90 * 86_400_000;
/** A page that stays open asks again and again; that is one look. */
const SAME_LOOK_MS = 10 * 60_000;
const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const HitsQuery = Type.Object({
  state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('confirmed'), Type.Literal('false')])),
  entryId: Type.Optional(Id),
});

/** Plates that are looked for, what was found, and what people say of it. */
export function addWatchlistRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage, clock } = deps;
  const mayWatch = requirePermission('watchlist.manage');

  app.get(
    '/api/watchlist',
    { schema: { tags: ['watchlist'], response: { 200: Type.Array(WatchlistEntry) } }, preValidation: mayWatch },
    async () => (await storage.watchlist.list()).map(toEntryView),
  );

  app.post<{ Body: WatchlistInput }>(
    '/api/watchlist',
    {
      schema: { tags: ['watchlist'], body: WatchlistInput, response: { 201: WatchlistEntry } },
      preValidation: mayWatch,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { plate, reason, expiresAt } = request.body;
      const expiresAtMs = parseTime(expiresAt, 'expiresAt');
      const nowMs = clock.nowMs();
      if (expiresAtMs <= nowMs || expiresAtMs > nowMs + MAX_WATCH_MS)
        throw apiErrors.WATCHLIST_EXPIRY_INVALID({ field: 'expiresAt' });
      const entry = await storage.watchlist.add({ plate, reason, owner: user.username, expiresAtMs });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'watchlist.add',
        target: entry.plate,
        purpose: reason,
        detail: { expiresAt },
      });
      return reply.status(201).send(toEntryView(entry));
    },
  );

  app.delete<{ Params: Params }>(
    '/api/watchlist/:id',
    { schema: { tags: ['watchlist'], params: Params }, preValidation: mayWatch },
    async (request, reply) => {
      const user = requireUser(request);
      await storage.watchlist.remove(request.params.id);
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'watchlist.remove',
        target: request.params.id,
        detail: {},
      });
      return reply.status(204).send();
    },
  );

  app.get<{ Querystring: Static<typeof HitsQuery> }>(
    '/api/watchlist/hits',
    {
      schema: { tags: ['watchlist'], querystring: HitsQuery, response: { 200: Type.Array(WatchlistHit) } },
      preValidation: mayWatch,
    },
    async (request) => {
      const user = requireUser(request);
      const { state, entryId } = request.query;
      const look = { action: 'watchlist.hits', target: entryId ?? '*', detail: state ? { state } : {} } as const;
      await looks.note(user, look, { key: `${entryId} ${state}`, withinMs: SAME_LOOK_MS });
      return (await storage.watchlistHits.list({ state, entryId })).map(toHitView);
    },
  );

  app.post<{ Params: Params; Body: HitDecision }>(
    '/api/watchlist/hits/:id/decision',
    {
      schema: { tags: ['watchlist'], params: Params, body: HitDecision, response: { 200: WatchlistHit } },
      preValidation: mayWatch,
    },
    async (request) => {
      const user = requireUser(request);
      const { verdict, note } = request.body;
      const hit = await storage.watchlistHits.decide(request.params.id, { verdict, note, by: user.username });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'watchlist.decide',
        target: hit.plate,
        purpose: hit.reason,
        detail: { hitId: hit.hitId, entryId: hit.entryId, verdict, ...(note === undefined ? {} : { note }) },
      });
      return toHitView(hit);
    },
  );
}

function toEntryView({ entryId, createdAtMs, expiresAtMs, ...entry }: DomainEntry): WatchlistEntry {
  return { ...entry, id: entryId, createdAt: iso(createdAtMs), expiresAt: iso(expiresAtMs) };
}

function toHitView({ hitId, timeMs, sighting, decision, ...hit }: DomainHit): WatchlistHit {
  return {
    ...hit,
    id: hitId,
    time: iso(timeMs),
    ...(sighting === undefined ? {} : { sighting: toSightingView(sighting) }),
    ...(decision === undefined
      ? {}
      : {
          decision: {
            verdict: decision.verdict,
            by: decision.by,
            at: iso(decision.atMs),
            ...(decision.note === undefined ? {} : { note: decision.note }),
          },
        }),
  };
}
