import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import type { RecordingGap, SegmentRecord } from '#ingest/media.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { encodeFilm, FPS, placesIn, readRecorded } from './fault-line.ts';
import { makeSlowDisk, type SlowDisk } from './slow-disk.ts';

const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;
const GOP = 10;
const CAMERAS = 6;
const KBPS = 1500;
const SECONDS = 26;
/** All cameras together bring 1.1 MB a second; memory may hold 8 MB. */
const SLOW_BYTES_PER_SECOND = 100_000;
const SLOW_MS = 11_000;
const DISK_MB = 96;

let folder = '';
let film = '';
let simulator: CameraSimulator | undefined;
let disk: SlowDisk | undefined;
const probe = makeSlowDisk(16);
probe?.close();

beforeAll(async () => {
  if (!probe) return;
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-slow-'));
  film = path.join(folder, 'film.mp4');
  await encodeFilm(film, { seconds: SECONDS + 10, size: '320x192', gop: GOP, kbps: KBPS });
  disk = makeSlowDisk(DISK_MB);
  const cameras = Array.from({ length: CAMERAS }, (_, index) => ({
    path: `/cam/${index}`,
    clipFile: film,
    phaseMs: index * 130,
  }));
  simulator = new CameraSimulator({ port: 0, cameras, log: silentLog, cacheFolder: folder });
  await simulator.start();
});

afterAll(async () => {
  disk?.limit(0);
  await simulator?.close();
  disk?.close();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Summary {
  readonly recordings: readonly { segments: SegmentRecord[]; gaps: RecordingGap[]; errorCode?: string }[];
}

test.skipIf(!probe)(
  'a device that writes slower than the cameras bring leaves gaps of cause disk_slow; what memory held is written, and all is recorded again when it has caught up',
  async () => {
    if (!disk || !simulator) throw new Error('there is no disk');
    const urls = Array.from({ length: CAMERAS }, (_, index) => simulator?.url(`/cam/${index}`) ?? '');
    const [program, ...args] = disk.within([process.execPath, MAIN, 'record', ...urls, '--out', disk.folder, '--json']);
    const env = { ...process.env, VANTAGE_INGEST_WRITE_QUEUE_MB: '8', VANTAGE_INGEST_MINIMUM_FREE_MB: '0' };
    const more = ['--seconds', String(SECONDS), '--segment-seconds', '8'];
    const recording = promisify(execFile)(program, [...args, ...more], { maxBuffer: 2 ** 24, env });
    await wait(4000);
    const slowMs = Date.now();
    disk.limit(SLOW_BYTES_PER_SECOND);
    await wait(SLOW_MS);
    const fastMs = Date.now();
    disk.limit(0);
    const { recordings } = JSON.parse((await recording).stdout) as Summary;

    const places = await placesIn(film);
    const gaps = recordings.flatMap((one) => one.gaps);
    expect(gaps.length).toBeGreaterThan(0);
    for (const { cause, startMs, endMs = Infinity } of gaps) {
      expect(cause).toBe('disk_slow');
      // Not before memory was full, nor longer than the disk needed.
      expect(startMs).toBeGreaterThan(slowMs);
      expect(endMs).toBeLessThan(fastMs + 8000);
    }
    let frames = 0;
    let sent = 0;
    for (const { segments, gaps: own } of recordings) {
      const recorded: number[] = [];
      for (const segment of segments) {
        const { fingerprints, complaints } = await readRecorded(disk.folder, segment);
        expect([fingerprints.length, complaints]).toEqual([segment.frames, []]);
        recorded.push(...fingerprints.map((one) => places.get(one) ?? -1));
      }
      expect(recorded).not.toContain(-1);
      expect(recorded).toEqual(recorded.toSorted((a, b) => a - b));
      expect(new Set(recorded).size).toBe(recorded.length);
      // What is missing between the first and the last is what the gaps tell.
      const missing = (recorded.at(-1) ?? 0) - (recorded[0] ?? 0) + 1 - recorded.length;
      const told = own.reduce((sum, { startMs, endMs = startMs }) => sum + ((endMs - startMs) * FPS) / 1000, 0);
      expect(Math.abs(missing - told)).toBeLessThan(GOP * own.length + 1);
      frames += recorded.length;
      sent += recorded.length + missing;
    }
    console.log(`slow disk: ${JSON.stringify({ sent, frames, gaps: gaps.length })}`);
  },
);
