import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toAppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { writeMarkedVideo } from '../frames/testing/marked-video.ts';
import type { AccessUnit } from '../media.ts';
import { CameraSimulator } from '../simulator/camera-simulator.ts';
import type { CardFault } from '../simulator/simulated-card.ts';
import { ReplaySession } from './replay-session.ts';

const PATH = '/cam/1';
const GOP = 5;
const PERIOD_MS = 100;
const CREDENTIALS = { username: 'operator', password: 'right-one' };
/** An hour and a bit: our clock and that of the camera are two things. */
const OFFSET_MS = 3_600_250;

let folder = '';
let simulator: CameraSimulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantage-replay-'));
  const clipFile = join(folder, 'clip.mp4');
  writeMarkedVideo(clipFile, { widthPx: 320, heightPx: 192, frames: 40, firstNumber: 0, gop: GOP });
  simulator = new CameraSimulator({
    port: 0,
    cameras: [{ path: PATH, clipFile, phaseMs: 0, credentials: CREDENTIALS, clockOffsetMs: OFFSET_MS, card: {} }],
    log: silentLog,
  });
  await simulator.start();
});

afterEach(() => {
  const card = simulator.card(PATH)!;
  card.fault = null;
  card.setMissing([]);
});

afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

interface Replay {
  readonly units: readonly AccessUnit[];
  readonly errorCode: string | undefined;
}

async function replay(
  fromMs: number,
  toMs: number,
  options: { fault?: CardFault; silenceMs?: number; each?: (session: ReplaySession) => Promise<void> } = {},
): Promise<Replay> {
  simulator.card(PATH)!.fault = options.fault ?? null;
  const session = new ReplaySession({
    url: simulator.cardUrl(PATH),
    credentials: CREDENTIALS,
    trust: { caFile: '', certificateSha256: undefined },
    fromDeviceMs: fromMs + OFFSET_MS,
    toDeviceMs: toMs + OFFSET_MS,
    connectTimeoutMs: 10_000,
    silenceMs: options.silenceMs ?? 10_000,
    clock: systemClock,
  });
  const units: AccessUnit[] = [];
  try {
    await session.start(new AbortController().signal);
    for (let unit = await session.next(); unit; unit = await session.next()) {
      units.push(unit);
      await options.each?.(session);
    }
    return { units, errorCode: undefined };
  } catch (error) {
    return { units, errorCode: toAppError(error).code };
  } finally {
    await session.close();
  }
}

/** What the camera showed from the key frame at or before this time on. */
function shown(fromMs: number, toMs: number): number {
  const start = fromMs - (simulator.clipPositionMs(PATH, fromMs) % (GOP * PERIOD_MS));
  return Math.ceil((toMs - start) / PERIOD_MS - 1e-6);
}

test('plays back a past range far faster than it took, each picture once and with its own time', {
  timeout: 30_000,
}, async () => {
  const fromMs = Date.now() - 600_000;
  const { units, errorCode } = await replay(fromMs, fromMs + 300_000);
  expect(errorCode).toBeUndefined();
  expect(units).toHaveLength(shown(fromMs, fromMs + 300_000));
  expect(units[0]!.isKeyFrame).toBe(true);
  expect(units[0]!.wallMs - OFFSET_MS).toBeLessThanOrEqual(fromMs);
  expect(units[0]!.wallMs - OFFSET_MS).toBeGreaterThan(fromMs - GOP * PERIOD_MS - 1);
  const steps = units.slice(1).map((unit, index) => Math.round(unit.wallMs - units[index]!.wallMs));
  expect(new Set(steps)).toEqual(new Set([PERIOD_MS]));
  expect(units.at(-1)!.pts90k).toBeCloseTo((units.length - 1) * PERIOD_MS * 90, -1);
  expect(units.every(({ damaged }) => !damaged)).toBe(true);
});

test('a hole on the card is a step in the times, and what follows begins with a key frame', async () => {
  const fromMs = Date.now() - 100_000;
  simulator.card(PATH)!.setMissing([{ fromMs: fromMs + 5000, untilMs: fromMs + 12_000 }]);
  const { units, errorCode } = await replay(fromMs, fromMs + 20_000);
  expect(errorCode).toBeUndefined();
  const at = units.findIndex((unit, index) => index > 0 && unit.wallMs - units[index - 1]!.wallMs > PERIOD_MS * 1.5);
  expect(units[at - 1]!.wallMs - OFFSET_MS).toBeLessThan(fromMs + 5000);
  expect(units[at]!.wallMs - OFFSET_MS).toBeGreaterThanOrEqual(fromMs + 12_000);
  expect(units[at]!.isKeyFrame).toBe(true);
});

test('who reads slowly is waited for, and loses nothing', { timeout: 30_000 }, async () => {
  const fromMs = Date.now() - 3_600_000;
  let reads = 0;
  const { units, errorCode } = await replay(fromMs, fromMs + 2_000_000, {
    silenceMs: 1000,
    // Longer than the silence that would end it: waiting for us is no silence of the camera.
    each: async () => {
      if (++reads === 1) await new Promise((resolve) => setTimeout(resolve, 3000));
    },
  });
  expect(errorCode).toBeUndefined();
  expect(units).toHaveLength(shown(fromMs, fromMs + 2_000_000));
});

test('an empty range ends at once; what the camera will not or cannot do has a name', { timeout: 30_000 }, async () => {
  const fromMs = Date.now() - 60_000;
  expect(await replay(Date.now() + 60_000, Date.now() + 70_000)).toEqual({ units: [], errorCode: undefined });
  expect(await replay(fromMs, fromMs + 5000, { fault: { kind: 'refused' } })).toEqual({
    units: [],
    errorCode: 'REPLAY_REFUSED',
  });
  expect(await replay(fromMs, fromMs + 5000, { fault: { kind: 'untimed' } })).toEqual({
    units: [],
    errorCode: 'REPLAY_UNTIMED',
  });
  const cut = await replay(fromMs, fromMs + 5000, { fault: { kind: 'cut', afterPictures: 12 } });
  expect(cut.errorCode).toBe('STREAM_ENDED');
  expect(cut.units.length).toBeLessThanOrEqual(12);
});

test('silence is the end where the range ends, and a fault before it', { timeout: 30_000 }, async () => {
  const fromMs = Date.now() - 60_000;
  const quiet = await replay(fromMs, fromMs + 5000, { fault: { kind: 'quiet-end' }, silenceMs: 1000 });
  expect(quiet.errorCode).toBeUndefined();
  expect(quiet.units).toHaveLength(shown(fromMs, fromMs + 5000));
  const slow = await replay(fromMs, fromMs + 20_000, {
    fault: { kind: 'slow', picturesPerSecond: 0.3 },
    silenceMs: 1000,
  });
  expect(slow.errorCode).toBe('STREAM_STALLED');
});
