import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Case } from '#api/contract/cases.ts';
import type { Sighting, SightingPage } from '#api/contract/sightings.ts';
import type { AuditEntry } from '#api/contract/system.ts';
import { launchBrowser, signIn } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const OUTPUT = path.join(import.meta.dirname, 'output');
/** Two of these four stand at a gate, so that the same plate is read in two places. */
const CAMERAS = 4;
const NUMBER = '演公（刑）2026-118';

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let wanted: Sighting;
let investigated: Case;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  demo = await startDemo({ cameras: CAMERAS });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 }, locale: 'zh-CN', acceptDownloads: true });
  page.setDefaultTimeout(60_000);
  await signIn(page, `${demo.url}/investigate`, demo);
  await page.getByTestId('case-chip').waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
});

async function getJson<T>(address: string): Promise<T> {
  const response = await page.request.get(`${demo.url}${address}`);
  expect(response.status(), address).toBe(200);
  return (await response.json()) as T;
}

/** Every pass of the last hour, asked as part of the case. */
async function search(plate?: string): Promise<SightingPage> {
  const response = await page.request.post(`${demo.url}/api/sightings/search`, {
    data: {
      purpose: NUMBER,
      caseId: investigated.id,
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
      limit: 500,
      ...(plate === undefined ? {} : { plate }),
    },
    headers: { origin: demo.url },
  });
  expect(response.status()).toBe(200);
  return (await response.json()) as SightingPage;
}

test('nothing is searched before there is a case; one is made in the box', async () => {
  let searches = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/api/sightings/search')) searches += 1;
  });
  await page.getByTestId('search-text').fill('皖A8?23 昨天 18-20点 滨河路 白色 面包车 xyzzy');
  await page.getByText('先选择案件或填写事由').first().waitFor();
  // Longer than the page waits for a question to settle.
  await page.waitForTimeout(1_000);
  expect(searches).toBe(0);

  await page.getByTestId('case-chip').click();
  await page.getByTestId('case-new').click();
  await page.getByTestId('case-number').fill(NUMBER);
  await page.getByTestId('case-title').fill('滨河路车辆');
  await page.getByTestId('case-reason').fill('核查滨河路一带的可疑车辆');
  await page.getByTestId('case-save').click();
  await expect
    .poll(async () => await page.getByTestId('case-chip').textContent(), { timeout: 20_000 })
    .toContain(NUMBER);
  const [made] = await getJson<Case[]>('/api/cases?status=open');
  if (!made) throw new Error('no case was made');
  investigated = made;
  await expect.poll(() => searches, { timeout: 15_000 }).toBeGreaterThan(0);
});

test('what was typed stands in the box as chips, and what was not understood is said', async () => {
  await page.getByTestId('search-text').press('Enter');
  const kinds = await page
    .getByTestId('search-chip')
    .evaluateAll((chips) => chips.map((chip) => chip.getAttribute('data-kind')));
  expect(kinds).toEqual(['plate', 'range', 'hours', 'place', 'paint', 'type', 'unread']);
  expect(await page.getByTestId('search-hints').textContent()).toContain('xyzzy');
  const address = new URL(page.url()).searchParams;
  expect(Object.fromEntries(address)).toMatchObject({
    plate: '皖A8?23',
    range: 'yesterday',
    hours: '18:00-20:00',
    places: '滨河路',
    paint: 'white',
    type: 'van',
    case: investigated.id,
  });
  // Backspace takes the chips out, the last first.
  for (let left = kinds.length; left > 0; left -= 1) await page.getByTestId('search-text').press('Backspace');
  expect(await page.getByTestId('search-chip').count()).toBe(0);
});

test('typing a part of a plate finds it, and Enter opens the pass with its picture', async () => {
  await expect
    .poll(
      async () => {
        const { sightings } = await search();
        const byPlate = Map.groupBy(
          sightings.filter((sighting) => sighting.plate && sighting.plate.confidence > 0.8),
          (sighting) => sighting.plate?.text ?? '',
        );
        // Two passes at least, so that there is a way to follow.
        const passes = [...byPlate.values()].find((group) => group.length > 1);
        if (passes?.[0]) wanted = passes[0];
        return passes?.length ?? 0;
      },
      { timeout: 150_000, interval: 1_000 },
    )
    .toBeGreaterThan(1);
  const plate = wanted.plate?.text ?? '';
  await page.getByTestId('search-text').fill(`${plate.slice(0, 3)}?${plate.slice(4)} 最近一小时`);
  const rows = page.locator(`[data-testid=result-row][data-plate="${plate}"]`);
  await rows.first().waitFor({ timeout: 20_000 });
  await page.screenshot({ path: path.join(OUTPUT, 'investigation-results.png') });
  // From the box into the list, and open.
  await page.getByTestId('search-text').press('Enter');
  await page.getByTestId('search-text').press('Enter');
  await page.keyboard.press('Enter');
  const detail = page.getByTestId('pass-detail');
  await detail.waitFor();
  expect(await detail.textContent()).toContain(plate.slice(1));
  const picture = page.getByTestId('pass-picture');
  await expect
    .poll(async () => await picture.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 20_000 })
    .toBeGreaterThan(100);
});

