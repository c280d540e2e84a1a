import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Camera, ProbeResult } from '#api/contract/cameras.ts';
import type { Problem } from '#api/contract/common.ts';
import type { Segment } from '#api/contract/recordings.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { parseSegmentPath } from '#ingest/recorder/segment-path.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { runningDatabaseUrl } from '#storage/embedded/running-database.ts';
import { ApiSession } from './api-session.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';
import { descendants, runCli, type SeenProcess, stillAlive } from './processes.ts';

// One data folder through four lives of the demo: cameras that fail and a broken model; a database that goes away; kill -9; and after it.

const GATE = new URL('../ingest/simulator/clips/gate.mp4', import.meta.url).pathname;
const ANALYSED_KINDS = "('vehicle.sighting', 'vehicle.crossing', 'zone.dwell', 'kitchen.violation')";
const CAMERA_PASSWORD = 'sesame-open-9';
const POLL = { interval: 250 } as const;

let demo: DemoProcess;
let api: ApiSession;
let modelFolder: string;
let simulator: CameraSimulator;
let dataFolder: string | undefined;
let password: string | undefined;
const started: SeenProcess[] = [];

/** What must still be there after a restart. */
let kept: { readonly sightingId: string; readonly segment: Segment; readonly sizeBytes: number };
let stallingCamera: Camera;

async function start(): Promise<void> {
  demo = await startDemo({
    cameras: 5,
    args: ['--clip', GATE, '--faults', '1:wrong-password,3:not-rtsp,5:mjpeg'],
    env: {
      DATABASE_URL: '',
      VANTAGE_ANALYZERS_MODEL_FOLDER: modelFolder,
      // So that an answer which never comes is given up within the test's patience.
      VANTAGE_STORAGE_STATEMENT_TIMEOUT_MS: '4000',
    },
    ...(dataFolder === undefined ? {} : { dataFolder }),
    ...(password === undefined ? {} : { password }),
  });
  dataFolder = demo.dataFolder;
  ({ password } = demo);
  api = new ApiSession(demo.url);
  await api.signIn(demo.username, password);
}

