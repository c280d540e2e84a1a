import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { cacheFolder } from '../setup/cache-folder.ts';
import { type BenchReport, describeMachine, type Figures } from './bench-report.ts';
import { benchErrors } from './errors.ts';
import { proportionalMbOf, withDescendants } from './ingest/process-usage.ts';
import { percentile } from './search/latencies.ts';
import { makeClockClip } from './wall/clock-clip.ts';
import { type Opened, openWall } from './wall/opening.ts';
import { readClocks } from './wall/read-clock.ts';
import { startServedWall } from './wall/served-wall.ts';
import { soak } from './wall/soak.ts';
import { WallSession } from './wall/wall-session.ts';

export interface WallBenchOptions {
  readonly tiles: number;
  readonly repeat: number;
  /** 0: no soak. */
  readonly minutes: number;
  readonly onProgress: (line: string) => void;
}

const FPS = 25;
const CLIP = { widthPx: 640, heightPx: 360, framesPerSecond: FPS, gop: 50, seconds: 40, kbps: 500 };
const CLIP_MS = CLIP.seconds * 1000;
const DELAY_READINGS = 20;
/** Longer than the page keeps its connection, so that each opening begins from nothing. */
const AWAY_MS = 7000;
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The wall as a person meets it, in Chromium: from the click to a picture and to live ones in every tile, with the cameras at
 * random places of their groups of pictures; and how far the screen is behind the cameras, by the clock in the picture.
 *
 * @throws {AppError} `BENCH_BROWSER_MISSING`, `BENCH_NOT_LIVE`
 */
export async function benchWall(options: WallBenchOptions): Promise<BenchReport> {
  const { tiles, repeat, minutes, onProgress } = options;
  const loadAverage = loadavg()[0] ?? 0;
  const clipFile = await makeClockClip(path.join(cacheFolder(), 'bench'), CLIP);
  const pathOf = (at: number): string => `/clock/${at + 1}`;
  const cameras = Array.from({ length: tiles }, (_, at) => ({
    path: pathOf(at),
    clipFile,
    phaseMs: Math.round(Math.random() * CLIP_MS),
  }));
  const simulator = new CameraSimulator({ port: 0, cameras, log: silentLog });
  await simulator.start();
  const closers: (() => Promise<void>)[] = [() => simulator.close()];
  try {
    const served = await startServedWall({});
    closers.push(async () => {
      await served.stop();
      await served.removeData();
    });
    const session = await WallSession.signIn(served);
    const ids: string[] = [];
    for (let at = 0; at < tiles; at++) ids.push(await session.addCamera(`clock ${at + 1}`, simulator.url(pathOf(at))));
    if (!(await session.untilLive(tiles, 60_000))) throw benchErrors.BENCH_NOT_LIVE({ cameras: tiles });
    const browser = await launchChromium();
    closers.push(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await signIn(page, served);
    // The wall remembers these tiles.
    await page.goto(`${served.url}/wall?layout=${tiles}&tiles=${ids.join(',')}`);
    await page.getByTestId('tile').first().waitFor();
    const delaysMs = async () =>
      (await readClocks(page)).map(({ cameraId, picture, atMs }) =>
        picture === undefined
          ? undefined
          : (simulator.clipPositionMs(pathOf(ids.indexOf(cameraId)), atMs) - (picture * 1000) / FPS + CLIP_MS) %
            CLIP_MS,
      );

    const opened: Opened[] = [];
    const delays: number[] = [];
    let missed = 0;
    for (let round = 0; round < repeat; round++) {
      await page.getByTestId('nav-cameras').click();
      await page.getByTestId('camera-row').first().waitFor();
      await pause(AWAY_MS + Math.random() * 2000);
      const nowMs = Date.now();
      const beganMs = Object.fromEntries(
        ids.map((id, at) => [id, nowMs - simulator.clipPositionMs(pathOf(at), nowMs)] as const),
      );
      const found = await openWall(page, tiles, { framesPerSecond: FPS, clipMs: CLIP_MS, beganMs });
      missed += tiles - found.length;
      opened.push(...found);
      await pause(2000);
      for (let reading = 0; reading < DELAY_READINGS; reading++) {
        delays.push(...(await delaysMs()).filter((delayMs) => delayMs !== undefined));
        await pause(150);
      }
      onProgress(
        `opening ${round + 1}: picture p95 ${wholeMs(
          found.map(({ pictureMs }) => pictureMs),
          0.95,
        )} ms, live p95 ${wholeMs(
          found.map(({ liveMs }) => liveMs),
          0.95,
        )} ms`,
      );
    }
    const ways = await page.$$eval('[data-testid=tile][data-camera]', (all) =>
      all.map((one) => one.getAttribute('data-way')),
    );
    const results: Figures[] = [figuresOf(tiles, opened, delays, missed)];
    if (minutes > 0) {
      const cdp = await page.context().newCDPSession(page);
      const serverMb = (): number => proportionalMbOf(withDescendants([served.child.pid ?? 0]));
      results.push(await soak({ cdp, minutes, serverMb, delaysMs, onProgress }));
    }
    return {
      bench: 'wall',
      machine: describeMachine(),
      conditions: {
        repeat,
        widthPx: CLIP.widthPx,
        heightPx: CLIP.heightPx,
        framesPerSecond: FPS,
        gopMs: (CLIP.gop * 1000) / FPS,
        phase: 'random for each camera',
        loadAverageBefore: Math.round(loadAverage * 10) / 10,
        browser: `Chromium ${browser.version()}, headless, software rendering`,
        ways: [...new Set(ways)].join(','),
        clock:
          'number of the picture as a bar code in it, read from a canvas; cameras, server and browser on one machine',
      },
      results,
    };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

function figuresOf(tiles: number, opened: readonly Opened[], delays: readonly number[], missed: number): Figures {
  const pictures = opened.map(({ pictureMs }) => pictureMs);
  const drawn = opened.map(({ drawnMs }) => drawnMs);
  const live = opened.map(({ liveMs }) => liveMs);
  return {
    tiles,
    openings: opened.length,
    notLive: missed,
    saidLiveTooEarly: opened.filter(({ isEarly }) => isEarly).length,
    stillP50Ms: wholeMs(pictures, 0.5),
    stillP95Ms: wholeMs(pictures, 0.95),
    stillDrawnP50Ms: wholeMs(drawn, 0.5),
    stillDrawnP95Ms: wholeMs(drawn, 0.95),
    liveP50Ms: wholeMs(live, 0.5),
    liveP95Ms: wholeMs(live, 0.95),
    glassToGlassP50Ms: wholeMs(delays, 0.5),
    glassToGlassP95Ms: wholeMs(delays, 0.95),
  };
}

const wholeMs = (values: readonly number[], share: number): number => Math.round(percentile(values, share));

async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? CHROMIUM.find((file) => existsSync(file));
  const playwright = await import('playwright-core').catch(() => undefined);
  if (!executablePath || !playwright) throw benchErrors.BENCH_BROWSER_MISSING();
  const words =
    '--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update';
  return await playwright.chromium.launch({
    executablePath,
    args: [...words.split(' '), '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
}

async function signIn(page: Page, { url, username, password }: { url: string; username: string; password: string }) {
  await page.goto(url);
  await page.getByTestId('signin-username').fill(username);
  await page.getByTestId('signin-password').fill(password);
  await page.getByTestId('signin-submit').click();
  await page.getByTestId('signin-submit').waitFor({ state: 'detached' });
}
