import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { cameraId } from '#ingest/media.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Id, IsoTime } from '../contract/common.ts';
import { Timeline } from '../contract/recordings.ts';
import { apiErrors } from '../errors.ts';
import { GAP_SENTENCES } from '../gap-sentences.ts';
import { readKeyFrame } from '../exports/recorded-picture.ts';
import type { Looks } from '../looks.ts';
import { openSegmentPaths, readOpenSegment } from '../open-segment.ts';
import { requirePermission, requireUser } from '../plugins/auth.ts';
import { sendFile } from '../send-file.ts';
import { iso, parseTime, parseTimeRange } from '../time-range.ts';

/** Ranges of one file asked for within this time belong to one look. */
const SAME_LOOK_MS = 600_000;
/** Beyond this no file is still being written. */
const NEAR_NOW_MS = 15 * 60_000;
const MAX_RANGE_MS = 24 * 3_600_000 + 1000;

const CameraParams = Type.Object({ cameraId: Type.String({ maxLength: 64 }) });
const RangeQuery = Type.Object({ from: IsoTime, to: IsoTime });
const OpenParams = Type.Object({ cameraId: Id, segmentId: Id });
const StillQuery = Type.Object({ time: IsoTime });
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
      const nowMs = deps.clock.nowMs();
      // Who looks back ten seconds wants what is being written at this moment.
      const open =
        range.toMs > nowMs - NEAR_NOW_MS ? await readOpenSegment(deps.recordingFolder, id, nowMs) : undefined;
      const isNew = open && !timeline.segments.some(({ segmentId }) => segmentId === open.segmentId);
      const inRange = isNew && open.endMs > range.fromMs && open.startMs < range.toMs;
      return {
        cameraId: id,
        from: iso(range.fromMs),
        to: iso(range.toMs),
        segments: [...timeline.segments, ...(inRange ? [open] : [])].map((segment) => ({
          segmentId: segment.segmentId,
          start: iso(segment.startMs),
          end: iso(segment.endMs),
          sizeBytes: segment.sizeBytes,
          codec: segment.codecString,
          widthPx: segment.widthPx,
          heightPx: segment.heightPx,
          source: segment.source ?? 'live',
          url:
            segment === open
              ? `/api/recordings/${id}/open/${segment.segmentId}`
              : `/api/recordings/segments/${segment.segmentId}`,
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
      void reply.header('content-type', 'video/mp4').header('cache-control', 'private, max-age=3600');
      const { segmentId, cameraId: target, startMs } = segment;
      // One row a file, not a range: a player asks for many ranges of one.
      const once = { key: segmentId, withinMs: SAME_LOOK_MS };
      return await sendFile(request, reply, file, () =>
        looks.note(user, { action: 'recording.play', target, detail: { segmentId, start: iso(startMs) } }, once),
      );
    },
  );

  app.get<{ Params: Static<typeof OpenParams> }>(
    '/api/recordings/:cameraId/open/:segmentId',
    {
      schema: {
        tags: ['recordings'],
        params: OpenParams,
        description: 'The file that is being recorded, as far as it is whole; answers range requests.',
      },
      preValidation: mayLook,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const id = cameraId(request.params.cameraId);
      const paths = openSegmentPaths(id, request.params.segmentId);
      const segment = paths && (await readOpenSegment(deps.recordingFolder, id, deps.clock.nowMs()));
      if (!paths) throw apiErrors.NOT_FOUND();
      const isOpen = segment?.path === paths[0];
      void reply.header('content-type', 'video/mp4').header('cache-control', 'no-store');
      const { segmentId } = request.params;
      const once = { key: segmentId, withinMs: SAME_LOOK_MS };
      return await sendFile(
        request,
        reply,
        path.join(deps.recordingFolder, isOpen ? paths[0] : paths[1]),
        () => looks.note(user, { action: 'recording.play', target: id, detail: { segmentId } }, once),
        isOpen ? segment.sizeBytes : undefined,
      );
    },
  );

  app.get<{ Params: Static<typeof CameraParams>; Querystring: Static<typeof StillQuery> }>(
    '/api/recordings/:cameraId/still.jpg',
    {
      schema: {
        tags: ['recordings'],
        params: CameraParams,
        querystring: StillQuery,
        description: 'The last key frame at or before a time, JPEG; `x-picture-time` says when it was.',
      },
      preValidation: mayLook,
    },
    async (request, reply) => {
      const user = requireUser(request);
      const timeMs = parseTime(request.query.time, 'time');
      const id = cameraId(request.params.cameraId);
      const { segments } = await storage.segments.timeline({ cameraId: id, fromMs: timeMs, toMs: timeMs + 1 });
      const nowMs = deps.clock.nowMs();
      const isNow = segments.length === 0 && timeMs > nowMs - NEAR_NOW_MS;
      const open = isNow ? await readOpenSegment(deps.recordingFolder, id, nowMs) : undefined;
      const segment = segments.at(-1) ?? (open && open.startMs <= timeMs && open.endMs > timeMs ? open : undefined);
      const root = path.resolve(deps.recordingFolder);
      const file = segment && path.resolve(root, segment.path);
      if (!segment || !file?.startsWith(root + path.sep)) throw apiErrors.NOT_FOUND();
      const unit = await readKeyFrame(file, segment.startMs, timeMs).catch(() => undefined);
      if (!unit) throw apiErrors.NOT_FOUND({ segmentId: segment.segmentId });
      // Who draws along a timeline sees many pictures of one file: one look.
      const once = { key: segment.segmentId, withinMs: SAME_LOOK_MS };
      const detail = { segmentId: segment.segmentId, start: iso(segment.startMs) };
      await looks.note(user, { action: 'recording.still', target: id, detail }, once);
      const jpeg = await deps.cameras.decode(`${id}/recorded/${Math.round(unit.wallMs)}`, unit);
      return reply
        .header('content-type', 'image/jpeg')
        .header('cache-control', 'private, max-age=600')
        .header('x-picture-time', iso(unit.wallMs))
        .send(jpeg);
    },
  );
}