async function camera(id: string): Promise<Camera> {
  const found = (await api.cameras()).find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no camera ${id}`);
  return found;
}

async function state(id: string): Promise<string> {
  const { status, errorCode = '' } = (await camera(id)).state;
  return `${status} ${errorCode}`.trim();
}

async function notices(): Promise<string[]> {
  return (await api.system()).notices.map(({ code }) => code);
}

beforeAll(async () => {
  modelFolder = await mkdtemp(path.join(tmpdir(), 'vantage-models-'));
  await writeFile(path.join(modelFolder, 'centernet.onnx'), 'not a model');
  simulator = new CameraSimulator({
    port: 0,
    cameras: [
      { path: '/stalls', clipFile: GATE, phaseMs: 0, credentials: { username: 'viewer', password: CAMERA_PASSWORD } },
    ],
    log: silentLog,
  });
  await simulator.start();
  await start();
});

afterAll(async () => {
  if (demo?.child.exitCode === null) demo.child.kill('SIGKILL');
  await simulator?.close();
  await vi.waitFor(async () => expect(await stillAlive(started)).toEqual([]), { timeout: 20_000, interval: 250 });
  if (dataFolder) await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  await rm(modelFolder, { recursive: true, force: true });
});

test('each camera that fails says why in one sentence, and the others are live', async () => {
  await expect.poll(() => state('demo-0001'), { ...POLL, timeout: 20_000 }).toBe('rejected RTSP_AUTH_REJECTED');
  await expect.poll(() => state('demo-0003'), { ...POLL, timeout: 20_000 }).toBe('offline RTSP_NOT_RTSP');
  await expect.poll(() => state('demo-0005'), { ...POLL, timeout: 20_000 }).toBe('unsupported CODEC_UNSUPPORTED');
  await expect.poll(() => state('demo-0002'), { ...POLL, timeout: 20_000 }).toBe('live');
  await expect.poll(() => state('demo-0004'), { ...POLL, timeout: 20_000 }).toBe('live');
  expect((await camera('demo-0001')).state.reason).toMatchObject({
    en: 'The camera refused the user name or password.',
    zh: '摄像机拒绝了用户名或密码。',
  });
  expect((await camera('demo-0003')).state.reason).toMatchObject({
    en: 'Something answers at this address, but it does not speak RTSP.',
    zh: '该地址有应答，但不是 RTSP 服务。',
  });
  expect((await camera('demo-0005')).state.reason?.en).toContain('H.265');
  expect((await camera('demo-0005')).state.reason?.zh).toContain('H.265');
});

test('a model file that is not the right one is never used: live and recording go on, and analysis starts once it is put right', async () => {
  await expect.poll(notices, { ...POLL, timeout: 20_000 }).toContain('MODEL_HASH_MISMATCH');
  const [notice] = (await api.system()).notices.filter(({ code }) => code === 'MODEL_HASH_MISMATCH');
  expect(notice).toMatchObject({ level: 'error', zh: expect.stringContaining('SHA-256') });
  const recorded = await api.metric('vantage_recorded_frames');
  await expect
    .poll(() => api.metric('vantage_recorded_frames'), { ...POLL, timeout: 30_000 })
    .toBeGreaterThan(recorded);
  expect((await api.system()).cameras.live).toBe(2);
  expect(await api.metric('vantage_analysed_frames')).toBe(0);

  await rm(path.join(modelFolder, 'centernet.onnx'));
  await expect.poll(() => api.metric('vantage_analysed_frames'), { ...POLL, timeout: 60_000 }).toBeGreaterThan(0);
  expect(await notices()).not.toContain('MODEL_HASH_MISMATCH');
});

test('an unreachable camera can be added, says so, and its probe stops where it is reached', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `rtsp://127.0.0.1:${address.port}/nothing`;
  const added = await api.post<Camera>('/api/cameras', {
    name: 'away',
    number: 'X-1',
    area: '',
    scene: 'road',
    url,
    recording: { mode: 'continuous' },
    analysis: { mode: 'keyframes' },
    rules: [],
  });
  expect(added.status).toBe(201);
  await expect.poll(() => state(added.body.id), { ...POLL, timeout: 15_000 }).toBe('offline CAMERA_UNREACHABLE');
  expect((await camera(added.body.id)).state.reason?.zh).toBe('无法连接到该摄像机地址。');
  const { body: probe } = await api.post<ProbeResult>('/api/cameras/probe', { url });
  expect(probe.steps).toMatchObject([
    { step: 'address', ok: true },
    { step: 'reached', ok: false, errorCode: 'CAMERA_UNREACHABLE', reason: { zh: '无法连接到该摄像机地址。' } },
  ]);

  // The command line changes the registry of the running server, which notices.
  const removed = await runCli(['camera', 'remove', added.body.id, '--data', demo.dataFolder]);
  expect(removed).toMatchObject({ code: 0, stderr: '' });
  await expect.poll(() => api.metric('vantage_cameras'), { ...POLL, timeout: 25_000 }).toBe(5);
});

test('a camera added on the command line is taken up by the running server', async () => {
  const args = [
    '--name',
    'Stalls',
    '--number',
    'S-1',
    '--area',
    'e2e',
    '--scene',
    'road',
    '--lat',
    '31.8',
    '--lon',
    '117.2',
  ];
  const added = await runCli(
    [
      'camera',
      'add',
      ...args,
      '--url',
      simulator.url('/stalls'),
      '--username',
      'viewer',
      '--password-env',
      'E2E_CAMERA',
      '--json',
      '--data',
      demo.dataFolder,
    ],
    { E2E_CAMERA: CAMERA_PASSWORD },
  );
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).not.toContain(CAMERA_PASSWORD);
  const { id } = JSON.parse(added.stdout) as { id: string };
  const listed = await runCli(['camera', 'list', '--json', '--data', demo.dataFolder]);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    cameras: expect.arrayContaining([expect.objectContaining({ id, name: 'Stalls', hasPassword: true })]) as unknown,
  });
  await expect.poll(() => state(id), { ...POLL, timeout: 30_000 }).toBe('live');
  stallingCamera = await camera(id);
});

