import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Violation } from '#api/contract/kitchen.ts';
import { launchBrowser } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const OUTPUT = path.join(import.meta.dirname, 'output');
/** The third is a kitchen. */
const CAMERAS = 3;

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let found: Violation;
let link: string;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  demo = await startDemo({ cameras: CAMERAS });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1600, height: 900 }, locale: 'zh-CN' });
  page.setDefaultTimeout(60_000);
  await page.goto(`${demo.url}/kitchens`);
  await page.getByTestId('signin-username').fill(demo.username);
  await page.getByTestId('signin-password').fill(demo.password);
  await page.getByTestId('signin-submit').click();
  await page.getByTestId('kitchen-card').first().waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
});

async function violationNow(): Promise<Violation> {
  const response = await page.request.get(`${demo.url}/api/violations/${found.violationId}`);
  return ((await response.json()) as { violation: Violation }).violation;
}

test('a violation appears in the list by itself, and is confirmed with one key', async () => {
  const row = page.getByTestId('violation-row').first();
  await row.waitFor({ timeout: 170_000 });
  await row.click();
  const detail = page.getByTestId('violation-detail');
  await detail.waitFor();
  const id = await detail.getAttribute('data-violation');
  const all = (await (await page.request.get(`${demo.url}/api/violations?state=all`)).json()) as Violation[];
  const violation = all.find(({ violationId }) => violationId === id);
  if (!violation) throw new Error('the violation that is shown is not there');
  found = violation;
  await page.keyboard.press('y');
  await expect.poll(async () => (await violationNow()).stage, { timeout: 20_000 }).toBe('confirmed');
});

test('its clip is made by itself, and plays on the board', async () => {
  await page.goto(`${demo.url}/kitchens?state=all&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=confirmed]').waitFor();
  // The recording is closed once a minute, and making the clip takes some seconds of a busy machine.
  await page.locator('[data-testid=evidence-clip][data-state=ready]').waitFor({ timeout: 170_000 });
  await page.getByTestId('play-clip').click();
  const video = page.getByTestId('clip-video');
  await expect
    .poll(async () => await video.evaluate((film: HTMLVideoElement) => film.currentTime), { timeout: 30_000 })
    .toBeGreaterThan(1);
  const { seconds, width, error } = await video.evaluate((film: HTMLVideoElement) => ({
    seconds: film.duration,
    width: film.videoWidth,
    error: film.error?.message,
  }));
  expect({ width, error }).toEqual({ width: 1280, error: undefined });
  // The recording may begin within its range, when the demo has just begun.
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(21);
  expect((await violationNow()).clip).toMatchObject({ state: 'ready', isBlurred: true });
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-clip.png') });
});

test('the kitchen is asked to put it right, and a link is there to hand on', async () => {
  await page.goto(`${demo.url}/kitchens?state=all&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=confirmed]').waitFor();
  await page.getByTestId('remedy-ask').waitFor();
  await page.keyboard.press('r');
  await page.getByTestId('remedy-note').fill('请盖好桶盖');
  await page.getByTestId('remedy-send').click();
  await page.getByTestId('remedy-show-link').click();
  link = await page.getByTestId('remedy-link').inputValue();
  expect(link).toMatch(/\/remedy#[\w-]{72}$/);
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-asked.png') });
});

test('whoever has the link answers on a telephone, without an account, and sees nothing else', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true });
  const phone = await context.newPage();
  phone.setDefaultTimeout(60_000);
  const asked: string[] = [];
  phone.on('request', (request) => asked.push(request.url()));
  await phone.goto(link);
  await phone.getByText('请盖好桶盖').waitFor();
  await phone.getByTestId('answer-picture').waitFor();
  const photo = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#7a4' } })
    .jpeg()
    .toBuffer();
  await phone.getByTestId('answer-photo').setInputFiles({ name: 'lid.jpg', mimeType: 'image/jpeg', buffer: photo });
  await phone.getByTestId('answer-text').fill('桶盖已盖好');
  await phone.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-phone.png') });
  await phone.getByTestId('answer-send').click();
  await phone.getByTestId('answer-received').waitFor();
  // Sent once: whoever opens it again sees that it has arrived.
  await phone.reload();
  await phone.getByTestId('answer-received').waitFor();
  expect(await phone.getByTestId('answer-send').count()).toBe(0);
  const token = link.split('#')[1] ?? '';
  expect(asked.some((url) => url.includes('/api/remedy'))).toBe(true);
  // The browser shows an address with its fragment; what goes over the line ends before it.
  expect(asked.filter((url) => (url.split('#')[0] ?? '').includes(token))).toEqual([]);
  await phone.goto(`${demo.url}/kitchens`);
  await phone.getByTestId('signin-username').waitFor();
  await context.close();
});

test('the inspector sees the answer with its photo, accepts it, and it is closed', async () => {
  await page.goto(`${demo.url}/kitchens?state=remedy&violation=${found.violationId}`);
  await page.locator('[data-testid=violation-detail][data-stage=answered]').waitFor();
  await page.getByText('桶盖已盖好').waitFor();
  const photo = page.getByTestId('remedy-photo');
  await photo.waitFor();
  await expect
    .poll(async () => await photo.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 20_000 })
    .toBe(1600);
  await page.getByTestId('recheck').click();
  await page.getByTestId('recheck-clear').click();
  await page.locator('[data-testid=violation-step][data-step=rechecked]').waitFor();
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-remedy-answered.png') });
  await page.keyboard.press('y');
  await page.locator('[data-testid=violation-detail][data-stage=accepted]').waitFor();
});

test('the report of the day counts it as closed', async () => {
  await page.goto(`${demo.url}/kitchens/report`);
  const row = page.locator(`[data-testid=report-row][data-camera="${found.cameraId}"]`);
  await row.waitFor();
  expect(await row.locator('[data-figure=closed]').textContent()).toBe('1');
  expect(await row.locator('[data-figure=overdue]').textContent()).toBe('0');
  await page.screenshot({ path: path.join(OUTPUT, 'kitchen-report.png') });
});
