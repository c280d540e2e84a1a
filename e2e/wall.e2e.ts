import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import type { ClipExport } from '#api/contract/exports.ts';
import type { Timeline } from '#api/contract/recordings.ts';
import type { Camera } from '#api/contract/cameras.ts';
import { launchBrowser } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const OUTPUT = path.join(import.meta.dirname, 'output');
const CAMERAS = 4;
/** A busy machine takes seconds to draw what was clicked. */
const soon = { timeout: 20_000 };

let demo: DemoProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  demo = await startDemo({ cameras: CAMERAS });
  browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1920, height: 1080 },
    locale: 'zh-CN',
    acceptDownloads: true,
  });
  page = await context.newPage();
  await post('/api/session', { username: demo.username, password: demo.password });
  // Every vehicle that the gate's clip shows is looked for: one of them comes by while the other tests run.
  const truth = JSON.parse(
    await readFile(new URL('../ingest/simulator/clips/gate.truth.json', import.meta.url), 'utf8'),
  ) as { vehicles: { plate?: string }[] };
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  for (const plate of new Set(truth.vehicles.flatMap((vehicle) => vehicle.plate ?? [])))
    await post('/api/watchlist', { plate, reason: 'e2e test', expiresAt });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
});

async function post(url: string, data: object): Promise<void> {
  const response = await page.request.post(`${demo.url}${url}`, {
    data,
    headers: { origin: demo.url },
    timeout: 120_000,
  });
  expect(response.ok(), `${url}: ${response.status()}`).toBe(true);
}

async function get<T>(url: string): Promise<T> {
  return (await (await page.request.get(`${demo.url}${url}`)).json()) as T;
}

const tileOf = (cameraId: string): Locator => page.locator(`[data-testid=tile][data-camera="${cameraId}"]`);

async function tiles(): Promise<(string | null)[]> {
  return await page.$$eval('[data-testid=tile]', (all) => all.map((tile) => tile.getAttribute('data-camera')));
}

/** The wall as it was set up; an alert may show another camera for a while. */
const setUp = (): string => {
  const { searchParams } = new URL(page.url());
  return `${searchParams.get('layout')} ${searchParams.get('tiles')}`;
};

test('a wall that was built is the same after a reload, and can be kept and opened again', async () => {
  await page.goto(`${demo.url}/wall?layout=4`);
  await expect.poll(async () => (await tiles()).filter(Boolean).length, { timeout: 30_000 }).toBe(CAMERAS);
  await page.getByTestId('layouts').click();
  await page.getByTestId('layout-6').click();
  await expect.poll(async () => (await tiles()).length, soon).toBe(6);
  await page.keyboard.press('2');
  await page.keyboard.press('x');
  await expect.poll(setUp, soon).toMatch(/^6 [^,]+,,/);
  await page.keyboard.press('1');
  await page.keyboard.press('z');
  const built = setUp();
  await page.goto(`${demo.url}/wall`);
  await expect.poll(setUp, soon).toBe(built);
  await page.getByTestId('wall-grid').waitFor();
  await expect.poll(() => page.locator('.tile-view').first().getAttribute('data-zoom'), soon).toBe('2.00');
  await page.keyboard.press('z');

  await page.getByTestId('saved-walls').click();
  await page.getByTestId('saved-name').fill('夜班');
  await page.getByTestId('saved-keep').click();
  await page.getByTestId('saved-wall').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('layouts').click();
  await page.getByTestId('layout-9').click();
  await expect.poll(async () => (await tiles()).length, soon).toBe(9);
  await page.getByTestId('saved-walls').click();
  await page.getByTestId('saved-wall').getByText('夜班').click();
  await expect.poll(setUp, soon).toBe(built);
});

test('the keys are all listed', async () => {
  await page.keyboard.press('?');
  const help = await page.locator('.key-list').innerText();
  for (const key of ['1 – 64', '←', 'F', 'Z', 'P', 'S', 'B', 'Space', 'L', 'A', '?']) expect(help).toContain(key);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.key-list').count(), soon).toBe(0);
});