test('a camera that stalls is shown so, comes back by itself, and leaves one gap', async () => {
  const { id } = stallingCamera;
  await expect
    .poll(async () => (await api.timeline(id)).segments.length, { ...POLL, timeout: 30_000 })
    .toBeGreaterThan(0);
  const stalledMs = Date.now();
  simulator.setFault('/stalls', { kind: 'stall' });
  await expect.poll(() => state(id), { ...POLL, timeout: 10_000 }).toMatch(/^(stalled|offline) STREAM_STALLED$/);
  expect(Date.now() - stalledMs).toBeLessThan(9000);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, stalledMs + 8000 - Date.now())));
  simulator.setFault('/stalls', null);
  const backMs = Date.now();
  await expect.poll(() => state(id), { ...POLL, timeout: 20_000 }).toBe('live');
  const after = async () => {
    const { gaps, segments } = await api.timeline(id);
    const again = segments.filter(({ end }) => Date.parse(end) > backMs + 2000);
    return {
      causes: gaps.map(({ cause }) => cause),
      isOpen: gaps.some(({ end }) => end === undefined),
      again: again.length > 0,
    };
  };
  await expect
    .poll(after, { ...POLL, timeout: 40_000 })
    .toEqual({ causes: ['stream_stalled'], isOpen: false, again: true });
});

test('Ctrl-C ends everything within 15 seconds', async () => {
  await expect
    .poll(async () => ((await api.searchSightings()).body as { sightings?: unknown[] }).sightings?.length ?? 0, {
      ...POLL,
      timeout: 90_000,
    })
    .toBeGreaterThan(0);
  const { body } = await api.searchSightings();
  const sightingId = 'sightings' in body ? body.sightings[0]?.sightingId : undefined;
  const segment = (await api.timeline('demo-0002')).segments[0];
  if (!sightingId || !segment) throw new Error('nothing to keep');
  kept = { sightingId, segment, sizeBytes: (await api.bytes(segment.url)).sizeBytes };

  const children = await descendants(demo.child.pid!);
  started.push(...children);
  expect(children.map(({ program }) => program)).toEqual(expect.arrayContaining(['postgres', 'ffmpeg']));
  const sinceMs = Date.now();
  expect(await demo.stop()).toBe(0);
  expect(Date.now() - sinceMs).toBeLessThan(15_000);
  expect(await stillAlive(children)).toEqual([]);
});

test('the next start knows users, sightings and recordings', async () => {
  await start();
  const { body } = await api.searchSightings();
  expect('sightings' in body && body.sightings.map(({ sightingId }) => sightingId)).toContain(kept.sightingId);
  expect(await api.bytes(kept.segment.url)).toEqual({ status: 200, sizeBytes: kept.sizeBytes });
  await expect.poll(() => state(stallingCamera.id), { ...POLL, timeout: 30_000 }).toBe('live');
});

/** Rows and distinct events in the database, read beside the demo. */
async function storedEvents(): Promise<{ rows: number; distinct: number }> {
  const connectionString = await runningDatabaseUrl(path.join(demo.dataFolder, 'postgres'));
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, query_timeout: 5000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ rows: string; distinct: string }>(
      `SELECT count(*) AS rows, count(DISTINCT event_id) AS distinct FROM events WHERE kind IN ${ANALYSED_KINDS}`,
    );
    return { rows: Number(rows[0]?.rows), distinct: Number(rows[0]?.distinct) };
  } finally {
    await client.end();
  }
}

/** Rows beyond the events of this life: only when nothing is under way, else undefined. */
async function surplus(): Promise<number | undefined> {
  const emitted = await api.metric('vantage_emitted_events');
  const { rows, distinct } = await storedEvents();
  expect(distinct).toBe(rows);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const isQuiet =
    (await api.metric('vantage_emitted_events')) === emitted &&
    (await api.metric('vantage_spooled_events')) === 0 &&
    (await storedEvents()).rows === rows;
  return isQuiet ? rows - emitted : undefined;
}

async function settledSurplus(): Promise<number> {
  let found: number | undefined;
  await expect.poll(async () => (found = await surplus()), { interval: 500, timeout: 60_000 }).toBeDefined();
  return found!;
}

/** The server, then its own children. */
async function databaseProcesses(): Promise<number[]> {
  const children = await descendants(demo.child.pid!);
  return children.filter(({ program }) => program === 'postgres').map(({ pid }) => pid);
}

function isReady(): Promise<number> {
  return api.bytes('/readyz').then(({ status }) => status);
}

