import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { cameraId } from '#ingest/media.ts';
import { segmentPath } from '#ingest/recorder/segment-path.ts';
import { canMountSmallDisk, mountSmallDisk } from '#ingest/testdata/small-disk.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';
import { RecordingHousekeeping } from './retention.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MB = 1_000_000;
const KIB_OF_24_MB = Math.round((24 * MB) / 1024);

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: SimulatedClock;
let faults = new Set<string | undefined>();

beforeEach(async () => {
  clock = new SimulatedClock(Date.now());
  faults = new Set();
  fixture = await openTestStorage(inject('databaseUrl'), { clock });
  for (const name of ['a', 'b']) await fixture.storage.cameras.create(sampleCamera({ name }), cameraId(name));
});
afterEach(() => fixture.close());

function housekeeping(recordingFolder: string, changes: Readonly<Record<string, unknown>>): RecordingHousekeeping {
  const overrides = { recordingFolder, minimumFreeMb: 2, freeTargetMb: 5, protectedMinutes: 60, ...changes };
  const ingest = readConfig('ingest', ingestConfigSchema, {}, overrides);
  return new RecordingHousekeeping({
    storage: fixture.storage,
    settings: { ingest },
    recorderFaults: () => faults,
    clock,
    log: silentLog,
  });
}

/** A file of a megabyte with its row. @returns its path */
async function record(folder: string, camera: string, hoursAgo: number): Promise<string> {
  const startMs = clock.nowMs() - hoursAgo * HOUR_MS;
  const segmentId = uuidv7(startMs);
  const file = segmentPath({ cameraId: cameraId(camera), stream: 'main', segmentId, startMs });
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), Buffer.alloc(MB));
  await fixture.storage.recordingIndex.add([
    {
      segmentId,
      cameraId: cameraId(camera),
      stream: 'main',
      path: file,
      startMs,
      endMs: startMs + MINUTE_MS,
      frames: 1500,
      sizeBytes: MB,
      codecString: 'avc1.4d0028',
      widthPx: 1920,
      heightPx: 1080,
    },
  ]);
  return file;
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.mp4')).toSorted();
}

async function alarmEvents(): Promise<string[]> {
  const { spool, writer, events } = fixture.storage;
  spool.flush();
  await writer.drain();
  const items = await events.list({ kinds: ['system.health'], limit: 100 });
  return items
    .flatMap(({ event }) => (event.kind === 'system.health' ? [`${event.code} ${event.phase}`] : []))
    .toReversed();
}

test.skipIf(!canMountSmallDisk())(
  'the oldest of all cameras go when the disk is short, the youngest never, and one alarm says so',
  async () => {
    const disk = mountSmallDisk(KIB_OF_24_MB)!;
    try {
      const { storage } = fixture;
      await storage.outbox.createWebhook({
        name: 'w',
        url: 'http://127.0.0.1:9/',
        kinds: ['system.health'],
        createdBy: 'x',
      });
      const files: string[] = [];
      for (let index = 0; index < 20; index++)
        files.push(await record(disk.folder, index % 2 === 0 ? 'a' : 'b', index < 18 ? 40 - index : 0.5));
      const keeper = housekeeping(disk.folder, {});
      await keeper.round();
      // 4 MB are free, 5 are aimed at, with a tenth more: two files go, rounded up to the batch that holds them.
      const left = await filesIn(disk.folder);
      expect(left).toEqual(expect.arrayContaining(files.slice(18)));
      expect([...keeper.alarms]).toEqual(['DISK_LOW']);
      for (let round = 0; round < 5; round++) await keeper.round();
      expect(await alarmEvents()).toEqual(['DISK_LOW opened']);
      const { rows } = {
        rows: await storage.expiry.markOldest({ endedBeforeMs: clock.nowMs(), enoughBytes: Infinity, limit: 100 }),
      };
      expect(rows.map((row) => row.path).toSorted()).toEqual(left);
      expect((await storage.outbox.listWebhooks())[0]).toMatchObject({ pending: 1 });
      // Half an hour without need: it is over.
      clock.advance(31 * MINUTE_MS);
      await keeper.round();
      expect(await alarmEvents()).toContain('DISK_LOW closed');
      for (const name of await readdir(disk.folder)) await rm(path.join(disk.folder, name), { recursive: true });
    } finally {
      disk.unmount();
    }
  },
);

