import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { ApiSession } from './api-session.ts';
import { launchBrowser, signIn } from './browser.ts';
import { type DemoProcess, startDemo } from './demo-process.ts';

const OUTPUT = path.join(import.meta.dirname, 'output');

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let api: ApiSession;
let before: Camera;

beforeAll(async () => {
  await mkdir(OUTPUT, { recursive: true });
  demo = await startDemo({ cameras: 1 });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' });
  page.setDefaultTimeout(PATIENCE.timeout);
  api = new ApiSession(demo.url);
  await api.signIn(demo.username, demo.password);
  const [camera] = await api.cameras();
  if (!camera) throw new Error('the demo has no camera');
  before = camera;
  await signIn(page, demo.url, demo);
  await page.getByTestId('tile').first().waitFor();
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  await demo?.removeData();
});

/** A shared machine may take its time; what is wrong stays wrong. */
const PATIENCE = { timeout: 60_000, interval: 250 };
const rows = (): Locator => page.getByTestId('rule-row');

/** Clicks at places of the picture, 0..1. */
async function clickAt(...places: readonly (readonly [x: number, y: number])[]): Promise<void> {
  const box = await page.getByTestId('zone-canvas').boundingBox();
  if (!box) throw new Error('no canvas');
  for (const [x, y] of places) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
}

/** Saves, and waits until the page knows that it is done. */
async function save(): Promise<void> {
  await page.getByTestId('rules-save').click();
  await expect.poll(() => page.getByTestId('rules-save').isDisabled(), PATIENCE).toBe(true);
  await page.getByText('有未保存的修改').waitFor({ state: 'detached' });
}

async function stored(): Promise<Camera> {
  const { body } = await api.get<Camera>(`/api/cameras/${before.id}`);
  return body;
}

test('the editor opens from the camera, on its picture', async () => {
  await page.getByTestId('nav-cameras').click();
  await page.getByText(before.name, { exact: true }).first().click();
  await page.getByTestId('camera-rules').click();
  await page.getByTestId('zone-canvas').waitFor();
  await expect
    .poll(
      () => page.$$eval('.zone-canvas img', ([image]) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)),
      PATIENCE,
    )
    .toBeGreaterThan(100);
  await expect.poll(() => rows().count(), PATIENCE).toBe(before.rules.length);
});

test('an ignored region and a line are drawn, undone, done again and stored; nothing else of the camera changes', async () => {
  await page.getByTestId('rules-tool-ignore').click();
  await clickAt([0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]);
  await page.keyboard.press('Enter');
  await expect.poll(() => rows().count(), PATIENCE).toBe(before.rules.length + 1);

  await page.getByTestId('rules-tool-line').click();
  await clickAt([0.2, 0.6], [0.8, 0.6]);
  await expect.poll(() => rows().count(), PATIENCE).toBe(before.rules.length + 2);
  await page.getByTestId('rule-rename').fill('测试线');

  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect.poll(() => rows().count(), PATIENCE).toBe(before.rules.length + 1);
  await page.keyboard.press('Control+y');
  await page.keyboard.press('Control+y');
  await expect.poll(() => rows().count(), PATIENCE).toBe(before.rules.length + 2);
  await page.screenshot({ path: path.join(OUTPUT, 'draw-rules.png') });

  await save();
  const after = await stored();
  expect(after.rules).toHaveLength(before.rules.length + 2);
  const [region, line] = after.rules.slice(before.rules.length);
  if (region?.kind !== 'region' || line?.kind !== 'line') throw new Error(JSON.stringify(after.rules));
  expect(region.use).toBe('ignore');
  const drawn = [
    [0.1, 0.1],
    [0.3, 0.1],
    [0.3, 0.3],
    [0.1, 0.3],
  ] as const;
  expect(region.zone).toHaveLength(drawn.length);
  for (const [index, [x, y]] of drawn.entries()) {
    expect(region.zone[index]?.x).toBeCloseTo(x, 1.7);
    expect(region.zone[index]?.y).toBeCloseTo(y, 1.7);
  }
  expect(line.name).toBe('测试线');
  expect(line.from.x).toBeCloseTo(0.2, 1.7);
  expect(line.to.x).toBeCloseTo(0.8, 1.7);
  const { rules: _before, state: _state, recordingSince: _since, ...same } = before;
  expect(after).toMatchObject(same);
});

test('a corner is dragged, and leaving without saving is asked about', async () => {
  await page.getByTestId('rule-row').nth(before.rules.length).getByRole('button').first().click();
  const box = await page.getByTestId('zone-canvas').boundingBox();
  if (!box) throw new Error('no canvas');
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.3 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.45 * box.height, { steps: 4 });
  await page.mouse.up();
  await page.getByTestId('nav-cameras').click();
  await page.getByTestId('rules-stay').click();
  await save();
  const rule = (await stored()).rules[before.rules.length];
  expect(rule?.kind === 'region' ? rule.zone[2]?.x : undefined).toBeCloseTo(0.4, 1.7);
});

test('a calibration whose points lie on one line is refused in plain words, and nothing is stored', async () => {
  await page.getByTestId('rules-tool-calibration').click();
  await clickAt([0.2, 0.8], [0.4, 0.8], [0.6, 0.8], [0.8, 0.8]);
  await page.getByTestId('rules-save').click();
  await page.getByText('这四个点无法用于标定').waitFor();
  expect((await stored()).rules.some(({ kind }) => kind === 'calibration')).toBe(false);
  await page.getByTestId('nav-cameras').click();
  await page.getByTestId('rules-leave').click();
  await page.getByTestId('camera-add').waitFor();
});
