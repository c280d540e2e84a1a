import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { CameraState } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { storageConfigSchema } from '../config.ts';
import { EmbeddedPostgres } from '../embedded-postgres.ts';
import { openStorage } from '../storage.ts';
import { sampleCamera, samplePlate, sampleSighting, sampleViolation } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';
import type { FeedItem } from './stored-event.ts';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
beforeEach(async () => {
  fixture = await openTestStorage(inject('databaseUrl'), { settings: { writeBatch: 20 } });
});
afterEach(() => fixture.close());

test('stores events with their pictures and tells of them once, by the names that people know', async () => {
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera(), cameraId('cam-1'));
  const told: FeedItem[] = [];
  storage.writer.onStored((items) => told.push(...items));
  const sighting = sampleSighting({ plate: samplePlate('京A12345') });
  await storage.eventSink.emit(sighting, [{ key: sighting.pictureKey, jpeg: Buffer.from('picture') }]);
  expect(storage.writer.pendingCount()).toBe(1);

  await storage.writer.drain();
  expect(storage.writer.pendingCount()).toBe(0);
  expect(told).toEqual([{ event: sighting, cameraName: 'North gate', ruleName: undefined }]);
  expect(await storage.events.list({ limit: 10 })).toEqual(told);
  expect(await storage.events.get(sighting.eventId)).toEqual(told[0]);
  expect((await storage.sightings.get(sighting.eventId)).plate).toEqual(sighting.plate);
  expect((await storage.blobs.get(sighting.pictureKey)).body.toString()).toBe('picture');
});

test('an event that comes twice is stored once, and nothing follows from it a second time', async () => {
  const { storage } = fixture;
  await storage.outbox.createWebhook({ name: 'w', url: 'http://a', kinds: ['kitchen.violation'], createdBy: 'x' });
  const told = vi.fn();
  storage.writer.onStored(told);
  const violation = sampleViolation();
  await Promise.all([storage.eventSink.emit(violation, []), storage.eventSink.emit(violation, [])]);
  await storage.writer.drain();
  await storage.eventSink.emit(violation, []);
  await storage.writer.drain();
  expect(told).toHaveBeenCalledTimes(1);
  expect(await storage.events.list({ limit: 10 })).toHaveLength(1);
  expect(await storage.outbox.claimDue(10)).toHaveLength(1);
});

test('a violation opens and closes, and each goes out to who subscribed', async () => {
  const { storage } = fixture;
  const rules = [{ kind: 'hygiene', id: 'rule-1', name: 'Bins', item: 'bin_open', zone: [], graceMs: 1000 }] as const;
  await storage.cameras.create(sampleCamera({ scene: 'kitchen', name: 'Wok', rules }), cameraId('kitchen-1'));
  await storage.outbox.createWebhook({ name: 'w', url: 'http://a', kinds: ['kitchen.violation'], createdBy: 'x' });
  const opened = sampleViolation();
  const { pictureKey: _key, ...rest } = opened;
  const closed = { ...rest, eventId: randomUUID(), phase: 'closed' as const, timeMs: opened.timeMs + 1000 };
  await storage.eventSink.emit(opened, []);
  await storage.writer.drain();
  expect(await storage.violations.list({ state: 'open', limit: 5 })).toMatchObject([
    { violationId: opened.violationId, kitchenName: 'Wok', ruleName: 'Bins', closedAtMs: undefined },
  ]);
  await storage.eventSink.emit(closed, []);
  await storage.writer.drain();
  expect(await storage.violations.list({ state: 'open', limit: 5 })).toEqual([]);
  expect(await storage.violations.get(opened.violationId)).toMatchObject({
    openedAtMs: opened.timeMs,
    closedAtMs: closed.timeMs,
    pictureKey: opened.pictureKey,
  });
  const deliveries = await storage.outbox.claimDue(10);
  const bodies = deliveries.map(
    ({ body }) => JSON.parse(body) as { id: string; data: { cameraName: string; phase: string } },
  );
  expect(bodies.map(({ id, data }) => [id, data.cameraName, data.phase])).toEqual([
    [opened.eventId, 'Wok', 'opened'],
    [closed.eventId, 'Wok', 'closed'],
  ]);
});

