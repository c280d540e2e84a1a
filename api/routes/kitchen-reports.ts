import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../api-deps.ts';
import { KitchenReport, ReportExport, ReportQuery } from '../contract/kitchen-reports.ts';
import { attachment } from '../csv.ts';
import { summariseReport } from '../kitchen-report.ts';
import { reportCsv } from '../kitchen-report-csv.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { csvStyle } from '../sighting-csv.ts';
import { iso } from '../time-range.ts';
import { severities } from '../violation-view.ts';

/** A day or a week of the kitchens, as figures or as a file. */
export function addKitchenReportRoutes(app: FastifyInstance, { storage, clock }: ApiDeps): void {
  const mayReview = requirePermission('kitchen.review');

  const makeReport = async (query: ReportQuery): Promise<KitchenReport> => {
    const range = await storage.kitchenReports.range({
      kind: query.period,
      day: query.day,
      timeZone: query.timeZone,
    });
    const kitchens = await storage.kitchenReports.report(range, severities);
    const wanted = kitchens.filter(({ district }) => query.district === undefined || district === query.district);
    return { from: iso(range.fromMs), to: iso(range.toMs), ...summariseReport(wanted, query.by) };
  };

  app.get<{ Querystring: ReportQuery }>(
    '/api/kitchen-reports',
    {
      schema: { tags: ['kitchen'], querystring: ReportQuery, response: { 200: KitchenReport } },
      preValidation: mayReview,
    },
    async (request) => await makeReport(request.query),
  );

  app.post<{ Body: ReportExport }>(
    '/api/kitchen-reports/export',
    {
      schema: { tags: ['kitchen'], body: ReportExport, description: 'text/csv, UTF-8 with a byte order mark.' },
      preValidation: mayReview,
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { language, ...query } = request.body;
      const style = csvStyle(language, query.timeZone);
      const report = await makeReport(query);
      await storage.audit.append({
        ...{ userId: user.id, username: user.username, action: 'kitchen.report', target: query.district ?? '*' },
        detail: { period: query.period, day: query.day, by: query.by, language },
      });
      const name = `${style.say(['明厨亮灶', 'kitchens'])}-${query.period}-${query.day}.csv`;
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', attachment(name))
        .header('cache-control', 'no-store')
        .send(Readable.from(reportCsv(report, query, style, clock.nowMs())));
    },
  );
}
