import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { makeClockClip } from '#infra/bench/wall/clock-clip.ts';
import { type ServedWall, startServedWall } from '#infra/bench/wall/served-wall.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cacheFolder } from '#infra/setup/cache-folder.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { ApiSession } from './api-session.ts';
import { launchBrowser, signIn } from './browser.ts';
import { expectLive } from './wall-tiles.ts';

// A camera with a key frame every twelve seconds: whoever opens a tile must not wait for it.

const FPS = 5;
const GOP_SECONDS = 12;
const CAMERA = '/rare';
/** Opened so long after a key frame, at most: few enough pictures to be sent after the fact at once. */
const OPENED_BY_MS = 3000;
const LIVE_WITHIN_MS = 5000;

let served: ServedWall;
let simulator: CameraSimulator;
let browser: Browser;

beforeAll(async () => {
  const clipFile = await makeClockClip(path.join(cacheFolder(), 'bench'), {
    ...{ framesPerSecond: FPS, gop: FPS * GOP_SECONDS, seconds: 2 * GOP_SECONDS },
    ...{ widthPx: 320, heightPx: 180, kbps: 100 },
  });
  simulator = new CameraSimulator({
    port: 0,
    cameras: [{ path: CAMERA, clipFile, phaseMs: 0 }],
    log: silentLog,
  });
  await simulator.start();
  served = await startServedWall({ env: {} });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
  await served?.removeData();
  await simulator?.close();
});

const sinceKeyFrameMs = (): number => simulator.clipPositionMs(CAMERA, Date.now()) % (GOP_SECONDS * 1000);

test('the first tile of a page is live long before its camera sends another key frame', async () => {
  const api = new ApiSession(served.url);
  await api.signIn(served.username, served.password);
  const { body: camera } = await api.post<Camera>('/api/cameras', {
    ...{ name: 'rare', number: '', area: '', scene: 'road', rules: [], url: simulator.url(CAMERA) },
    recording: { mode: 'off' },
    analysis: { mode: 'off' },
  });
  const page = await browser.newPage();
  await signIn(page, served.url, served);
  await expect
    .poll(async () => (await api.get<readonly Camera[]>('/api/cameras')).body.map(({ state }) => state.status), {
      timeout: 20_000,
    })
    .toEqual(['live']);
  // The server has to have met a key frame, and the next one has to be far.
  await pause(GOP_SECONDS * 1000 - sinceKeyFrameMs() + 1000);
  expect(sinceKeyFrameMs()).toBeLessThan(OPENED_BY_MS);
  await page.goto(`${served.url}/wall?layout=1&tiles=${camera.id}`);
  await expectLive(page, 'webrtc', 1, LIVE_WITHIN_MS);
  expect(sinceKeyFrameMs()).toBeLessThan(OPENED_BY_MS + 2 * LIVE_WITHIN_MS);
  await page.close();
});
