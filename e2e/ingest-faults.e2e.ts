import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, cameraId } from '#ingest/media.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import type { CameraFault } from '#ingest/simulator/faults.ts';
import { testCamera } from '#ingest/testdata/test-camera.ts';
import {
  encodeFilm,
  type FaultLine,
  fingerprint,
  FPS,
  gapsOf,
  placesIn,
  readRecorded,
  segmentsOf,
  startFaultLine,
} from './fault-line.ts';

/*
 * What is lost when something breaks, picture by picture: no two pictures of the film are the same, and it is longer than
 * any recording here. The numbers go to docs/interop.md.
 */
const GOP = 10;
const FILM_SECONDS = 40;
const POLL = { timeout: 30_000, interval: 20 };
/** What a camera that is back may wait for: the longest delay between tries, the handshake, the next key frame. */
const BACK_WITHIN_MS = 3000;

let films = '';
let film = '';
let otherFilm = '';
let places: ReadonlyMap<string, number>;
let folder = '';
let line: FaultLine;
let simulators: CameraSimulator[] = [];

beforeAll(async () => {
  films = await mkdtemp(path.join(tmpdir(), 'vantage-fault-films-'));
  [film, otherFilm] = [path.join(films, 'film.mp4'), path.join(films, 'other.mp4')];
  await encodeFilm(film, { seconds: FILM_SECONDS, size: '480x272', gop: GOP, kbps: 900 });
  await encodeFilm(otherFilm, { seconds: 10, size: '320x192', gop: GOP, kbps: 300 });
  places = await placesIn(film);
  expect(places.size).toBe(FILM_SECONDS * FPS);
});

afterAll(() => rm(films, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-faults-'));
  await mkdir(folder, { recursive: true });
});

