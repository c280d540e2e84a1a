import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ApiDeps } from '../api-deps.ts';
import { parseByteRange } from '../byte-range.ts';
import { IsoTime } from '../contract/common.ts';
import { Timeline } from '../contract/recordings.ts';
import { apiErrors } from '../errors.ts';
import { GAP_SENTENCES } from '../gap-sentences.ts';
import type { Looks } from '../looks.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { iso, parseTimeRange } from '../time-range.ts';

/** Ranges of one file asked for within this time belong to one look. */
const SAME_LOOK_MS = 600_000;
const MAX_RANGE_MS = 24 * 3_600_000 + 1000;

const CameraParams = Type.Object({ cameraId: Type.String({ maxLength: 64 }) });
const RangeQuery = Type.Object({ from: IsoTime, to: IsoTime });
const SegmentParams = Type.Object({ segmentId: Type.String({ maxLength: 64 }) });

export function addRecordingRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage } = deps;
  const mayLook = requirePermission('recording.view');

  app.get<{ Params: Static<typeof CameraParams>; Querystring: Static<typeof RangeQuery> }>(
    '/api/recordings/:cameraId/timeline',
    {
      schema: { tags: ['recordings'], params: CameraParams, querystring: RangeQuery, response: { 200: Timeline } },
      preValidation: mayLook,
    },
    async (request) => {
      const range = parseTimeRange(request.query.from, request.query.to, MAX_RANGE_MS);
      const id = cameraId(request.params.cameraId);
      const timeline = await storage.segments.timeline({ cameraId: id, ...range });
      return {
        cameraId: id,
        from: iso(range.fromMs),
        to: iso(range.toMs),
        segments: timeline.segments.map((segment) => ({
          segmentId: segment.segmentId,
          start: iso(segment.startMs),
          end: iso(segment.endMs),
          sizeBytes: segment.sizeBytes,
          codec: segment.codecString,
          widthPx: segment.widthPx,
          heightPx: segment.heightPx,
          source: segment.source ?? 'live',
          url: `/api/recordings/segments/${segment.segmentId}`,
        })),
        gaps: timeline.gaps.map((gap) => ({
          start: iso(gap.startMs),
          cause: gap.cause,
          reason: GAP_SENTENCES[gap.cause],
          ...(gap.endMs === undefined ? {} : { end: iso(gap.endMs) }),
        })),
        events: timeline.events.map(({ event, ruleName }) => ({
          eventId: event.eventId,
          kind: event.kind,
          time: iso(event.timeMs),
          label:
            event.kind === 'vehicle.sighting' ? (event.plate?.text ?? event.vehicleType) : (ruleName ?? event.kind),
        })),
      };
    },
  );

  app.get<{ Params: Static<typeof SegmentParams> }>(
    '/api/recordings/segments/:segmentId',
    {
      schema: {
        tags: ['recordings'],
        params: SegmentParams,
        description: 'A recorded file, fragmented MP4; answers range requests.',
      },
      preValidation: mayLook,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const segment = await storage.segments.get(request.params.segmentId);
      const root = path.resolve(deps.recordingFolder);
      const file = path.resolve(root, segment.path);
      if (!file.startsWith(root + path.sep)) throw apiErrors.NOT_FOUND();
      const sizeBytes = (await stat(file).catch(() => undefined))?.size;
      if (sizeBytes === undefined) throw apiErrors.NOT_FOUND({ segmentId: segment.segmentId });
      const range = parseByteRange(request.headers.range, sizeBytes);
      void reply
        .header('accept-ranges', 'bytes')
        .header('content-type', 'video/mp4')
        .header('cache-control', 'private, max-age=3600');
      if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${sizeBytes}`).send();
      const { start, end } = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
      const { segmentId, cameraId: target, startMs } = segment;
      // One row a file, not a range: a player asks for many ranges of one.
      const once = { key: segmentId, withinMs: SAME_LOOK_MS };
      await looks.note(user, { action: 'recording.play', target, detail: { segmentId, start: iso(startMs) } }, once);
      if (range !== 'whole') void reply.status(206).header('content-range', `bytes ${start}-${end}/${sizeBytes}`);
      return reply.header('content-length', end - start + 1).send(createReadStream(file, { start, end }));
    },
  );
}
