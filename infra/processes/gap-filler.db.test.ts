import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CameraPipeline } from '#ingest/camera-pipeline.ts';
import { ConnectLimiter } from '#ingest/connect-limiter.ts';
import { readMark, writeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { type CameraId, cameraId, type RecordingGap, type SegmentRecord } from '#ingest/media.ts';
import { RecordingDisk } from '#ingest/recorder/recording-disk.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { type OnvifDevices, startOnvifDevices } from '#ingest/simulator/onvif-devices.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';
import { GapFiller } from './gap-filler.ts';
import { gapFillerSettings } from './testing/gap-filler-settings.ts';

const CLIP_FRAMES = 200;
const PERIOD_MS = 100;
const SIZE = { widthPx: 320, heightPx: 192 };
const OUTAGE = { fromMs: 4000, lastsMs: 10_000 };
const CHILD = fileURLToPath(new URL('./testing/fill-until-killed.ts', import.meta.url));

/** Each camera has its own trouble; all are recorded, cut off and filled at the same time. */
const CAMERAS = ['whole', 'wrong-clock', 'killed', 'holes', 'empty', 'refused'] as const;
type Name = (typeof CAMERAS)[number];
const pathOf = (name: Name): string => `/cam/${name}`;
const idOf = (name: Name): CameraId => cameraId(`cam-${name}`);

let folder = '';
let recordings = '';
let simulator: CameraSimulator;
let onvif: OnvifDevices;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;
/** The outage of each camera before anything was filled. */
const outages = new Map<Name, RecordingGap>();
let hole = { fromMs: 0, untilMs: 0 };
let settings: ReturnType<typeof gapFillerSettings>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-fill-'));
  recordings = path.join(folder, 'recordings');
  const clipFile = path.join(folder, 'clip.mp4');
  writeMarkedVideo(clipFile, { ...SIZE, frames: CLIP_FRAMES, firstNumber: 0, gop: 10 });
  fixture = await openTestStorage(inject('databaseUrl'));
  settings = gapFillerSettings(recordings);
  const outage = {
    fault: { kind: 'disconnect' },
    fromMs: OUTAGE.fromMs,
    toMs: OUTAGE.fromMs + OUTAGE.lastsMs,
  } as const;
  const cameras = CAMERAS.map((name, index) => ({
    path: pathOf(name),
    clipFile,
    // Each is at another place of its clip and of its group of pictures when the outage begins.
    phaseMs: index * 1130,
    faults: [outage],
    clockOffsetMs: name === 'wrong-clock' ? 3_600_400 : 0,
    card: {},
  }));
  simulator = new CameraSimulator({ port: 0, cameras, log: silentLog });
  const startedMs = Date.now();
  await simulator.start();
  onvif = await startOnvifDevices({
    ...{ simulator, cameras, port: 0, bind: '127.0.0.1', credentials: undefined, log: silentLog, discoveryPort: 0 },
  });
  hole = { fromMs: startedMs + OUTAGE.fromMs + 4000, untilMs: startedMs + OUTAGE.fromMs + 6500 };
  simulator.card(pathOf('holes'))!.setMissing([hole]);
  simulator.card(pathOf('empty'))!.setMissing([{ fromMs: 0, untilMs: Number.POSITIVE_INFINITY }]);
  simulator.card(pathOf('refused'))!.fault = { kind: 'refused' };
  await recordOutage();
}, 120_000);