test('another window is a screen of the same wall, and takes a camera that is sent to it', async () => {
  const second = await page.context().newPage();
  await second.goto(`${demo.url}/wall?screen=2`);
  await second.getByTestId('wall-grid').waitFor();
  await expect.poll(() => second.locator('[data-testid=tile][data-camera]').count(), soon).toBe(0);
  await page.bringToFront();
  await page.getByTestId('screens').click();
  await page.locator('[data-testid=other-screen][data-screen="2"]').waitFor({ timeout: 15_000 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('1');
  await page.keyboard.press('Alt+2');
  const [sent] = await tiles();
  await expect.poll(() => second.locator(`[data-testid=tile][data-camera="${sent}"]`).count(), soon).toBe(1);
  await second.close();
});

/** A wall on which nothing becomes live, so that its stills can be looked at. */
async function openStills(init?: () => void): Promise<Page> {
  const still = await page.context().newPage();
  if (init) await still.addInitScript(init);
  await still.routeWebSocket(/\/api\/live\//, () => undefined);
  await still.goto(`${demo.url}/wall?layout=4`);
  return still;
}

interface SeenStill {
  readonly state: string;
  readonly frames: string;
  readonly source: string;
  readonly ageMs: number;
  readonly says: string;
  /** Of the brightness of its pixels. */
  readonly range: number;
}

async function stillsOf(from: Page): Promise<readonly SeenStill[]> {
  return await from.$$eval('[data-testid=tile][data-camera]', (all) =>
    all.flatMap((tile) => {
      const still = tile.querySelector<HTMLElement>('[data-testid=still]');
      const canvas = still?.querySelector('canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      if (!still || !pixels) return [];
      const greens = [...pixels.filter((_value, at) => at % 4 === 1)];
      const least = greens.reduce((a, b) => Math.min(a, b));
      const most = greens.reduce((a, b) => Math.max(a, b));
      return {
        state: tile.getAttribute('data-state') ?? '',
        frames: tile.getAttribute('data-frames') ?? '',
        source: still.dataset['source'] ?? '',
        ageMs: Date.now() - Date.parse(still.dataset['time'] ?? ''),
        says: tile.querySelector('.tile-foot')?.textContent ?? '',
        range: most - least,
      };
    }),
  );
}

test.each<{ how: string; source: string; init?: () => void }>([
  { how: 'decoded by the page', source: 'key-frame' },
  {
    how: 'from the server where the browser has no decoder',
    source: 'jpeg',
    init: () => Reflect.deleteProperty(window, 'VideoDecoder'),
  },
  {
    how: 'from the server where the browser does not decode the codec',
    source: 'jpeg',
    init: () => {
      VideoDecoder.isConfigSupported = async (config) => ({ config, supported: false });
    },
  },
  {
    how: 'from the server where decoding fails',
    source: 'jpeg',
    init: () => {
      VideoDecoder.prototype.decode = () => {
        throw new DOMException('broken', 'DataError');
      };
    },
  },
])('a tile that is not live yet shows the newest picture with its age, and is not called live: $how', async (how) => {
  const wall = await openStills(how.init);
  await expect.poll(async () => (await stillsOf(wall)).length, soon).toBe(CAMERAS);
  const seen = await stillsOf(wall);
  expect(seen.map(({ source }) => source)).toEqual(Array.from({ length: CAMERAS }, () => how.source));
  for (const { state, frames, ageMs, says, range } of seen) {
    expect({ state, frames }).toEqual({ state: 'connecting', frames: '0' });
    expect(ageMs).toBeGreaterThan(0);
    expect(ageMs).toBeLessThan(60_000);
    expect(says).toMatch(/\d\d:\d\d:\d\d · .*前的画面/);
    expect(range).toBeGreaterThan(50);
  }
  const [before] = seen;
  await expect.poll(async () => (await stillsOf(wall))[0]?.says, soon).not.toBe(before?.says);
  if (how.source === 'key-frame') await wall.screenshot({ path: path.join(OUTPUT, 'wall-stills.png') });
  await wall.close();
});

test('a picture is saved under its name and time', async () => {
  const [cameraId] = await tiles();
  await expect
    .poll(async () => Number(await tileOf(cameraId ?? '').getAttribute('data-frames')), { timeout: 30_000 })
    .toBeGreaterThan(0);
  await page.keyboard.press('1');
  const saved = page.waitForEvent('download');
  await page.keyboard.press('s');
  expect((await saved).suggestedFilename()).toMatch(/-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.png$/);
});

test('a tile looks back ten seconds and a minute, and is live again with one key', async () => {
  const [first] = await tiles();
  if (!first) throw new Error('no camera on the first tile');
  const tile = tileOf(first);
  const firstRecorded = async (): Promise<number> => {
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const { segments } = await get<Timeline>(`/api/recordings/${first}/timeline?from=${from}&to=${to}`);
    return segments.length;
  };
  await expect.poll(firstRecorded, { timeout: 40_000, interval: 500 }).toBeGreaterThan(1);
  await page.keyboard.press('1');
  await page.keyboard.press('Space');
  await expect.poll(() => tile.getAttribute('data-state'), soon).toBe('back');
  const shown = async (): Promise<number> =>
    Date.parse((await tile.getByTestId('playback-video').getAttribute('data-time')) || '') || 0;
  await expect.poll(shown, { timeout: 20_000 }).toBeGreaterThan(0);
  expect(Date.now() - (await shown())).toBeGreaterThan(5_000);
  await page.keyboard.press('b');
  await page.getByText('添加书签').first().waitFor();
  // What is looked back stays so over a reload.
  await page.reload();
  await expect.poll(() => tile.getAttribute('data-state'), { timeout: 20_000 }).toBe('back');
  await page.keyboard.press('l');
  await expect.poll(() => tile.getAttribute('data-state'), { timeout: 20_000 }).toMatch(/live|delayed/);
});

test('two cameras play the same instant, and what is seen is exported as a file with every picture', async () => {
  const cameras = await get<Camera[]>('/api/cameras');
  const [a, b] = cameras.map(({ id }) => id);
  if (!a || !b) throw new Error('no cameras');
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const { segments } = await get<Timeline>(
    `/api/recordings/${a}/timeline?from=${from}&to=${new Date(Date.now() + 60_000).toISOString()}`,
  );
  const [segment] = segments;
  if (!segment) throw new Error('nothing recorded');
  await page.goto(`${demo.url}/playback?camera=${a},${b}&time=${segment.start}`);
  const times = async (): Promise<number[]> =>
    await page.$$eval('[data-testid=sync-track]', (all) =>
      all.map((track) => Date.parse(track.getAttribute('data-time') || '') || 0),
    );
  await expect
    .poll(
      async () => {
        const [one = 0, other = 0] = await times();
        return one > 0 && other > 0 ? Math.abs(one - other) : Number.POSITIVE_INFINITY;
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBeLessThan(700);
  await page.screenshot({ path: path.join(OUTPUT, 'playback-sync.png') });

  await page.getByTestId('export-open').click();
  await page.getByTestId('export-purpose').fill('e2e 案件 1');
  await page.getByTestId('export-start').click();
  const item = page.getByTestId('export-item').first();
  await expect.poll(() => item.getAttribute('data-state'), { timeout: 30_000 }).toBe('done');
  const [done] = await get<ClipExport[]>('/api/exports');
  const video = done?.files.find(({ kind }) => kind === 'video');
  const downloading = page.waitForEvent('download');
  await item.getByTestId('export-file-video').first().click();
  const file = path.join(demo.dataFolder, 'downloaded.mp4');
  await (await downloading).saveAs(file);
  expect(inspectSegment(file).frames).toBe(video?.frames);
  await page.screenshot({ path: path.join(OUTPUT, 'export.png') });
});

test('an alert brings its tile forward with its reason, and A acknowledges it', async () => {
  await page.goto(`${demo.url}/wall?layout=4`);
  const alert = page.getByTestId('tile-alert').first();
  await alert.waitFor({ timeout: 120_000 });
  expect(await alert.innerText()).toContain('布控命中');
  await page.screenshot({ path: path.join(OUTPUT, 'wall-alert.png') });
  const key = await page.locator('.cell.alerting').first().getAttribute('data-alert');
  const answered = page.waitForResponse((response) => response.url().endsWith('/api/wall/acknowledgements'));
  await page.keyboard.press('a');
  expect((await answered).status()).toBe(204);
  await expect.poll(() => page.locator(`.cell[data-alert="${key}"]`).count(), soon).toBe(0);
});

/** After everything that nobody holds was thrown away. */
async function held(): Promise<{ nodes: number; listeners: number; heapBytes: number }> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('Performance.enable');
    await session.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(500);
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heapBytes: of('JSHeapUsedSize') };
  } finally {
    await session.detach();
  }
}

test('tiles that come and go, live and looked back, leave nothing behind', async () => {
  const pick = async (layout: string, count: number): Promise<void> => {
    await page.getByTestId('layouts').click();
    await page.getByTestId(`layout-${layout}`).click();
    await expect.poll(async () => (await tiles()).length, soon).toBe(count);
  };
  const cycle = async (): Promise<void> => {
    await page.keyboard.press('1');
    await page.keyboard.press('Space');
    await page.locator('.look-back').first().waitFor({ timeout: 20_000 });
    await pick('1', 1);
    await page.keyboard.press('l');
    await pick('4', 4);
  };
  await page.goto(`${demo.url}/wall?layout=4`);
  await expect.poll(async () => (await tiles()).filter(Boolean).length, { timeout: 60_000 }).toBe(CAMERAS);
  // Nobody looks at the feed here, and its pictures come and go as cars do.
  await page.keyboard.press('e');
  for (let index = 0; index < 2; index++) await cycle();
  const before = await held();
  for (let index = 0; index < 6; index++) await cycle();
  const after = await held();
  console.log('held before and after six cycles', before, after);
  expect(after.nodes - before.nodes).toBeLessThan(300);
  expect(after.listeners - before.listeners).toBeLessThan(100);
  expect(after.heapBytes - before.heapBytes).toBeLessThan(4_000_000);
});