test('a watched plate hits by its best reading and, as possible, by a likely other one', async () => {
  const { storage } = fixture;
  const expiresAtMs = Date.now() + 3_600_000;
  const entry = await storage.watchlist.add({ plate: '京A·12345', reason: 'case 7', owner: 'anna', expiresAtMs });
  const plates = [
    samplePlate('京A12345', { confidence: 0.9 }),
    samplePlate('京A12346', { alternatives: [{ text: '京A12345', confidence: 0.25 }] }),
    samplePlate('京A12347', { alternatives: [{ text: '京A12345', confidence: 0.1 }] }),
  ];
  const sightings = plates.map((plate, index) => sampleSighting({ plate, timeMs: Date.now() + index }));
  for (const sighting of sightings) await storage.eventSink.emit(sighting, []);
  await storage.writer.drain();
  const hits = (await storage.events.list({ kinds: ['watchlist.hit'], limit: 10 })).map(({ event }) => event);
  expect(hits).toMatchObject([
    {
      match: 'possible',
      confidence: 0.25,
      sightingId: sightings[1]!.eventId,
      plate: '京A12345',
      entryId: entry.entryId,
    },
    { match: 'exact', confidence: 0.9, sightingId: sightings[0]!.eventId },
  ]);
  expect(await storage.watchlist.list()).toMatchObject([{ plate: '京A12345', hits: 2 }]);

  await storage.watchlist.remove(entry.entryId);
  await storage.eventSink.emit(sampleSighting({ plate: plates[0]! }), []);
  await storage.writer.drain();
  expect(await storage.events.list({ kinds: ['watchlist.hit'], limit: 10 })).toHaveLength(2);
});

test('an outage of a camera opens once and closes once, and the history keeps every change', async () => {
  const { storage } = fixture;
  const startMs = Date.now() - 10_000;
  const statuses = ['connecting', 'live', 'stalled', 'offline', 'connecting', 'offline', 'live'] as const;
  let previous: CameraState | undefined;
  for (const [index, status] of statuses.entries()) {
    const state: CameraState = {
      cameraId: cameraId('cam-1'),
      stream: 'main',
      status,
      sinceMs: startMs + index * 1000,
      errorCode: status === 'offline' ? 'CAMERA_UNREACHABLE' : undefined,
      nextRetryMs: undefined,
      lastPacketMs: undefined,
      bitrateKbps: 0,
      framesPerSecond: 0,
      lossRatio: 0,
      widthPx: undefined,
      heightPx: undefined,
      codecString: undefined,
    };
    storage.cameraStates.stateChanged(state, previous);
    storage.cameraStates.stateChanged({ ...state, bitrateKbps: 5 }, state);
    previous = state;
  }
  await storage.writer.drain();
  const events = (await storage.events.list({ kinds: ['camera.health'], limit: 10 })).map(({ event }) => event);
  expect(events).toMatchObject([
    { phase: 'closed', status: 'live' },
    { phase: 'opened', status: 'stalled' },
  ]);
  const history = await storage.cameraStates.list({ cameraId: cameraId('cam-1'), limit: 10 });
  expect(history.map(({ status }) => status)).toEqual(statuses.toReversed());
  expect(history[1]).toMatchObject({ errorCode: 'CAMERA_UNREACHABLE' });
});

test('what the database can never take is put aside with the reason, and the rest is stored', async () => {
  const { storage } = fixture;
  const good = Array.from({ length: 30 }, () => sampleSighting());
  const bad = [
    sampleSighting({ trackId: 'null \u0000 character' }),
    sampleSighting({ eventId: 'not a uuid' }),
    sampleSighting({ timeMs: Date.UTC(1999, 0) }),
    { kind: 'vehicle.sighting' } as never,
  ];
  const all = [...good.slice(0, 10), bad[0]!, ...good.slice(10, 20), bad[1]!, bad[2]!, ...good.slice(20), bad[3]!];
  for (const event of all) await storage.eventSink.emit(event, []);
  await storage.writer.drain();
  expect(await storage.events.list({ limit: 100 })).toHaveLength(30);
  expect(storage.writer.pendingCount()).toBe(0);
  expect(storage.writer.counts).toEqual({ stored: 30, buried: 4 });
  const reasons = storage.spool.deadLetters().map(({ error }) => error);
  expect(reasons).toEqual([
    expect.stringContaining('ENTRY_UNREADABLE'),
    expect.stringContaining('EVENT_TIME_IMPLAUSIBLE'),
    expect.stringContaining('invalid input syntax for type uuid'),
    expect.stringContaining('unsupported Unicode escape sequence'),
  ]);
});