afterAll(async () => {
  await onvif.close();
  await simulator.close();
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

/** Records all cameras while the network to them is away for ten seconds, and for some seconds before and after. */
async function recordOutage(): Promise<void> {
  const { storage } = fixture;
  storage.writer.start();
  const pipelines: CameraPipeline[] = [];
  for (const [index, name] of CAMERAS.entries()) {
    const camera = await storage.cameras.create(
      sampleCamera({
        streams: [{ kind: 'main', url: simulator.url(pathOf(name)) }],
        username: undefined,
        password: undefined,
        recording: recordingPolicy({ mode: 'continuous' }),
        onvif: {
          serviceUrl: onvif.devices[index]!.serviceUrl,
          main: { service: 'media2', token: 'main' },
          hasPtz: false,
          hasRecordings: true,
        },
      }),
      idOf(name),
    );
    const { ingest: config } = settings;
    const pipeline = new CameraPipeline({
      camera,
      config,
      limiter: new ConnectLimiter(config.connectsPerSecond, systemClock),
      disk: new RecordingDisk({ config, clock: systemClock }),
      segments: storage.segmentLog,
      states: { stateChanged: () => undefined },
      clock: systemClock,
      log: silentLog,
    });
    pipeline.start();
    pipelines.push(pipeline);
  }
  const outageOf = async (name: Name) =>
    (await stored(name)).gaps.find(({ cause, endMs }) => cause !== 'service_stopped' && endMs !== undefined);
  const deadlineMs = Date.now() + 60_000;
  for (const name of CAMERAS)
    while (!(await outageOf(name))) {
      if (Date.now() > deadlineMs) throw new Error(`${name}: there was no outage`);
      await sleep(200, systemClock);
    }
  await sleep(3000, systemClock);
  await Promise.all(pipelines.map((pipeline) => pipeline.close()));
  await storage.writer.drain();
  for (const name of CAMERAS) outages.set(name, (await outageOf(name))!);
}

async function stored(name: Name): Promise<{ segments: readonly SegmentRecord[]; gaps: readonly RecordingGap[] }> {
  const nowMs = Date.now();
  const range = { cameraId: idOf(name), fromMs: nowMs - 600_000, toMs: nowMs + 60_000 };
  return await fixture.storage.segments.timeline(range);
}

const missing = async (name: Name) =>
  (await stored(name)).gaps.filter(({ cause, endMs }) => cause !== 'service_stopped' || endMs !== undefined);

/** Numbers of all pictures in the files of a camera, in order; says which files are not as their rows say. */
async function pictures(name: Name): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (const segment of (await stored(name)).segments) {
    const file = path.join(recordings, segment.path);
    expect((await stat(file)).size).toBe(segment.sizeBytes);
    const args = ['-v', 'error', '-i', file, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
    const { stdout, stderr } = spawnSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
    expect(stderr.toString()).toBe('');
    const sizeBytes = SIZE.widthPx * SIZE.heightPx * 3;
    expect(stdout.length / sizeBytes).toBe(segment.frames);
    for (let at = 0; at < stdout.length; at += sizeBytes)
      numbers.push(readMark(stdout.subarray(at, at + sizeBytes), SIZE.widthPx, SIZE.heightPx) ?? -1);
  }
  return numbers;
}

/** Where the numbers do not count on, and by how much; none where every picture is there once. */
function breaksIn(numbers: readonly number[]): readonly number[] {
  return numbers
    .slice(1)
    .map((number, index) => (number - (numbers[index] ?? 0) + CLIP_FRAMES) % CLIP_FRAMES)
    .filter((step) => step !== 1);
}

async function statuses(): Promise<Record<string, number>> {
  return Object.fromEntries(await fixture.storage.cardFills.counts());
}

async function rounds(until: () => Promise<boolean>): Promise<GapFiller> {
  const filler = new GapFiller({ storage: fixture.storage, settings, clock: systemClock, log: silentLog, pollMs: 200 });
  filler.start();
  try {
    await expect.poll(until, { timeout: 60_000, interval: 200 }).toBe(true);
  } finally {
    await filler.close();
  }
  return filler;
}

test('a process that is killed while it fills a gap leaves what it fetched, and no more', {
  timeout: 90_000,
}, async () => {
  expect(breaksIn(await pictures('killed'))).toHaveLength(1);
  simulator.card(pathOf('killed'))!.fault = { kind: 'slow', picturesPerSecond: 20 };
  const child = spawn(process.execPath, [CHILD, fixture.url, path.join(folder, 'child'), recordings], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const fetched = async (): Promise<number> =>
    (await stored('killed')).segments.filter(({ source }) => source === 'card').length;
  try {
    await expect.poll(fetched, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(2);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const outage = outages.get('killed')!;
  const card = (await stored('killed')).segments.filter(({ source }) => source === 'card');
  expect(await missing('killed')).toMatchObject([
    { gapId: outage.gapId, cause: outage.cause, startMs: card.at(-1)!.endMs, endMs: outage.endMs },
  ]);
});

test('outages are filled from the cards: no picture is missing, none is there twice', {
  timeout: 120_000,
}, async () => {
  simulator.card(pathOf('killed'))!.fault = null;
  await rounds(async () => {
    const { filled = 0, partly = 0, none = 0 } = await statuses();
    return filled === 3 && partly === 1 && none === 1;
  });
  expect(await statuses()).toEqual({ filled: 3, partly: 1, none: 1, pending: 1 });
  for (const name of ['whole', 'wrong-clock', 'killed'] as const) {
    const outage = outages.get(name)!;
    expect(outage.endMs! - outage.startMs, name).toBeGreaterThan(OUTAGE.lastsMs * 0.9);
    const { segments } = await stored(name);
    const numbers = await pictures(name);
    expect(breaksIn(numbers), name).toEqual([]);
    // The camera sent so many in the whole of that time.
    const lastedMs = segments.at(-1)!.endMs - segments[0]!.startMs;
    expect(Math.abs(numbers.length - lastedMs / PERIOD_MS), name).toBeLessThanOrEqual(1);
    expect(await missing(name), name).toEqual([]);
    const seams = segments.slice(1).map((segment, index) => segment.startMs - segments[index]!.endMs);
    expect(Math.max(...seams.map(Math.abs)), name).toBeLessThan(PERIOD_MS);
  }
  const left = await readdir(recordings, { recursive: true });
  expect(left.filter((file) => file.endsWith('.part'))).toEqual([]);
});

test('what the card does not have stays a gap, from its first picture that is missing to its last', async () => {
  const { segments } = await stored('holes');
  const outage = outages.get('holes')!;
  const [gap, ...others] = await missing('holes');
  expect(others).toEqual([]);
  const before = segments.findLast(({ endMs }) => endMs <= gap!.startMs + 1)!;
  const after = segments.find(({ startMs }) => startMs >= gap!.endMs! - 1)!;
  expect([before.source, after.source]).toEqual(['card', 'card']);
  expect(gap).toMatchObject({ gapId: outage.gapId, cause: outage.cause, startMs: before.endMs, endMs: after.startMs });
  // To the picture at its begin; a card goes on with a key frame, of which there is one a second.
  expect(Math.abs(gap!.startMs - hole.fromMs)).toBeLessThanOrEqual(2 * PERIOD_MS);
  expect(gap!.endMs! - hole.untilMs).toBeGreaterThanOrEqual(-PERIOD_MS);
  expect(gap!.endMs! - hole.untilMs).toBeLessThanOrEqual(1000 + 2 * PERIOD_MS);
  const [lost, ...more] = breaksIn(await pictures('holes'));
  expect(more).toEqual([]);
  expect(lost! - 1).toBe(Math.round((gap!.endMs! - gap!.startMs) / PERIOD_MS));
});

test('an empty card changes nothing; one that refuses is asked again later', async () => {
  for (const name of ['empty', 'refused'] as const) expect(await missing(name)).toEqual([outages.get(name)]);
  const { rows } = await reasonOf('refused');
  expect(rows).toMatchObject([{ status: 'pending', reason: 'REPLAY_REFUSED', isLater: true }]);
  expect(rows[0]!.attempts).toBeGreaterThanOrEqual(1);
});

test('what is filled is not asked for again', { timeout: 30_000 }, async () => {
  const card = simulator.card(pathOf('whole'))!;
  const { replays } = card;
  let looks = 0;
  const filler = await rounds(async () => ++looks > 5);
  expect(card.replays).toBe(replays);
  expect(filler.counters).toMatchObject({ filled: 0, partly: 0, none: 0, frames: 0, active: 0 });
});

async function reasonOf(name: Name) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: fixture.url });
  await client.connect();
  try {
    return await client.query<{ status: string; reason: string; attempts: number; isLater: boolean }>(
      `SELECT status, reason, attempts, next_try > updated_at + interval '15 seconds' AS "isLater"
       FROM card_fills WHERE camera_id = $1`,
      [idOf(name)],
    );
  } finally {
    await client.end();
  }
}
