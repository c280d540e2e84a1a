import path from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { makeClockClip } from '#infra/bench/wall/clock-clip.ts';
import { readClocks } from '#infra/bench/wall/read-clock.ts';
import { type ServedWall, startServedWall } from '#infra/bench/wall/served-wall.ts';
import { cacheFolder } from '#infra/setup/cache-folder.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { ApiSession } from './api-session.ts';
import { launchBrowser, signIn } from './browser.ts';
import { GATE_ADDRESS, MediaGate } from './media-gate.ts';
import { descendants } from './processes.ts';
import { expectLive, seenTiles } from './wall-tiles.ts';

// One wall of two cameras through all that can befall it; after each it is live again by itself, without a reload.

const FPS = 15;
const CLIP_SECONDS = 20;
const CLIP = { framesPerSecond: FPS, gop: FPS, seconds: CLIP_SECONDS };
const PATHS = ['/one', '/two'];
const H265_PATHS = ['/h265/one', '/h265/two'];
const TILES = 2;
const RTC_WORKER = 'mediasoup-worke';

let served: ServedWall;
let simulator: CameraSimulator;
let simulatorPort: number;
let clips: { readonly main: string; readonly sub: string; readonly h265: string };
let api: ApiSession;
/** Of the two cameras that the wall shows. */
const ids: string[] = [];
let gate: MediaGate;
let rtcPort: number;
let browser: Browser;
let page: Page;
let cdp: CDPSession;

function makeSimulator(port: number): CameraSimulator {
  const cameras = PATHS.flatMap((name) => [
    { path: name, clipFile: clips.main, phaseMs: 0 },
    { path: `${name}/sub`, clipFile: clips.sub, phaseMs: 0 },
  ]);
  for (const name of H265_PATHS) cameras.push({ path: name, clipFile: clips.h265, phaseMs: 0 });
  return new CameraSimulator({ port, cameras, log: silentLog });
}

async function serve(again?: ServedWall): Promise<ServedWall> {
  const env = {
    VANTAGE_STREAMING_RTC_PORT: `${rtcPort}`,
    VANTAGE_STREAMING_RTC_ANNOUNCED_ADDRESS: GATE_ADDRESS,
    VANTAGE_STREAMING_RTC_WORKERS: '1',
    VANTAGE_STREAMING_TRANSCODE_SLOTS: '1',
    VANTAGE_STREAMING_PRODUCER_IDLE_MS: '1000',
    VANTAGE_INGEST_RETRY_MAX_MS: '2000',
  };
  if (!again) return await startServedWall({ env });
  const { dataFolder, password, url } = again;
  return await startServedWall({ env, dataFolder, password, port: Number(new URL(url).port) });
}

async function addCamera(name: string, subName?: string): Promise<string> {
  const { status, body } = await api.post<Camera>('/api/cameras', {
    ...{ name, number: '', area: '', scene: 'road', rules: [] },
    url: simulator.url(name),
    ...(subName ? { subUrl: simulator.url(subName) } : {}),
    recording: { mode: 'off' },
    analysis: { mode: 'off' },
  });
  expect(status).toBe(201);
  return body.id;
}

/** As a link on the page would: without a reload. */
async function showWall(cameras: readonly string[]): Promise<void> {
  await page.evaluate(
    (next) => {
      history.pushState(null, '', next);
      dispatchEvent(new PopStateEvent('popstate'));
    },
    `/wall?layout=${cameras.length === 1 ? 1 : 4}&tiles=${cameras.join(',')}`,
  );
  await expect
    .poll(async () => (await seenTiles(page)).map((tile) => tile.camera), { timeout: 10_000, interval: 100 })
    .toEqual(cameras);
}

const states = async () => (await seenTiles(page)).map(({ state }) => state);
const ways = async () => (await seenTiles(page)).map(({ way }) => way);

/** How far the shown pictures are behind what the cameras send, ms. */
async function delaysMs(): Promise<number[]> {
  return (await readClocks(page)).map(({ picture, atMs }) => {
    if (picture === undefined) return Number.POSITIVE_INFINITY;
    const sentMs = simulator.clipPositionMs(PATHS[0] ?? '', atMs);
    const lengthMs = CLIP_SECONDS * 1000;
    return (sentMs - (picture * 1000) / FPS + lengthMs) % lengthMs;
  });
}

async function expectNoBacklog(): Promise<void> {
  await expect.poll(async () => Math.max(...(await delaysMs())), { timeout: 10_000, interval: 200 }).toBeLessThan(1500);
}

