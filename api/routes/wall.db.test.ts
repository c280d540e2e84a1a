import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';
import { Fmp4Muxer } from '#ingest/recorder/fmp4-muxer.ts';
import { accessUnitsOf } from '#ingest/testdata/access-units.ts';
import { encodeClip } from '#ingest/testdata/encode-clip.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import type { ClipExport } from '../contract/exports.ts';
import type { Bookmark, WallLayout } from '../contract/wall.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
const startMs = Date.now() - 600_000;
const FRAMES = 100;

beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
  await fixture.app.ready();
  await fixture.storage.cameras.create({ ...sampleCamera(), name: '东门/1' }, cameraId('cam-9'));
  const units = accessUnitsOf(encodeClip({ frames: FRAMES, gop: 25 }));
  const [first] = units;
  if (!first) throw new Error('no picture');
  const muxer = new Fmp4Muxer();
  const fragments = units.flatMap((unit) => muxer.push(unit) ?? []);
  const file = Buffer.concat([
    buildInitSegment(first.format),
    ...[...fragments, muxer.flush()].map((fragment) => fragment?.bytes ?? Buffer.alloc(0)),
  ]);
  await mkdir(path.join(fixture.recordingFolder, 'cam-9'));
  await writeFile(path.join(fixture.recordingFolder, 'cam-9', 'a.mp4'), file);
  fixture.storage.segmentLog.appendSegment({
    segmentId: 'seg-1',
    cameraId: cameraId('cam-9'),
    stream: 'main',
    path: 'cam-9/a.mp4',
    startMs,
    endMs: startMs + 4_000,
    frames: FRAMES,
    sizeBytes: file.length,
    codecString: first.format.codecString,
    widthPx: 160,
    heightPx: 96,
  });
  await fixture.storage.writer.drain();
});
afterAll(() => fixture.close());

async function auditRows(action: string) {
  await fixture.storage.writer.drain();
  return (await fixture.storage.audit.list({ limit: 500 })).filter((entry) => entry.action === action);
}

const iso = (ms: number): string => new Date(ms).toISOString();

describe('layouts', () => {
  const steps = [{ layout: '6', tiles: ['cam-9', null, null, null, null, null] }];

  test('are kept for oneself, and shared ones are seen by all and written down', async () => {
    const mine = await request('operator', 'POST', '/api/wall/layouts', {
      body: { name: ' 夜班 ', isShared: false, steps },
    });
    expect([mine.statusCode, mine.json()]).toEqual([
      201,
      expect.objectContaining({ name: '夜班', isMine: true, steps }),
    ]);
    const shared = await request('operator', 'POST', '/api/wall/layouts', {
      body: { name: '巡逻', isShared: true, steps: [...steps, ...steps], dwellSeconds: 15 },
    });
    const seen = (await request('investigator', 'GET', '/api/wall/layouts')).json<WallLayout[]>();
    expect(seen).toMatchObject([
      { name: '巡逻', owner: 'operator', isMine: false, mayChange: false, dwellSeconds: 15 },
    ]);
    expect(await auditRows('wall.share')).toMatchObject([{ username: 'operator', detail: { name: '巡逻' } }]);
    const url = `/api/wall/layouts/${shared.json<WallLayout>().id}`;
    const body = { name: '巡逻 2', isShared: false, steps };
    expect(problemOf(await request('investigator', 'PUT', url, { body })).code).toBe('WALL_LAYOUT_NOT_FOUND');
    // An administrator may change what is shared, but not take it away from the others.
    expect((await request('administrator', 'PUT', url, { body })).json()).toMatchObject({
      name: '巡逻 2',
      isShared: true,
    });
  });

  test('come back after they were removed by mistake', async () => {
    const body = { name: 'x', isShared: false, steps };
    const { id } = (await request('inspector', 'POST', '/api/wall/layouts', { body })).json<WallLayout>();
    const url = `/api/wall/layouts/${id}`;
    expect(problemOf(await request('operator', 'DELETE', url)).status).toBe(404);
    expect((await request('inspector', 'DELETE', url)).statusCode).toBe(204);
    const own = async () =>
      (await request('inspector', 'GET', '/api/wall/layouts')).json<WallLayout[]>().filter(({ isMine }) => isMine);
    expect(await own()).toEqual([]);
    expect((await request('inspector', 'POST', `${url}/restore`)).statusCode).toBe(200);
    expect(await own()).toMatchObject([{ id, name: 'x' }]);
  });

  test.each([
    [{ name: ' ', isShared: false, steps }, 'name'],
    [{ name: 'x', isShared: false, steps: [] }, 'steps'],
    [{ name: 'x', isShared: false, steps: [{ layout: '../x', tiles: [] }] }, 'steps.0.layout'],
    [{ name: 'x', isShared: false, steps, dwellSeconds: 1 }, 'dwellSeconds'],
  ])('that make no sense are refused: %j', async (body, field) => {
    expect(problemOf(await request('operator', 'POST', '/api/wall/layouts', { body }))).toMatchObject({
      status: 400,
      field,
    });
  });
});

