import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { ApiDeps } from '../api-deps.ts';
import { auditCase, noteRefusal } from '../case-audit.ts';
import { caseCsv } from '../case-csv.ts';
import { toCaseView, toCompanyView, toItemView } from '../case-view.ts';
import {
  CaseExportQuery,
  CaseItem,
  CaseItemInput,
  CommonRequest,
  CompanyReport,
  ConvoyRequest,
} from '../contract/cases.ts';
import { Id } from '../contract/common.ts';
import { attachment } from '../csv.ts';
import { apiErrors } from '../errors.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { csvFileName, csvStyle } from '../sighting-csv.ts';
import { parseTime } from '../time-range.ts';

const Params = Type.Object({ id: Id });
type Params = Static<typeof Params>;
const ItemParams = Type.Object({ id: Id, itemId: Id });
/** They read many rows; nobody needs more in a minute. */
const COMPANY_LIMIT = { rateLimit: { max: 20, timeWindow: 60_000 } };

/** What is done in a case: keeping, searching over many vehicles, and taking it out as a file. */
export function addCaseWorkRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { storage, clock } = deps;
  const tags = ['cases'];
  const mayWork = requirePermission('case.manage');

  app.post<{ Params: Params; Body: CaseItemInput }>(
    '/api/cases/:id/items',
    { schema: { tags, params: Params, body: CaseItemInput, response: { 200: CaseItem } }, preValidation: mayWork },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { sightingId, note } = request.body;
      if (sightingId === undefined && note === undefined) throw apiErrors.REQUEST_INVALID({ field: 'sightingId' });
      return await noteRefusal(storage.audit, user, id, async () => {
        const found = await storage.cases.requireMember(id, user);
        const item =
          sightingId === undefined
            ? await storage.caseItems.addNote(id, user, note ?? '')
            : await storage.caseItems.addSighting(id, user, { sightingId, note });
        await auditCase(storage.audit, user, found, {
          action: 'case.add_item',
          target: item.sighting?.plate?.text ?? item.sighting?.sightingId ?? 'note',
          detail: { itemId: item.itemId, ...(sightingId === undefined ? {} : { sightingId }) },
        });
        return toItemView(item);
      });
    },
  );

  app.delete<{ Params: Static<typeof ItemParams> }>(
    '/api/cases/:id/items/:itemId',
    { schema: { tags, params: ItemParams }, preValidation: mayWork },
    async (request, reply) => {
      const user = requireUser(request);
      const { id, itemId } = request.params;
      await noteRefusal(storage.audit, user, id, async () => {
        const found = await storage.cases.requireMember(id, user);
        const item = await storage.caseItems.remove(id, user, itemId);
        await auditCase(storage.audit, user, found, {
          action: 'case.remove_item',
          target: item.sighting?.plate?.text ?? item.sighting?.sightingId ?? 'note',
          detail: { itemId },
        });
      });
      return reply.status(204).send();
    },
  );

  app.post<{ Params: Params; Body: ConvoyRequest }>(
    '/api/cases/:id/convoy',
    {
      schema: { tags, params: Params, body: ConvoyRequest, response: { 200: CompanyReport } },
      preValidation: mayWork,
      config: COMPANY_LIMIT,
    },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { plate, from, to, withinSeconds, minCameras, limit = 20 } = request.body;
      return await noteRefusal(storage.audit, user, id, async () => {
        const found = await storage.cases.requireMember(id, user);
        const startedMs = clock.monotonicMs();
        const company = await storage.company.convoy({
          plate,
          fromMs: parseTime(from, 'from'),
          toMs: parseTime(to, 'to'),
          withinSeconds,
          minCameras,
          limit,
        });
        const tookMs = clock.monotonicMs() - startedMs;
        // After the search, since the row says how many were found; before the answer, since none goes out without its row.
        await auditCase(storage.audit, user, found, {
          action: 'case.convoy',
          target: plate,
          detail: { from, to, withinSeconds, minCameras, limit, found: company.vehicles.length, isCut: company.isCut },
        });
        await storage.cases.touch(id);
        return toCompanyView(company, tookMs);
      });
    },
  );

  app.post<{ Params: Params; Body: CommonRequest }>(
    '/api/cases/:id/common',
    {
      schema: { tags, params: Params, body: CommonRequest, response: { 200: CompanyReport } },
      preValidation: mayWork,
      config: COMPANY_LIMIT,
    },
    async (request) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { places, limit = 20 } = request.body;
      for (const [index, { cameraIds, area }] of places.entries())
        if ((cameraIds === undefined) === (area === undefined))
          throw apiErrors.REQUEST_INVALID({ field: `places.${index}.area` });
      return await noteRefusal(storage.audit, user, id, async () => {
        const found = await storage.cases.requireMember(id, user);
        const startedMs = clock.monotonicMs();
        const company = await storage.company.common({
          places: places.map(({ cameraIds, area, from, to }, index) => ({
            cameraIds,
            area,
            fromMs: parseTime(from, `places.${index}.from`),
            toMs: parseTime(to, `places.${index}.to`),
          })),
          limit,
        });
        const tookMs = clock.monotonicMs() - startedMs;
        await auditCase(storage.audit, user, found, {
          action: 'case.common',
          target: `${places.length} places`,
          detail: { places, limit, found: company.vehicles.length, isCut: company.isCut },
        });
        await storage.cases.touch(id);
        return toCompanyView(company, tookMs);
      });
    },
  );

  app.post<{ Params: Params; Querystring: CaseExportQuery }>(
    '/api/cases/:id/export',
    {
      schema: {
        tags,
        params: Params,
        querystring: CaseExportQuery,
        description: 'text/csv, UTF-8 with a byte order mark.',
      },
      preValidation: mayWork,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { id } = request.params;
      const { language = 'zh', timeZone = 'UTC' } = request.query;
      const style = csvStyle(language, timeZone);
      const nowMs = clock.nowMs();
      const { found, items } = await noteRefusal(storage.audit, user, id, async () => ({
        found: await storage.cases.requireReader(id, user),
        items: (await storage.caseItems.list(id, user)).map(toItemView),
      }));
      await auditCase(storage.audit, user, found, {
        action: 'case.export',
        target: found.number,
        detail: { items: items.length, language },
      });
      const lines = caseCsv(toCaseView(found), items, style, { username: user.username, nowMs });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', attachment(csvFileName(found.number, nowMs, style)))
        .header('cache-control', 'no-store')
        .send(Readable.from(lines));
    },
  );
}