beforeAll(async () => {
  const folder = path.join(cacheFolder(), 'bench');
  const [main, sub, h265] = await Promise.all([
    makeClockClip(folder, { ...CLIP, widthPx: 640, heightPx: 360, kbps: 600 }),
    makeClockClip(folder, { ...CLIP, widthPx: 320, heightPx: 180, kbps: 200 }),
    makeClockClip(folder, { ...CLIP, widthPx: 320, heightPx: 180, kbps: 200, codec: 'h265' }),
  ]);
  clips = { main, sub, h265 };
  simulator = makeSimulator(0);
  simulatorPort = (await simulator.start()).port;
  rtcPort = await MediaGate.freePort();
  gate = await MediaGate.open(rtcPort);
  [served, browser] = await Promise.all([serve(), launchBrowser()]);
  api = new ApiSession(served.url);
  await api.signIn(served.username, served.password);
  for (const name of PATHS) ids.push(await addCamera(name, `${name}/sub`));
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' });
  await page.addInitScript(() => {
    const counts = { peerConnections: 0 };
    Object.assign(window, { counts });
    const Original = RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(...options: ConstructorParameters<typeof RTCPeerConnection>) {
        super(...options);
        counts.peerConnections += 1;
      }
    };
  });
  cdp = await page.context().newCDPSession(page);
  await signIn(page, served.url, served);
  await page.goto(`${served.url}/wall?layout=4&tiles=${ids.join(',')}`);
  await page.getByTestId('tile').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
  await served?.removeData();
  await simulator?.close();
  gate?.close();
});

async function connectionsMade(): Promise<number> {
  return await page.evaluate(() => {
    const { counts } = window as unknown as { counts: { peerConnections: number } };
    return counts.peerConnections;
  });
}

test('tiles are live over WebRTC, hardly behind the camera', async () => {
  await expectLive(page, 'webrtc', TILES);
  await expectNoBacklog();
  expect(gate.passed).toBeGreaterThan(0);
});

test('a large tile shows the main stream and a small one the sub-stream, over the same connection, never without a picture', async () => {
  const widths = async () => (await seenTiles(page)).map(({ widthPx }) => widthPx);
  await expect.poll(widths, { timeout: 10_000 }).toEqual([320, 320]);
  const connectionsBefore = await connectionsMade();
  // What the first tile shows while it changes over: each moment without a picture would be seen here.
  await page.evaluate(() => {
    const video = document.querySelector('video');
    const seen = { blank: 0, widths: [] as number[], longestMs: 0 };
    let lastMs = performance.now();
    const look = () => {
      if (!video) return;
      if (video.videoWidth === 0 || video.readyState < 2) seen.blank += 1;
      if (seen.widths.at(-1) !== video.videoWidth) seen.widths.push(video.videoWidth);
      requestAnimationFrame(look);
    };
    const onFrame = () => {
      seen.longestMs = Math.max(seen.longestMs, performance.now() - lastMs);
      lastMs = performance.now();
      video?.requestVideoFrameCallback(onFrame);
    };
    Object.assign(window, { seen });
    look();
    video?.requestVideoFrameCallback(onFrame);
  });
  await page.setViewportSize({ width: 2600, height: 1400 });
  await expect.poll(async () => (await widths())[0], { timeout: 15_000, interval: 100 }).toBe(640);
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(async () => (await widths())[0], { timeout: 15_000, interval: 100 }).toBe(320);
  const seen = await page.evaluate(
    () => (window as unknown as { seen: { blank: number; widths: number[]; longestMs: number } }).seen,
  );
  expect(seen).toMatchObject({ blank: 0, widths: [320, 640, 320] });
  expect(seen.longestMs).toBeLessThan(1500);
  expect(await connectionsMade()).toBe(connectionsBefore);
});

test('where the line is too narrow for the main stream a large tile shows the sub-stream, and stays live', async () => {
  const width = async () => (await seenTiles(page))[0]?.widthPx;
  await showWall(ids.slice(0, 1));
  await expect.poll(width, { timeout: 30_000, interval: 100 }).toBe(640);
  gate.bitsPerSecond = 300_000;
  try {
    await expect.poll(width, { timeout: 60_000, interval: 100 }).toBe(320);
    // It may try the main stream again; what it shows is of now, most of the time.
    let isLive = 0;
    for (let second = 0; second < 20; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if ((await states())[0] === 'live' && (await ways())[0] === 'webrtc') isLive++;
    }
    expect(isLive).toBeGreaterThanOrEqual(14);
  } finally {
    gate.bitsPerSecond = Number.POSITIVE_INFINITY;
  }
  await expect.poll(width, { timeout: 90_000, interval: 100 }).toBe(640);
  await showWall(ids);
  await expectLive(page, 'webrtc', TILES);
}, 240_000);

test('a camera whose sub-stream stands still shows its main stream in small tiles, until it is back', async () => {
  const width = async () => (await seenTiles(page))[0]?.widthPx;
  simulator.setFault('/one/sub', { kind: 'stall' });
  await expect.poll(width, { timeout: 20_000, interval: 100 }).toBe(640);
  await expectLive(page, 'webrtc', TILES);
  simulator.setFault('/one/sub', null);
  await expect.poll(width, { timeout: 20_000, interval: 100 }).toBe(320);
  await expectLive(page, 'webrtc', TILES);
});