test('who saves a picture or has seen an alert is written down', async () => {
  const snapshot = { cameraId: 'cam-9', time: iso(startMs), source: 'live' };
  expect((await request('operator', 'POST', '/api/wall/snapshots', { body: snapshot })).statusCode).toBe(204);
  expect(await auditRows('snapshot.save')).toMatchObject([{ target: 'cam-9', detail: { source: 'live' } }]);
  const unknown = await request('operator', 'POST', '/api/wall/snapshots', { body: { ...snapshot, cameraId: 'none' } });
  expect(problemOf(unknown).code).toBe('CAMERA_NOT_FOUND');
  const body = { cameraId: 'cam-9', kind: 'watchlist.hit', eventIds: ['e1', 'e2'] };
  expect((await request('operator', 'POST', '/api/wall/acknowledgements', { body })).statusCode).toBe(204);
  expect(await auditRows('alert.acknowledge')).toMatchObject([
    { username: 'operator', detail: { eventIds: ['e1', 'e2'] } },
  ]);
});

test('a bookmark is seen by all who may see recordings, and removed by who set it', async () => {
  const body = { cameraId: 'cam-9', time: iso(startMs), note: '看这里' };
  const { id } = (await request('operator', 'POST', '/api/bookmarks', { body })).json<Bookmark>();
  const query = `/api/bookmarks?cameraId=cam-9&from=${iso(startMs - 1)}&to=${iso(startMs + 1)}`;
  const list = async () => (await request('inspector', 'GET', query)).json<Bookmark[]>();
  expect(await list()).toEqual([{ ...body, id, username: 'operator', isMine: false }]);
  expect(problemOf(await request('inspector', 'DELETE', `/api/bookmarks/${id}`)).code).toBe('BOOKMARK_NOT_FOUND');
  expect((await request('operator', 'DELETE', `/api/bookmarks/${id}`)).statusCode).toBe(204);
  expect(await list()).toEqual([]);
  expect((await request('operator', 'POST', `/api/bookmarks/${id}/restore`)).json()).toMatchObject({ id });
  expect(await list()).toHaveLength(1);
});