test('rows of the recorder arrive: segments, and a gap that opens and closes', async () => {
  const { storage } = fixture;
  const startMs = Date.now() - 60_000;
  const camera = cameraId('cam-1');
  const segment = {
    segmentId: 's1',
    cameraId: camera,
    stream: 'main' as const,
    path: 'cam-1/a.mp4',
    startMs,
    endMs: startMs + 30_000,
    frames: 750,
    sizeBytes: 5_000_000_000,
    codecString: 'avc1.42e01f',
    widthPx: 1920,
    heightPx: 1080,
  };
  const gap = {
    gapId: 'g1',
    cameraId: camera,
    stream: 'main' as const,
    startMs: startMs + 30_000,
    endMs: undefined,
    cause: 'camera_unreachable' as const,
    errorCode: 'CAMERA_UNREACHABLE',
  };
  storage.segmentLog.appendSegment(segment);
  storage.segmentLog.openGap(gap);
  await storage.writer.drain();
  const range = { cameraId: camera, fromMs: startMs, toMs: startMs + 60_000 };
  expect(await storage.segments.timeline(range)).toEqual({ segments: [segment], gaps: [gap], events: [] });
  // What it turned out to be, and then the opening row once more, as after a crash.
  const closed = {
    ...gap,
    endMs: startMs + 40_000,
    cause: 'camera_rejected' as const,
    errorCode: 'RTSP_AUTH_REJECTED',
  };
  storage.segmentLog.closeGap(closed);
  storage.segmentLog.openGap(gap);
  await storage.writer.drain();
  expect((await storage.segments.timeline(range)).gaps).toEqual([closed]);
});

test('while the database is away everything waits, and then arrives once and in order', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-outage-'));
  // mkdtemp closes it to all others; the server runs as another user when we are root.
  await chmod(folder, 0o755);
  const deps = { folder: path.join(folder, 'postgres'), log: silentLog, clock: systemClock, isThrowaway: true };
  const server = new EmbeddedPostgres(deps);
  const { url } = await server.start();
  const storage = await openStorage({
    databaseUrl: url,
    dataFolder: folder,
    config: readConfig('storage', storageConfigSchema, {}, { connections: 3, writeBatch: 7 }),
    log: silentLog,
    clock: systemClock,
  });
  const told: string[] = [];
  storage.writer.onStored((items) => told.push(...items.map(({ event }) => event.eventId)));
  const emitted: string[] = [];
  const emit = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const event = sampleSighting({ plate: samplePlate(`京A${10000 + emitted.length}`) });
      await storage.eventSink.emit(event, []);
      emitted.push(event.eventId);
    }
  };
  try {
    storage.writer.start();
    await emit(10);
    await vi.waitFor(() => expect(told).toHaveLength(10), { timeout: 10_000 });
    // A crash: the server loses what it was doing and comes back by itself at the same address.
    const crashed = server.pid!;
    process.kill(crashed, 'SIGKILL');
    await emit(25);
    await vi.waitFor(() => expect(storage.writer.isDatabaseAway).toBe(true), { timeout: 10_000, interval: 10 });
    expect(storage.writer.pendingCount()).toBeGreaterThan(0);
    await emit(25);
    await vi.waitFor(() => expect(told).toHaveLength(60), { timeout: 20_000 });
    expect(told).toEqual(emitted);
    expect(server.pid).not.toBe(crashed);
    expect(storage.writer.isDatabaseAway).toBe(false);
    expect(await storage.events.list({ limit: 100 })).toHaveLength(60);
  } finally {
    await storage.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