test('another camera in a tile comes over the same connection', async () => {
  await expectLive(page, 'webrtc', TILES);
  const connectionsBefore = await connectionsMade();
  await showWall(ids.toReversed());
  await expectLive(page, 'webrtc', TILES);
  await showWall(ids);
  await expectLive(page, 'webrtc', TILES);
  expect(await connectionsMade()).toBe(connectionsBefore);
});

test('a page that nobody sees gets no pictures, and is live at once when it is seen again', async () => {
  const become = (visibility: DocumentVisibilityState) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, visibility);
  const connectionsBefore = await connectionsMade();
  await become('hidden');
  const passedInASecond = async () => {
    const before = gate.passed;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return gate.passed - before;
  };
  // What is left is the connection's own talk; two tiles of 15 pictures a second are more.
  await expect.poll(passedInASecond, { timeout: 10_000, interval: 100 }).toBeLessThan(15);
  await become('visible');
  await expectLive(page, 'webrtc', TILES, 5000);
  await expectNoBacklog();
  expect(await connectionsMade()).toBe(connectionsBefore);
});

test('of two cameras with nothing but H.265 one is transcoded, the other says why it is not, and gets the slot when it is free', async () => {
  const [first, second] = await Promise.all(H265_PATHS.map((name) => addCamera(name)));
  if (!first || !second) throw new Error('two cameras are needed');
  const isLive = async (id: string) => (await api.cameras()).find((camera) => camera.id === id)?.state.status;
  await expect.poll(() => Promise.all([first, second].map(isLive)), { timeout: 15_000 }).toEqual(['live', 'live']);
  // With the new cameras in its list.
  await page.goto(`${served.url}/wall?layout=4&tiles=${first}`);
  await expectLive(page, 'webrtc', 1);
  await showWall([first, second]);
  await expect.poll(states, { timeout: 15_000, interval: 100 }).toEqual(['live', 'unplayable']);
  await showWall([second]);
  await expectLive(page, 'webrtc', 1);
  await showWall(ids);
  await expectLive(page, 'webrtc', TILES);
});

test('a camera that is unplugged says so, and is live again when it is back', async () => {
  await simulator.close();
  await expect.poll(states, { timeout: 10_000, interval: 100 }).not.toContain('live');
  await expect.poll(states, { timeout: 15_000, interval: 100 }).toEqual(['offline', 'offline']);
  simulator = makeSimulator(simulatorPort);
  await simulator.start();
  await expectLive(page, 'webrtc', TILES);
  await expectNoBacklog();
});

test('with the way for media blocked the tiles go on over the fallback, and return to WebRTC when it is free', async () => {
  gate.isOpen = false;
  await expect.poll(states, { timeout: 10_000, interval: 50 }).not.toContain('live');
  await expectLive(page, 'fmp4', TILES);
  await expectNoBacklog();
  gate.isOpen = true;
  await expectLive(page, 'webrtc', TILES);
  await expectNoBacklog();
});

test('a try that finds WebRTC blocked from the start falls back within two seconds', async () => {
  gate.isOpen = false;
  await page.reload();
  await page.locator('[data-testid=tile][data-way=webrtc]').first().waitFor();
  const sinceMs = Date.now();
  await expect.poll(ways, { timeout: 10_000, interval: 50 }).toEqual(['fmp4', 'fmp4']);
  // Two seconds, and what a busy machine adds.
  expect(Date.now() - sinceMs).toBeLessThan(4000);
  await expectLive(page, 'fmp4', TILES);
  gate.isOpen = true;
  await expectLive(page, 'webrtc', TILES);
});

test('a relay process that is killed is started again, and the tiles are live by themselves', async () => {
  const relay = (await descendants(served.child.pid ?? 0)).find(({ program }) => program === RTC_WORKER);
  expect(relay).toBeDefined();
  const before = await seenTiles(page);
  process.kill(relay?.pid ?? 0, 'SIGKILL');
  await expect
    .poll(async () => (await seenTiles(page)).every(({ frames }, at) => frames > (before[at]?.frames ?? 0) + 10), {
      timeout: 15_000,
      interval: 100,
    })
    .toBe(true);
  await expectLive(page, 'webrtc', TILES);
  const next = (await descendants(served.child.pid ?? 0)).find(({ program }) => program === RTC_WORKER);
  expect(next?.pid).not.toBe(relay?.pid);
});

test.each(['webrtc', 'fmp4'] as const)('a tab that was frozen is live over %s without a backlog', async (way) => {
  if (way === 'fmp4') await page.goto(`${page.url()}&way=fmp4`);
  await expectLive(page, way, TILES);
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 6000));
  await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  await expectLive(page, way, TILES);
  await expectNoBacklog();
});

test('a server that is started again finds its tiles back', async () => {
  await page.goto(page.url().replace('&way=fmp4', ''));
  await expectLive(page, 'webrtc', TILES);
  await served.stop();
  await expect.poll(states, { timeout: 15_000, interval: 100 }).not.toContain('live');
  served = await serve(served);
  await expectLive(page, 'webrtc', TILES);
  await expectNoBacklog();
});