describe('exports', () => {
  const asked = { cameraIds: ['cam-9'], from: iso(startMs), to: iso(startMs + 4_000), purpose: '案件 7' };

  async function ended(id: string): Promise<ClipExport> {
    return await vi.waitUntil(
      async () =>
        (await request('operator', 'GET', '/api/exports'))
          .json<ClipExport[]>()
          .find((one) => one.id === id && !['waiting', 'running'].includes(one.state)),
      { timeout: 20_000, interval: 50 },
    );
  }

  test('make a file that plays to its last picture, with its times beside it, and every step is written down', async () => {
    const body = { ...asked, timeZone: 'Asia/Shanghai' };
    const { id } = (await request('operator', 'POST', '/api/exports', { body })).json<ClipExport>();
    const done = await ended(id);
    expect(done).toMatchObject({ state: 'done', purpose: '案件 7' });
    expect(done.files.map(({ kind }) => kind)).toEqual(['video', 'times', 'subtitles']);
    const [video, times] = done.files;
    if (!video || !times) throw new Error('no files');
    expect(video).toMatchObject({ frames: FRAMES, start: asked.from, name: expect.stringMatching(/^东门-1_.*\.mp4$/) });
    const whole = await request('operator', 'GET', video.url);
    expect([whole.statusCode, whole.rawPayload.length]).toEqual([200, video.sizeBytes]);
    expect(whole.headers['content-disposition']).toContain('attachment');
    const file = path.join(fixture.recordingFolder, 'downloaded.mp4');
    await writeFile(file, whole.rawPayload);
    expect(inspectSegment(file).frames).toBe(FRAMES);
    const part = await request('operator', 'GET', video.url, { headers: { range: 'bytes=0-99' } });
    expect([part.statusCode, part.rawPayload.length]).toEqual([206, 100]);
    expect((await request('operator', 'GET', times.url)).json()).toMatchObject({
      purpose: '案件 7',
      exportedBy: 'operator',
      frames: FRAMES,
    });
    expect(await auditRows('recording.export')).toMatchObject([{ target: 'cam-9', purpose: '案件 7' }]);
    expect(await auditRows('export.download')).toHaveLength(2);

    // Another person's export is not there for anybody else.
    expect(problemOf(await request('administrator', 'GET', video.url)).code).toBe('EXPORT_NOT_FOUND');
    expect(problemOf(await request('administrator', 'DELETE', `/api/exports/${id}`)).code).toBe('EXPORT_NOT_FOUND');
    expect((await request('operator', 'DELETE', `/api/exports/${id}`)).statusCode).toBe(204);
    expect((await request('operator', 'GET', video.url)).statusCode).toBe(404);
    await expect(readFile(path.join(fixture.recordingFolder, '..', 'exports', id, '0.mp4'))).rejects.toThrow(/ENOENT/);
  });

  test('say so when nothing was recorded', async () => {
    const body = { ...asked, from: iso(startMs - 60_000), to: iso(startMs - 30_000) };
    const { id } = (await request('operator', 'POST', '/api/exports', { body })).json<ClipExport>();
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      errorCode: 'EXPORT_EMPTY',
      reason: { zh: expect.stringMatching(/。$/) },
    });
  });

  test.each([
    [{ ...asked, purpose: ' ' }, 'purpose'],
    [{ ...asked, to: asked.from }, 'to'],
    [{ ...asked, cameraIds: [] }, 'cameraIds'],
    [{ ...asked, timeZone: 'Mars/Base' }, 'timeZone'],
  ])('without a reason, a range or cameras there are none: %j', async (body, field) => {
    const problem = problemOf(await request('operator', 'POST', '/api/exports', { body }));
    expect(problem).toMatchObject({ status: 400, field });
  });

  test('of a kitchen need a permission of their own: its recording shows faces; also when the camera was removed since', async () => {
    const kitchen = cameraId('kitchen-9');
    await fixture.storage.cameras.create({ ...sampleCamera(), name: '后厨', scene: 'kitchen' }, kitchen);
    const body = { ...asked, cameraIds: ['cam-9', 'kitchen-9'] };
    const before = (await auditRows('recording.export')).length;
    const refused = async () => problemOf(await request('operator', 'POST', '/api/exports', { body }));
    expect(await refused()).toMatchObject({ status: 403, code: 'EXPORT_OF_KITCHEN' });
    const { id } = (await request('administrator', 'POST', '/api/exports', { body })).json<ClipExport>();
    expect(await auditRows('recording.export')).toHaveLength(before + 1);
    expect((await request('administrator', 'DELETE', `/api/exports/${id}`)).statusCode).toBe(204);
    await fixture.storage.cameras.remove(kitchen);
    expect(await refused()).toMatchObject({ status: 403, code: 'EXPORT_OF_KITCHEN' });
  });

  test('left open by a run that was killed are failed at the next start', async () => {
    const open = await fixture.storage.exports.create({
      userId: (await fixture.storage.users.find('operator'))?.userId ?? '',
      purpose: 'x',
      cameraIds: [cameraId('cam-9')],
      fromMs: startMs,
      toMs: startMs + 1,
      timeZone: 'UTC',
    });
    expect(await fixture.storage.exports.failOpen('EXPORT_INTERRUPTED')).toEqual([open.exportId]);
    expect(await ended(open.exportId)).toMatchObject({ state: 'failed', errorCode: 'EXPORT_INTERRUPTED' });
  });
});

test('a picture of the recording at a moment, with the time when it truly was', async () => {
  const found = await request('operator', 'GET', `/api/recordings/cam-9/still.jpg?time=${iso(startMs + 2_500)}`);
  expect([found.statusCode, found.headers['x-picture-time']]).toEqual([200, iso(startMs + 2_000)]);
  const none = await request('operator', 'GET', `/api/recordings/cam-9/still.jpg?time=${iso(startMs - 9_000)}`);
  expect(problemOf(none).status).toBe(404);
  expect(await auditRows('recording.still')).toHaveLength(1);
});