afterEach(async () => {
  await line.pool.close();
  for (const simulator of simulators.splice(0)) await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function simulate(paths: readonly string[], clipFile = film, port = 0, phaseMs = 0): Promise<CameraSimulator> {
  const cameras = paths.map((one) => ({ path: one, clipFile, phaseMs }));
  const simulator = new CameraSimulator({ port, cameras, log: silentLog, cacheFolder: films });
  await simulator.start();
  simulators.push(simulator);
  return simulator;
}

/** Places in the film of all that was recorded of a camera, in order; -1 for a picture that is not as it was sent. */
async function recordedPlaces(id: string): Promise<number[]> {
  const found: number[] = [];
  for (const segment of segmentsOf(line, cameraId(id))) {
    const recorded = await readRecorded(folder, segment);
    expect(recorded.fingerprints).toHaveLength(segment.frames);
    expect(recorded.complaints).toEqual([]);
    found.push(...recorded.fingerprints.map((one) => places.get(one) ?? -1));
  }
  return found;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function report(fault: string, numbers: Readonly<Record<string, unknown>>): void {
  console.log(`${fault}: ${JSON.stringify(numbers)}`);
}

test('cameras that are unplugged and come back leave one gap, no picture twice, and are recorded within 3 s; one is another camera now', async () => {
  line = await startFaultLine(folder, { threads: 2, segmentSeconds: 60 });
  const ids = Array.from({ length: 8 }, (_, index) => `cam-${index}`);
  const paths = ids.map((id) => `/${id}`);
  const bornMs = performance.now();
  const first = await simulate(paths);
  const other = await simulate(['/other']);
  const [firstPort, otherPort] = [first, other].map((one) => Number(new URL(one.url('/x')).port));
  for (const id of ids) line.pool.add(testCamera(id, first.url(`/${id}`)));
  line.pool.add(testCamera('other', other.url('/other')));
  const all = [...ids, 'other'].map(cameraId);
  const status = () => all.map((id) => line.pool.camera(id)?.state('main')?.status);
  await expect.poll(status, POLL).toEqual(all.map(() => 'live'));
  await wait(3000);

  const goneMs = Date.now();
  await Promise.all([first.close(), other.close()]);
  await expect.poll(() => all.every((id) => gapsOf(line, id)[0]?.cause === 'camera_unreachable'), POLL).toBe(true);
  await wait(4000);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  // Their films went on meanwhile.
  await simulate(paths, film, firstPort, performance.now() - bornMs);
  const backMs = Date.now();
  await simulate(['/other'], otherFilm, otherPort);
  await expect.poll(() => all.every((id) => gapsOf(line, id)[0]?.endMs !== undefined), POLL).toBe(true);
  delay.disable();
  await wait(1500);
  await line.pool.close();

  // On a machine that stands still, each of the handshake's steps waits for it.
  const allowanceMs = 8 * (delay.max / 1e6);
  const backAfterMs: number[] = [];
  const lost: number[] = [];
  let sent = 0;
  for (const id of ids) {
    const gaps = gapsOf(line, cameraId(id));
    // The second one is that recording was closed.
    expect(gaps.map(({ cause }) => cause)).toEqual(['camera_unreachable', 'service_stopped']);
    const segments = segmentsOf(line, cameraId(id));
    expect(segments).toHaveLength(2);
    expect(gaps[0]).toMatchObject({ startMs: segments[0]!.endMs, endMs: segments[1]!.startMs });
    backAfterMs.push(segments[1]!.startMs - backMs);
    const recorded = await recordedPlaces(id);
    expect(new Set(recorded).size).toBe(recorded.length);
    expect(recorded).toEqual(recorded.toSorted((a, b) => a - b));
    const [before, after] = [recorded.slice(0, segments[0]!.frames), recorded.slice(segments[0]!.frames)];
    // Nothing is missing but what lies between.
    expect(before.at(-1)! - before[0]!).toBe(before.length - 1);
    expect(after.at(-1)! - after[0]!).toBe(after.length - 1);
    // Sent until it was unplugged, and what was not recorded of it: it may have been on its way.
    const sentUntil = Math.floor(((goneMs - segments[0]!.startMs) * FPS) / 1000);
    sent += recorded.length;
    lost.push(Math.max(0, sentUntil - before.length));
  }
  report('unplugged', { cameras: ids.length, recorded: sent, lostBefore: lost, backAfterMs, allowanceMs });
  expect(Math.max(...backAfterMs)).toBeLessThan(BACK_WITHIN_MS + allowanceMs);
  // The last picture may lie with the pictures that are not yet known to be whole.
  for (const one of lost) expect(one).toBeLessThanOrEqual(GOP);

  const [old, renewed] = segmentsOf(line, cameraId('other'));
  expect([old, renewed]).toMatchObject([
    { widthPx: 480, heightPx: 272 },
    { widthPx: 320, heightPx: 192 },
  ]);
  expect(gapsOf(line, cameraId('other')).map(({ cause }) => cause)).toEqual(['camera_unreachable', 'service_stopped']);
  for (const segment of [old!, renewed!]) {
    const { fingerprints, complaints } = await readRecorded(folder, segment);
    expect([fingerprints.length, complaints]).toEqual([segment.frames, []]);
  }
});

test('with 30 % of the packets lost over UDP the camera stays live, each damaged picture is known, and the files play', async () => {
  line = await startFaultLine(folder, { threads: 1, segmentSeconds: 60 });
  const simulator = await simulate(['/cam']);
  const id = cameraId('cam');
  line.pool.add(testCamera('cam', simulator.url('/cam'), { transport: 'udp' }));
  const state = () => line.pool.camera(id)?.state('main');
  await expect.poll(() => state()?.status, POLL).toBe('live');
  const units: AccessUnit[] = [];
  line.pool
    .camera(id)
    ?.hub('main')
    ?.attach(
      {
        name: 'test',
        onAccessUnit: (unit) => void units.push({ ...unit, nalUnits: unit.nalUnits.map((nal) => Buffer.from(nal)) }),
      },
      { units: 'all', beginWith: 'gop' },
    );
  const loss: CameraFault = { kind: 'loss', ratio: 0.3 };
  simulator.setFault('/cam', loss);
  const sinceMs = performance.now();
  await expect.poll(() => units.length, POLL).toBeGreaterThan(8 * FPS);
  await expect.poll(() => state()?.lossRatio ?? 0, POLL).toBeGreaterThan(0.2);
  const sent = Math.round(((performance.now() - sinceMs) * FPS) / 1000);
  expect(state()?.lossRatio).toBeLessThan(0.4);
  await line.pool.close();

  expect(line.states.map(({ status }) => status).filter((status, at, list) => status !== list[at - 1])).toEqual([
    'connecting',
    'live',
    'disabled',
  ]);
  expect(gapsOf(line, id).map(({ cause }) => cause)).toEqual(['service_stopped']);
  const isAsSent = (unit: AccessUnit): boolean => places.has(fingerprint(unit.nalUnits));
  // The promise: what is not called damaged is what the camera sent, bit for bit.
  expect(units.filter((unit) => !unit.damaged).every(isAsSent)).toBe(true);
  expect(units.filter((unit) => unit.damaged && unit.isKeyFrame).length).toBeGreaterThan(0);
  const [segment, ...more] = segmentsOf(line, id);
  expect(more).toEqual([]);
  const { fingerprints, complaints } = await readRecorded(folder, segment!);
  expect(fingerprints).toHaveLength(segment!.frames);
  // Damaged pictures are recorded, and decoders say that they conceal what is missing; the file itself is in order.
  const isOfContainer = /moov|moof|mdat|invalid data found|non-?monoton|NAL unit size|truncat|Could not find/i;
  expect(complaints.filter((text) => isOfContainer.test(text))).toEqual([]);
  const whole = fingerprints.filter((one) => places.has(one)).length;
  report('30 % lost', {
    sent,
    recorded: segment!.frames,
    whole,
    damaged: segment!.frames - whole,
    complaints: complaints.length,
  });
  expect(whole).toBeGreaterThan(0);
  expect(segment!.frames - whole).toBeGreaterThan(0);
});

test('a camera whose clock jumps an hour, and back, loses no picture and leaves no odd time', async () => {
  line = await startFaultLine(folder, { threads: 1, segmentSeconds: 3 });
  const simulator = await simulate(['/cam']);
  const id = cameraId('cam');
  line.pool.add(testCamera('cam', simulator.url('/cam')));
  const startMs = Date.now();
  await expect.poll(() => line.pool.camera(id)?.state('main')?.status, POLL).toBe('live');
  const until = (segments: number) =>
    expect.poll(() => segmentsOf(line, id).length, POLL).toBeGreaterThanOrEqual(segments);
  await until(1);
  simulator.setFault('/cam', { kind: 'clock', jumpMs: 3_600_000 });
  // Over a sender report with the new time, too: one comes every five seconds.
  await until(3);
  await wait(1000);
  simulator.setFault('/cam', null);
  await until(5);
  await line.pool.close();

  const segments = segmentsOf(line, id);
  const recorded = await recordedPlaces('cam');
  report('clock jump', {
    recorded: recorded.length,
    lost: recorded.at(-1)! - recorded[0]! + 1 - recorded.length,
    segments: segments.map((segment) => segment.endMs - segment.startMs),
    seams: segments.slice(1).map((segment, at) => segment.startMs - segments[at]!.endMs),
  });
  expect(recorded).toEqual(recorded.map((_, index) => recorded[0]! + index));
  expect(gapsOf(line, id).map(({ cause }) => cause)).toEqual(['service_stopped']);
  for (const [at, segment] of segments.entries()) {
    expect(segment.endMs - segment.startMs).toBeLessThan(3000 + (1000 * GOP) / FPS + 1000);
    expect(segment.startMs).toBeGreaterThan(startMs - 5000);
    expect(segment.endMs).toBeLessThan(Date.now() + 5000);
    if (at > 0) expect(Math.abs(segment.startMs - segments[at - 1]!.endMs)).toBeLessThan(1000);
  }
});
