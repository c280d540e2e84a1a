import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ExportFile as DomainFile } from '#storage/recordings/export-file.ts';
import type { ClipExport as DomainExport } from '#storage/recordings/export-repository.ts';
import { storageErrors } from '#storage/errors.ts';
import type { ApiDeps } from '../api-deps.ts';
import { ClipExport, ExportInput } from '../contract/exports.ts';
import { attachment } from '../csv.ts';
import { apiErrors } from '../errors.ts';
import type { ExportQueue } from '../exports/export-queue.ts';
import type { Looks } from '../looks.ts';
import { PERMISSIONS } from '../permissions.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { sendFile } from '../send-file.ts';
import { iso, parseTimeRange } from '../time-range.ts';

const MAX_RANGE_MS = 24 * 3_600_000;
const MAX_OPEN = 100;
/** Ranges of one file asked for within this time belong to one download. */
const SAME_DOWNLOAD_MS = 600_000;
const TYPES = { video: 'video/mp4', times: 'application/json', subtitles: 'text/vtt; charset=utf-8' } as const;

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
type Params = Static<typeof Params>;
const FileParams = Type.Object({ id: Type.String({ maxLength: 64 }), file: Type.String({ maxLength: 40 }) });

/** Recordings as files: asked for, made one after the other, downloaded until their time is over. */
export function addExportRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  { looks, queue }: { readonly looks: Looks; readonly queue: ExportQueue },
): void {
  const { storage } = deps;
  const preValidation = requirePermission('recording.export');

  app.get(
    '/api/exports',
    { schema: { tags: ['exports'], response: { 200: Type.Array(ClipExport) } }, preValidation },
    async (request) => {
      const own = await storage.exports.list(requireUser(request).id);
      return own.map((one) => toView(one, queue.progress(one.exportId)));
    },
  );

  app.post<{ Body: ExportInput }>(
    '/api/exports',
    {
      schema: { tags: ['exports'], body: ExportInput, response: { 201: ClipExport } },
      preValidation,
      config: { rateLimit: { max: 60, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const user = requireUser(request);
      const { cameraIds, from, to, purpose, timeZone = 'UTC' } = request.body;
      const range = parseTimeRange(from, to, MAX_RANGE_MS);
      if (!isTimeZone(timeZone)) throw apiErrors.REQUEST_INVALID({ field: 'timeZone' });
      // What leaves a kitchen shows nobody's face, unless somebody who answers for it takes it out.
      const kitchens = await storage.cameras.kitchensAmong(cameraIds.map(cameraId));
      if (kitchens.length > 0 && !PERMISSIONS[user.role].includes('kitchen.export'))
        throw apiErrors.EXPORT_OF_KITCHEN({ cameras: kitchens.join(', ') });
      if (queue.openCount >= MAX_OPEN) throw apiErrors.EXPORT_QUEUE_FULL({ limit: MAX_OPEN });
      await storage.audit.append({
        userId: user.id,
        username: user.username,
        action: 'recording.export',
        target: cameraIds.join(','),
        purpose: purpose.trim(),
        detail: { from: iso(range.fromMs), to: iso(range.toMs) },
      });
      const created = await storage.exports.create({
        userId: user.id,
        purpose: purpose.trim(),
        cameraIds: cameraIds.map(cameraId),
        ...range,
        timeZone,
      });
      queue.add(created);
      return reply.status(201).send(toView(created, undefined));
    },
  );

  app.delete<{ Params: Params }>(
    '/api/exports/:id',
    { schema: { tags: ['exports'], params: Params }, preValidation },
    async (request, reply) => {
      const { exportId } = await storage.exports.get(request.params.id, requireUser(request).id);
      await queue.cancel(exportId);
      return reply.status(204).send();
    },
  );

  app.get<{ Params: Static<typeof FileParams> }>(
    '/api/exports/:id/files/:file',
    {
      schema: { tags: ['exports'], params: FileParams, description: 'A file of an export; answers range requests.' },
      preValidation,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const one = await storage.exports.get(request.params.id, user.id);
      const found = one.files.find(({ file }) => file === request.params.file);
      if (!found) throw apiErrors.NOT_FOUND();
      void reply
        .header('content-type', TYPES[found.kind])
        .header('content-disposition', attachment(found.name))
        .header('cache-control', 'private, no-store');
      return await sendFile(request, reply, queue.fileOf(one.exportId, found.file), () =>
        looks.note(
          user,
          {
            action: 'export.download',
            target: found.cameraId,
            purpose: one.purpose,
            detail: { exportId: one.exportId, name: found.name },
          },
          { key: `${one.exportId} ${found.file}`, withinMs: SAME_DOWNLOAD_MS },
        ),
      );
    },
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function toView(one: DomainExport, progress: number | undefined): ClipExport {
  const { exportId: id, errorCode, expiresAtMs } = one;
  const reason = errorCode === undefined ? undefined : reasonOf(errorCode);
  return {
    id,
    cameraIds: [...one.cameraIds],
    from: iso(one.fromMs),
    to: iso(one.toMs),
    purpose: one.purpose,
    state: one.state,
    files: one.files.map((file) => toFileView(id, file)),
    createdAt: iso(one.createdAtMs),
    ...(progress === undefined ? {} : { progress }),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(expiresAtMs === undefined ? {} : { expiresAt: iso(expiresAtMs) }),
  };
}

function toFileView(exportId: string, file: DomainFile): ClipExport['files'][number] {
  const { cameraId: camera, name, kind, sizeBytes, startMs, endMs, frames } = file;
  return {
    cameraId: camera,
    name,
    kind,
    sizeBytes,
    url: `/api/exports/${exportId}/files/${file.file}`,
    ...(startMs === undefined ? {} : { start: iso(startMs) }),
    ...(endMs === undefined ? {} : { end: iso(endMs) }),
    ...(frames === undefined ? {} : { frames }),
  };
}

function reasonOf(code: string): ClipExport['reason'] {
  const known = Object.entries({ ...storageErrors, ...apiErrors }).find(([name]) => name === code)?.[1];
  if (!known) return undefined;
  const { en, zh, remedyEn, remedyZh } = known.text;
  return { en, zh, remedyEn, remedyZh };
}