test('while the database hangs for 20 s cameras, recording and analysis go on, searches say so, and no event is lost or doubled', async () => {
  const before = await settledSurplus();
  const emitted = await api.metric('vantage_emitted_events');
  const analysed = await api.metric('vantage_analysed_frames');
  const servers = await databaseProcesses();
  expect(servers.length).toBeGreaterThan(3);
  const awaySinceMs = Date.now();
  for (const pid of servers) process.kill(pid, 'SIGSTOP');
  try {
    await expect.poll(isReady, { ...POLL, timeout: 10_000 }).toBe(503);
    const system = await api.system();
    expect(system.notices.find(({ code }) => code === 'DATABASE_UNAVAILABLE')).toMatchObject({
      level: 'error',
      en: expect.stringContaining('The database does not answer.') as unknown,
      zh: expect.stringContaining('数据库无响应。') as unknown,
    });
    const search = await api.searchSightings();
    expect(search.status).toBe(503);
    expect(search.body as Problem).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      title: 'The database does not answer.',
      titleZh: '数据库无响应。',
    });
    const isBusy = async () => ({
      hasEvents:
        (await api.metric('vantage_emitted_events')) > emitted && (await api.metric('vantage_spooled_events')) > 0,
      isAnalysing: (await api.metric('vantage_analysed_frames')) > analysed + 10,
    });
    await expect.poll(isBusy, { ...POLL, timeout: 60_000 }).toEqual({ hasEvents: true, isAnalysing: true });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, awaySinceMs + 20_000 - Date.now())));
    expect((await api.system()).cameras.live).toBe(3);
  } finally {
    for (const pid of servers) process.kill(pid, 'SIGCONT');
  }
  await expect.poll(isReady, { ...POLL, timeout: 20_000 }).toBe(200);
  expect(await settledSurplus()).toBe(before);
  expect(await notices()).not.toContain('DATABASE_UNAVAILABLE');
  expect(await api.metric('vantage_lost_events')).toBe(0);
  expect(await api.metric('vantage_refused_entries')).toBe(0);
});

test('a database server that is killed comes back by itself, with every event', async () => {
  const before = await settledSurplus();
  const [postmaster] = await databaseProcesses();
  process.kill(postmaster!, 'SIGKILL');
  await expect.poll(isReady, { interval: 50, timeout: 10_000 }).toBe(503);
  await expect.poll(isReady, { ...POLL, timeout: 60_000 }).toBe(200);
  expect((await api.system()).cameras.live).toBe(3);
  expect(await settledSurplus()).toBe(before);
});

test('after kill -9 nothing stays behind, and the next start saves the recordings that were open', async () => {
  const recordings = path.join(demo.dataFolder, 'recordings');
  /** Files that hold a group of pictures at least. */
  const openFiles = async () => {
    const names = (await readdir(recordings, { recursive: true })).filter((name) => name.endsWith('.part'));
    const sizes = await Promise.all(names.map((name) => stat(path.join(recordings, name)).catch(() => undefined)));
    return names.filter((_, index) => (sizes[index]?.size ?? 0) > 20_000);
  };
  await expect.poll(async () => (await openFiles()).length, { interval: 100, timeout: 30_000 }).toBeGreaterThan(1);
  const children = await descendants(demo.child.pid!);
  started.push(...children);
  demo.child.kill('SIGKILL');
  await expect.poll(() => stillAlive(children), { ...POLL, timeout: 10_000 }).toEqual([]);
  const open = await openFiles();
  expect(open.length).toBeGreaterThan(0);

  await start();
  started.push(...(await descendants(demo.child.pid!)));
  expect((await openFiles()).filter((name) => open.includes(name))).toEqual([]);
  const segments = (await Promise.all((await api.cameras()).map(({ id }) => api.timeline(id)))).flatMap(
    (timeline) => timeline.segments,
  );
  const found = open.map((name) => segments.find(({ segmentId }) => segmentId === parseSegmentPath(name)?.segmentId));
  expect(found).not.toContain(undefined);
  for (const segment of found)
    expect(await api.bytes(segment!.url)).toEqual({ status: 200, sizeBytes: segment!.sizeBytes });
  const { body } = await api.searchSightings();
  expect('sightings' in body && body.sightings.map(({ sightingId }) => sightingId)).toContain(kept.sightingId);
  expect(await demo.stop()).toBe(0);
});
