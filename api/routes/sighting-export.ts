import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { SightingPage } from '#storage/sightings/sighting-repository.ts';
import type { ApiDeps } from '../api-deps.ts';
import { SightingExport } from '../contract/sightings.ts';
import { attachment, csvLine } from '../csv.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { auditSearch } from '../search-audit.ts';
import {
  type CsvStyle,
  csvEnd,
  csvFileName,
  csvHead,
  csvStyle,
  sightingCells,
  sightingColumns,
} from '../sighting-csv.ts';
import { toSightingSearch } from '../sighting-search.ts';
import { toSightingView } from '../sighting-view.ts';

const MOST_ROWS = 10_000;
const PAGE_ROWS = 500;

/** A list of results as a file, with why and by whom it was taken out written into it. */
export function addSightingExportRoute(app: FastifyInstance, deps: ApiDeps): void {
  const { storage, clock } = deps;

  app.post<{ Body: SightingExport }>(
    '/api/sightings/export',
    {
      schema: { tags: ['sightings'], body: SightingExport, description: 'text/csv, UTF-8 with a byte order mark.' },
      preValidation: requirePermission('vehicle.search'),
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { purpose, caseId, language, timeZone = 'UTC', ...query } = request.body;
      const style = csvStyle(language, timeZone);
      const search = toSightingSearch(query);
      const { plate, ...filters } = query;
      const found = await auditSearch(storage, user, {
        action: 'sighting.export',
        target: plate || '*',
        purpose,
        caseId,
        detail: { ...filters, language },
      });
      const pageFrom = (cursor: string | undefined): Promise<SightingPage> =>
        storage.sightings.search({ ...search, limit: PAGE_ROWS, cursor });
      // Before the first byte, so that what is wrong with the question can still be said.
      const first = await pageFrom(undefined);
      const nowMs = clock.nowMs();
      const head = csvHead(style, {
        purpose,
        caseNumber: found && `${found.number} ${found.title}`,
        username: user.username,
        nowMs,
        query: describeQuery(query, style),
      });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', attachment(csvFileName(style.say(['过车记录', 'sightings']), nowMs, style)))
        .header('cache-control', 'no-store')
        .send(Readable.from(lines(head, first, pageFrom, style)));
    },
  );
}

/** A page at a time: the next is fetched when the last has been taken. */
async function* lines(
  head: string,
  first: SightingPage,
  pageFrom: (cursor: string) => Promise<SightingPage>,
  style: CsvStyle,
): AsyncGenerator<string> {
  yield head + csvLine(sightingColumns(style));
  let rows = 0;
  for (let page = first; ; ) {
    const { nextCursor } = page;
    rows += page.sightings.length;
    yield page.sightings.map((sighting) => csvLine(sightingCells(toSightingView(sighting), style))).join('');
    if (nextCursor === undefined || rows >= MOST_ROWS) return yield csvEnd(style, rows, nextCursor !== undefined);
    page = await pageFrom(nextCursor);
  }
}

function describeQuery(
  query: Omit<SightingExport, 'purpose' | 'caseId' | 'language' | 'timeZone'>,
  { say, time }: CsvStyle,
): readonly (readonly [string, string])[] {
  const { plate, from, to, isFuzzy, ...others } = query;
  return [
    [say(['号牌', 'Plate']), plate || '*'],
    [say(['起', 'From']), time(from)],
    [say(['止', 'To']), time(to)],
    ...(isFuzzy ? [[say(['包括可能误读的号牌', 'With plates that may be misread']), say(['是', 'yes'])] as const] : []),
    ...Object.entries(others)
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          [
            FILTERS[name] ? say(FILTERS[name]) : name,
            typeof value === 'string' ? value : JSON.stringify(value),
          ] as const,
      ),
  ];
}

const FILTERS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  cameraIds: ['摄像机', 'Cameras'],
  area: ['地图区域', 'Map area'],
  timeOfDay: ['每日时段', 'Hours of each day'],
  vehicleType: ['车型', 'Vehicle type'],
  vehicleColour: ['车身颜色', 'Vehicle colour'],
  direction: ['方向', 'Direction'],
  plateColour: ['号牌颜色', 'Plate colour'],
};