test.skipIf(!canMountSmallDisk())(
  'with the policy to stop nothing goes before its time, and recorders that stand still are an alarm',
  async () => {
    const disk = mountSmallDisk(KIB_OF_24_MB)!;
    try {
      for (let index = 0; index < 22; index++) await record(disk.folder, 'a', 40 - index);
      const keeper = housekeeping(disk.folder, { diskFullPolicy: 'stop' });
      faults = new Set(['DISK_FULL']);
      await keeper.round();
      expect(await filesIn(disk.folder)).toHaveLength(22);
      expect(await alarmEvents()).toEqual(['DISK_FULL opened']);
      for (const name of await readdir(disk.folder)) await rm(path.join(disk.folder, name), { recursive: true });
    } finally {
      disk.unmount();
    }
  },
);

test('a quota is kept by the oldest, without an alarm; what cannot be deleted is tried again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-quota-'));
  try {
    const old = await record(folder, 'a', 40);
    const young = await record(folder, 'b', 30);
    const protectedOne = await record(folder, 'b', 0.2);
    // As if they were larger: a quota is in gigabytes.
    const { recordingIndex, expiry } = fixture.storage;
    await recordingIndex.add([
      { ...largeRow('a', 39), sizeBytes: 1_000_000_000 },
      { ...largeRow('a', 0.1), sizeBytes: 900_000_000 },
    ]);
    const keeper = housekeeping(folder, { recordingMaxGb: 1, freeTargetMb: 0, minimumFreeMb: 0 });
    // A folder stands where the oldest file was: it cannot be deleted.
    await rm(path.join(folder, old));
    await mkdir(path.join(folder, old));
    await keeper.round();
    expect(await filesIn(folder)).toEqual([old, young, protectedOne].toSorted());
    expect(await alarmEvents()).toEqual([]);
    expect((await expiry.marked({ afterId: '', limit: 10 })).map((row) => row.path)).toEqual([old]);
    await rm(path.join(folder, old), { recursive: true });
    clock.advance(HOUR_MS / 2);
    await keeper.round();
    expect(await expiry.marked({ afterId: '', limit: 10 })).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('recordings end with the time of their camera', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-expiry-'));
  try {
    const { cameras } = fixture.storage;
    const { id, ...camera } = await cameras.get(cameraId('b'));
    await cameras.update(id, { ...camera, recording: { ...camera.recording, retentionHours: 10 } });
    const kept = [await record(folder, 'a', 11), await record(folder, 'b', 9)];
    await record(folder, 'b', 11);
    await record(folder, 'a', 73);
    const keeper = housekeeping(folder, { freeTargetMb: 0, minimumFreeMb: 0 });
    await keeper.round();
    expect(await filesIn(folder)).toEqual(kept.toSorted());
    expect(await fixture.storage.expiry.totalSizeBytes()).toBe(2 * MB);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function largeRow(camera: string, hoursAgo: number) {
  const startMs = clock.nowMs() - hoursAgo * HOUR_MS;
  const segmentId = uuidv7(startMs);
  return {
    segmentId,
    cameraId: cameraId(camera),
    stream: 'main' as const,
    path: `${camera}/${segmentId}.mp4`,
    startMs,
    endMs: startMs + MINUTE_MS,
    frames: 1,
    sizeBytes: 1,
    codecString: 'avc1.4d0028',
    widthPx: 1,
    heightPx: 1,
  };
}
