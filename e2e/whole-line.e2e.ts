import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SightingPage } from '#api/contract/sightings.ts';
import { launchBrowser } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const OUTPUT = path.join(import.meta.dirname, 'output');
const CAMERAS = 4;

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let truePlates: ReadonlySet<string>;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  const truth = JSON.parse(
    await readFile(new URL('../ingest/simulator/clips/gate.truth.json', import.meta.url), 'utf8'),
  ) as {
    vehicles: { plate?: string }[];
  };
  truePlates = new Set(truth.vehicles.flatMap((vehicle) => (vehicle.plate ? [vehicle.plate] : [])));
  demo = await startDemo({ cameras: CAMERAS });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, locale: 'zh-CN' });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
});

/** Frames shown by each tile so far, and the way they came. */
async function tiles(): Promise<{ frames: number; way: string | null; state: string | null }[]> {
  return await page.$$eval('[data-testid=tile]', (elements) =>
    elements.map((element) => ({
      frames: Number(element.getAttribute('data-frames') ?? 0),
      way: element.getAttribute('data-way'),
      state: element.getAttribute('data-state'),
    })),
  );
}

async function expectTilesToAdvance(way: 'webrtc' | 'fmp4'): Promise<void> {
  await expect
    .poll(async () => (await tiles()).filter((tile) => tile.way === way && tile.frames > 0).length, {
      timeout: 30_000,
      interval: 250,
    })
    .toBe(CAMERAS);
  const before = await tiles();
  await expect
    .poll(async () => (await tiles()).every((tile, index) => tile.frames >= (before[index]?.frames ?? 0) + 15), {
      timeout: 20_000,
      interval: 250,
    })
    .toBe(true);
}

test('a wrong password is refused in plain words, the right one opens the wall', async () => {
  await page.goto(demo.url);
  await page.getByTestId('signin-username').fill(demo.username);
  await page.getByTestId('signin-password').fill('not the password');
  await page.getByTestId('signin-submit').click();
  await page.getByText('用户名或密码错误').waitFor();
  await page.getByTestId('signin-password').fill(demo.password);
  await page.getByTestId('signin-submit').click();
  await page.getByTestId('tile').first().waitFor();
});

test('four tiles advance over WebRTC', async () => {
  const ways = (await (await page.request.get(`${demo.url}/api/live/ways`)).json()) as { webrtc: boolean };
  expect(ways.webrtc, 'the relay program must be there for this test: ./vantage test builds it').toBe(true);
  await expectTilesToAdvance('webrtc');
});

test('a vehicle that drives past is read, and its plate is one of the truth file', async () => {
  await expect
    .poll(
      async () =>
        (await searchAll()).sightings.filter((sighting) => sighting.plate && truePlates.has(sighting.plate.text))
          .length,
      {
        timeout: 120_000,
        interval: 1000,
      },
    )
    .toBeGreaterThan(0);
  await page.screenshot({ path: path.join(OUTPUT, 'wall.png') });
});

async function searchAll(): Promise<SightingPage> {
  const response = await page.request.post(`${demo.url}/api/sightings/search`, {
    data: {
      purpose: 'e2e test',
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      limit: 200,
    },
    headers: { origin: demo.url },
  });
  expect(response.status()).toBe(200);
  return (await response.json()) as SightingPage;
}

test('a search for a part of the plate finds it, shows its picture, and plays the recording at that second', async () => {
  const found = (await searchAll()).sightings.filter(
    (sighting) => sighting.plate && truePlates.has(sighting.plate.text),
  );
  // The newest: its vehicle comes by again and again, and the first row of the search is its last pass.
  const [wanted] = found;
  if (!wanted?.plate) throw new Error('no sighting with a true plate');
  const pattern = `${wanted.plate.text.slice(0, 3)}?${wanted.plate.text.slice(4)}`;

  await page.getByTestId('nav-investigate').click();
  await page.getByTestId('search-purpose').fill('演示案件 1');
  await page.getByTestId('search-text').fill(pattern);
  const row = page
    .getByTestId('result-row')
    .filter({ hasText: wanted.plate.text.slice(1) })
    .first();
  await row.waitFor({ timeout: 15_000 });
  await page.screenshot({ path: path.join(OUTPUT, 'investigate.png') });
  await row.dblclick();
  const picture = page.getByTestId('pass-picture');
  await picture.waitFor();
  await expect
    .poll(async () => await picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(100);

  // The segment that holds the pass is written when the next one begins: wait for it, then it plays.
  const video = page.getByTestId('playback-video').first();
  await video.waitFor();
  await expect
    .poll(
      async () => {
        const time = await video.getAttribute('data-time');
        return time ? Math.abs(Date.parse(time) - Date.parse(wanted.time)) : Number.POSITIVE_INFINITY;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBeLessThan(15_000);
  const width = await video.evaluate((element: HTMLVideoElement) => element.videoWidth);
  expect(width).toBeGreaterThan(0);
  await page.screenshot({ path: path.join(OUTPUT, 'pass.png') });
});

test('four tiles advance over the fallback as well', async () => {
  await page.goto(`${demo.url}/wall?layout=4&way=fmp4`);
  await expectTilesToAdvance('fmp4');
});