test('its recording plays at that second', async () => {
  // The oldest pass of the list: its segment is the first to be closed.
  const plate = wanted.plate?.text ?? '';
  const oldest = (await search(plate)).sightings.at(-1) ?? wanted;
  await expect
    .poll(async () => (await getJson<Sighting>(`/api/sightings/${oldest.sightingId}`)).isRecorded, {
      timeout: 90_000,
      interval: 1_000,
    })
    .toBe(true);
  const address = new URL(page.url());
  address.searchParams.set('pass', oldest.sightingId);
  await page.goto(address.toString());
  const video = page.getByTestId('playback-video').first();
  await expect
    .poll(
      async () => {
        const time = await video.getAttribute('data-time', { timeout: 1_000 }).catch(() => null);
        return time ? Math.abs(Date.parse(time) - Date.parse(oldest.time)) : Number.POSITIVE_INFINITY;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBeLessThan(15_000);
  expect(await video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBeGreaterThan(0);
  await page.screenshot({ path: path.join(OUTPUT, 'investigation-pass.png') });
  wanted = oldest;
});

test('its trajectory stands on the map and in the list', async () => {
  await page.keyboard.press('t');
  await page.getByTestId('trajectory').waitFor();
  await expect.poll(async () => await page.getByTestId('station').count(), { timeout: 20_000 }).toBeGreaterThan(1);
  expect(await page.getByTestId('leg').count()).toBe((await page.getByTestId('station').count()) - 1);
  await page.locator('.map-marker.numbered').first().waitFor({ timeout: 20_000 });
  await page.screenshot({ path: path.join(OUTPUT, 'investigation-trajectory.png') });
});

test('the pass is kept in the case with a note', async () => {
  await page.getByTestId('station').first().click();
  await page.getByTestId('pass-detail').waitFor();
  await page.keyboard.press('k');
  await page.getByTestId('keep-note').fill('与目击时间一致');
  await page.getByTestId('keep-save').click();
  await page.getByTestId('keep-note').waitFor({ state: 'detached' });

  await page.goto(`${demo.url}/cases?case=${investigated.id}`);
  const item = page.getByTestId('case-item');
  await item.first().waitFor();
  expect(await item.count()).toBe(1);
  expect(await item.first().textContent()).toContain('与目击时间一致');
  const image = item.first().locator('img');
  await expect
    .poll(async () => await image.evaluate((element: HTMLImageElement) => element.naturalWidth), { timeout: 20_000 })
    .toBeGreaterThan(100);
  await page.screenshot({ path: path.join(OUTPUT, 'investigation-case.png') });
});

test('the result leaves as a file that says what it is for, row for row', async () => {
  const plate = wanted.plate?.text ?? '';
  // A time that is over: what comes in meanwhile must not change the result.
  const to = new Date(wanted.time).getTime() + 1_000;
  const range = `from=${new Date(to - 3_600_000).toISOString()}&to=${new Date(to).toISOString()}`;
  await page.goto(`${demo.url}/investigate?${range}&plate=${encodeURIComponent(plate)}`);
  await page.getByTestId('result-row').first().waitFor({ timeout: 20_000 });
  const shown = Number(/\d+/.exec((await page.getByTestId('result-count').textContent()) ?? '')?.[0]);
  await page.getByTestId('export').click();
  expect(await page.getByTestId('export-purpose').textContent()).toContain(NUMBER);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export-save').click()]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text.split(/\r?\n/).slice(0, 6).join('\n')).toContain(NUMBER);
  const rows = text.split(/\r?\n/).filter((line) => line.includes(`,${plate},`));
  expect(rows).toHaveLength(shown);
  expect(rows.some((row) => row.includes(wanted.sightingId))).toBe(true);
});

test('the audit log shows all of it, with the case', async () => {
  const entries = await getJson<AuditEntry[]>('/api/audit?limit=200');
  const actions = new Set(entries.filter((entry) => entry.purpose?.includes(NUMBER)).map((entry) => entry.action));
  for (const action of ['sighting.search', 'sighting.trajectory', 'case.create', 'case.add_item', 'sighting.export'])
    expect(actions, action).toContain(action);
  await page.getByTestId('nav-audit').click();
  const row = page.getByTestId('audit-row').filter({ hasText: 'sighting.export' });
  await row.first().waitFor();
  expect(await row.first().textContent()).toContain(NUMBER);
});
