import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId } from '#ingest/media.ts';
import { encodeClip } from '#ingest/testdata/encode-clip.ts';
import { FakeCamera } from '#ingest/testdata/fake-camera.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { createTestDatabase } from '#storage/testing/test-database.ts';
import { repairRecordings } from './recording-repair.ts';

const GOP = 10;
const CLIP = encodeClip({ frames: 150, gop: GOP });
/** Pictures that each camera has sent when the process is killed; the last group of pictures is not whole. */
const SENT = [126, 65] as const;
const CHILD = fileURLToPath(new URL('./testing/record-until-killed.ts', import.meta.url));

let folder = '';
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let fakes: FakeCamera[] = [];
let child: ChildProcessByStdio<null, Readable, null> | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-repair-'));
  database = await createTestDatabase(inject('databaseUrl'));
  fakes = await Promise.all(SENT.map((stallAfter) => FakeCamera.start({ clip: CLIP, fps: 50, stallAfter })));
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await Promise.all(fakes.map((fake) => fake.close()));
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function openOurs(): Promise<Storage> {
  return await openStorage({
    databaseUrl: database.url,
    dataFolder: path.join(folder, 'data'),
    config: readConfig('storage', storageConfigSchema, {}),
    log: silentLog,
    clock: systemClock,
  });
}

/** Records all that the cameras send, and kills the process when the last picture has come. */
async function recordAndKill(writer: 'on' | 'off'): Promise<void> {
  const args = [CHILD, database.url, path.join(folder, 'data'), path.join(folder, 'recordings'), writer];
  const recording = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child = recording;
  const received = new Map<string, number>();
  const isDone = new Promise<void>((resolve) => {
    let text = '';
    recording.stdout.on('data', (bytes: Buffer) => {
      const lines = (text + bytes.toString()).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const [camera = '', pictures] = line.split(' ');
        received.set(camera, Number(pictures));
      }
      if (SENT.every((sent, index) => received.get(`cam-${index}`) === sent)) resolve();
    });
  });
  await Promise.race([isDone, once(recording, 'exit').then(() => Promise.reject(new Error('it ended by itself')))]);
  // The writes of the last whole groups are on their way to the disk.
  await new Promise((resolve) => setTimeout(resolve, 300));
  recording.kill('SIGKILL');
  await once(recording, 'exit');
}

test.each([
  { writer: 'on', isSpoolLost: false, of: 'rows are in the database and in the spool' },
  { writer: 'off', isSpoolLost: true, of: 'the spool is lost with all rows in it' },
] as const)(
  'after kill -9 no more than the last group of pictures of each camera is missing, when $of',
  { timeout: 60_000 },
  async ({ writer, isSpoolLost }) => {
    let storage = await openOurs();
    for (const [index, fake] of fakes.entries())
      await storage.cameras.create(
        sampleCamera({ streams: [{ kind: 'main', url: fake.url }], username: undefined, password: undefined }),
        cameraId(`cam-${index}`),
      );
    await storage.close();
    await recordAndKill(writer);
    const recordings = path.join(folder, 'recordings');
    const parts = async () => (await readdir(recordings, { recursive: true })).filter((name) => name.endsWith('.part'));
    expect(await parts()).toHaveLength(SENT.length);
    if (isSpoolLost) await rm(path.join(folder, 'data/spool'), { recursive: true });

    storage = await openOurs();
    try {
      await repairRecordings({ storage, folder: recordings, clock: systemClock, log: silentLog });
      expect(await parts()).toEqual([]);
      for (const [index, sent] of SENT.entries()) {
        const range = { fromMs: Date.now() - 600_000, toMs: Date.now() + 60_000 };
        const { segments, gaps } = await storage.segments.timeline({ cameraId: cameraId(`cam-${index}`), ...range });
        let frames = 0;
        for (const segment of segments) {
          expect(inspectSegment(path.join(recordings, segment.path))).toMatchObject({
            frames: segment.frames,
            keyFirst: true,
          });
          frames += segment.frames;
        }
        expect(frames).toBe(sent - (sent % GOP));
        expect(gaps).toMatchObject([{ cause: 'service_stopped', startMs: segments.at(-1)?.endMs }]);
        expect(gaps[0]?.endMs).toBeDefined();
      }
      // Nothing is left to be put right.
      const sizeBytes = await storage.expiry.totalSizeBytes();
      await repairRecordings({ storage, folder: recordings, clock: systemClock, log: silentLog });
      expect(await storage.expiry.totalSizeBytes()).toBe(sizeBytes);
    } finally {
      await storage.close();
    }
  },
);
